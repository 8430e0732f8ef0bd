"""Publishing to Kafka: connected while Kafka is there, refusing at once while it is not, made anew when it broke."""

import asyncio
import logging
from typing import Final

from aiokafka.structs import TopicPartition

from schemas.envelope import Envelope
from stream.claims import write_claim
from stream.deadlines import Deadlines
from stream.headers import Headers, size_of, to_headers
from stream.kafka_chunks import send_chunks
from stream.kafka_client import KafkaSettings, client_options
from stream.kafka_link import Link, abandon, connect
from stream.kafka_refusal import told
from stream.kafka_topics import BODIES, EVENTS
from stream.murmur import partition_of
from stream.ports import Unavailable

log = logging.getLogger(__name__)

DEADLINE_S: Final = 4.0
"""Without a spool: a sender is answered within 5 s."""

LARGE_S: Final = 2.0
"""A body in chunks may take so long: 64 MB are 86 records, and a spool behind needs its time too."""

WAITING_BYTES: Final = 96 << 20
"""Bodies that wait for Kafka: the largest one (64 MB) and half as much again; beyond, senders are put off."""

CLOSE_S: Final = 1.0
"""What is under way at the end is given so long: its senders were answered before."""

RETRY_S: Final = 1.0
"""How long to wait before connecting again."""

RENEW_S: Final = 15.0
"""A producer that got nothing through for so long is made anew: its sequence may have a gap that never closes."""


class KafkaPublisher:
    """A publisher whose durability is Kafka's, acks=all; made by `kafka_publisher`."""

    def __init__(self, settings: KafkaSettings, *, deadline_s: float = DEADLINE_S) -> None:
        """Publish to the topics of *settings*; a record that is not acknowledged after *deadline_s* is given up."""
        client_options(settings)  # tells now what is wrong with them
        self._settings = settings
        self._link: Link | None = None
        self._linked = asyncio.Event()
        self._lost = asyncio.Event()
        self._told: set[str] = set()
        self._loop = asyncio.get_running_loop()
        self._deadlines = Deadlines(seconds=deadline_s, error=self._late)
        self._keeper = asyncio.create_task(self._keep())

    async def publish(self, envelope: Envelope) -> None:
        """Return when all in-sync replicas have *envelope*; raises `Unavailable`."""
        await self.send(EVENTS, BODIES, key=envelope.key, value=envelope.body, headers=to_headers(envelope))

    async def send(self, topic: str, bodies: str, *, key: bytes, value: bytes, headers: Headers) -> None:
        """Return when *topic* has the record, its chunks in *bodies* where it is too large; raises `Unavailable`."""
        size = len(value) + size_of(headers)
        link = self._admit(size)
        if size > link.topics.record_bytes:
            try:
                async with asyncio.timeout(LARGE_S):
                    claim = await send_chunks(value, link=link, topic=bodies, prefix=self._settings.prefix)
            except TimeoutError:
                raise Unavailable("Kafka takes too long for a large body") from None
            value, headers = b"", [*headers, write_claim(claim)]
        await link.lanes.add(self._lane(link, topic, key), key=key, value=value, headers=headers)

    def drop(self, why: str) -> None:
        """Fail at once what is not under way yet."""
        if self._link is not None:
            self._link.lanes.drop(why)

    def ready(self) -> dict[str, bool]:
        """Tell whether there is a connection."""
        return {"kafka": self._link is not None}

    @property
    def link(self) -> Link | None:
        """The connection, None while there is none."""
        return self._link

    async def linked(self, *, within_s: float) -> bool:
        """Return true as soon as there is a connection, false when there is none *within_s*."""
        try:
            async with asyncio.timeout(within_s):
                await self._linked.wait()
        except TimeoutError:
            return False
        return True

    async def close(self, *, within_s: float = CLOSE_S) -> None:
        """Wait for what is under way, at most *within_s*; then let go."""
        if self._link is not None:
            try:
                async with asyncio.timeout(within_s):
                    await self._link.lanes.drain()
            except TimeoutError:
                log.warning("kafka_left_undrained")
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        if self._link is not None:
            await abandon(self._link)
        self._deadlines.close()

    def _admit(self, size: int) -> Link:
        link = self._link
        if link is None:
            raise Unavailable("Kafka cannot be reached")
        if link.lanes.waiting + size > WAITING_BYTES:
            raise Unavailable("too many bodies wait for Kafka", retry_after_s=1)
        return link

    def _lane(self, link: Link, topic: str, key: bytes) -> TopicPartition:
        partitions = link.topics.partitions[topic]
        return TopicPartition(self._settings.prefix + topic, partition_of(key, partitions=partitions))

    async def _keep(self) -> None:
        """Hold a link while Kafka is there; make a new one when it broke."""
        while True:
            try:
                self._link = await connect(self._settings, watch=self._deadlines.watch, broken=self._broken)
            except Exception as error:  # noqa: BLE001  # whatever it is, events are spooled and we try again
                self._tell(await told(self._settings, error=error))
                await asyncio.sleep(RETRY_S)
                continue
            self._tell_reached()
            self._linked.set()
            await self._lost.wait()
            self._lost.clear()
            self._linked.clear()
            link, self._link = self._link, None
            await abandon(link)
            await asyncio.sleep(RETRY_S)

    def _tell(self, trouble: str) -> None:
        """Say it once an outage: each attempt ends the same, until a broker that was away comes and refuses us."""
        if trouble not in self._told:
            log.error("kafka_unreachable", extra={"why": trouble})
        self._told.add(trouble)

    def _tell_reached(self) -> None:
        if self._told:
            log.info("kafka_reached")
        self._told.clear()

    def _broken(self, error: str) -> None:
        log.error("kafka_producer_broken", extra={"error": error})
        self._lost.set()

    def _late(self) -> Unavailable:
        link = self._link
        if link is not None and self._loop.time() - link.lanes.landed_at > RENEW_S and not self._lost.is_set():
            self._broken("stuck")
        return Unavailable("Kafka does not answer")
