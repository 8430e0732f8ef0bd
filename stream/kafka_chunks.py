"""Large bodies on Kafka: sent as chunks before the record that speaks of them, and put together again."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from stream.claims import Claim, chunk_header, digest
from stream.kafka_client import KafkaSettings, client_options
from stream.kafka_link import Link
from stream.ports import Unavailable

WINDOW: Final = 6
"""Chunks under way at once: 4.5 MB copied beside the body, not the body once more."""

FETCH_BYTES: Final = 4 << 20
MISSING_S: Final = 10.0
"""A chunk that does not come within so long, though its broker answers, has expired."""


async def send_chunks(body: bytes, *, link: Link, topic: str, prefix: str) -> Claim:
    """Return where the chunks of *body* are, all of them durable; raises `Unavailable`."""
    name = digest(body)
    size = min(link.topics.batch_bytes, link.topics.record_bytes)
    partitions = link.topics.partitions[topic]

    def send(number: int) -> asyncio.Future[int]:
        lane = TopicPartition(prefix + topic, number % partitions)
        chunk = body[number * size : (number + 1) * size]
        return link.lanes.add(lane, key=name.encode(), value=chunk, headers=chunk_header(name, number))

    chunks = -(-len(body) // size)
    offsets: list[int] = []
    while len(offsets) < chunks:
        window = range(len(offsets), min(len(offsets) + WINDOW, chunks))
        offsets += await asyncio.gather(*map(send, window))
    if any(offset < 0 for offset in offsets):  # the broker took a repeated batch and no longer knew where it was
        raise Unavailable("Kafka did not say where the chunks of a body are")
    return Claim(tuple((number % partitions, offset) for number, offset in enumerate(offsets)), len(body), name)


class ChunkReader:
    """Puts bodies together; connects when the first is asked for."""

    def __init__(self, settings: KafkaSettings, *, topic: str) -> None:
        """Read chunks from *topic*."""
        self._settings = settings
        self._topic = settings.prefix + topic
        self._consumer: AIOKafkaConsumer | None = None

    async def body(self, claim: Claim) -> bytes | None:
        """Return the body that *claim* speaks of, None where its chunks have expired or are not its own."""
        wanted: defaultdict[int, set[int]] = defaultdict(set)
        for partition, offset in claim.chunks:
            wanted[partition].add(offset)
        found = await self._fetch({TopicPartition(self._topic, number): offsets for number, offsets in wanted.items()})
        if found is None:
            return None
        body = b"".join(found[place] for place in claim.chunks)
        return body if digest(body) == claim.digest else None

    async def close(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    async def _fetch(self, wanted: Mapping[TopicPartition, set[int]]) -> dict[tuple[int, int], bytes] | None:
        consumer = await self._connected()
        consumer.assign(list(wanted))
        found: dict[tuple[int, int], bytes] = {}
        for partition, offsets in wanted.items():
            values = await self._read(consumer, partition, sorted(offsets))
            if values is None:
                return None
            found |= {(partition.partition, offset): value for offset, value in values.items()}
        return found

    async def _read(
        self, consumer: AIOKafkaConsumer, partition: TopicPartition, offsets: Sequence[int]
    ) -> dict[int, bytes] | None:
        consumer.seek(partition, offsets[0])
        wanted = set(offsets)
        found: dict[int, bytes] = {}
        while len(found) < len(offsets):
            rows: dict[Any, Any] = await consumer.getmany(partition, timeout_ms=int(MISSING_S * 1000))
            records = rows.get(partition, [])
            found |= {record.offset: record.value for record in records if record.offset in wanted}
            if not records or (records[-1].offset >= offsets[-1] and len(found) < len(offsets)):
                return None
        return found

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                **client_options(self._settings),
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                max_partition_fetch_bytes=FETCH_BYTES,
                fetch_max_bytes=FETCH_BYTES,
            )
            await consumer.start()
            self._consumer = consumer
        return self._consumer
