"""Dead letters on Kafka: a topic kept for a year, in which a later mark settles an earlier letter."""

from collections.abc import AsyncIterator
from typing import Any, Final

from aiokafka import AIOKafkaConsumer

from stream.claims import CHUNK, read_claim
from stream.dead import dead_from_headers, dead_key, dead_to_headers, dead_value, lost_letter
from stream.headers import Headers, Unreadable
from stream.kafka_chunks import ChunkReader
from stream.kafka_client import KafkaSettings, client_options
from stream.kafka_publisher import KafkaPublisher
from stream.kafka_topics import DEAD
from stream.ports import Dead, Fault, Partition, Unusable

SETTLED: Final = "dead_settled"
READ_S: Final = 10.0
"""A topic whose end is known and does not come within so long has lost its broker."""


class KafkaDeadLetters:
    """Puts poison into `aftercall.dead`, bodies and all; made by `kafka_dead_letters`."""

    def __init__(self, settings: KafkaSettings, *, publisher: KafkaPublisher) -> None:
        """Write through *publisher*."""
        self._settings = settings
        self._publisher = publisher

    async def put(self, dead: Dead) -> None:
        """Return when *dead* is durable; raises `Unavailable`."""
        await self._send(dead, dead_value(dead), dead_to_headers(dead))

    async def settle(self, dead: Dead) -> None:
        """Leave *dead* out from now on; raises `Unavailable`."""
        await self._send(dead, b"", [(SETTLED, b"1")])

    async def all(self) -> AsyncIterator[Dead]:
        """Yield what was set aside and not settled, oldest first."""
        chunks = ChunkReader(self._settings, topic=DEAD)
        try:
            open_at = await self._unsettled()
            async for row in self._rows():
                if open_at.get(row.key) == (row.partition, row.offset):
                    yield await _dead(row, chunks)
        finally:
            await chunks.close()

    async def _send(self, dead: Dead, value: bytes, headers: Headers) -> None:
        # Chunks go into the same topic: `aftercall.bodies` forgets them long before a year is over.
        await self._publisher.send(DEAD, DEAD, key=dead_key(dead), value=value, headers=headers)

    async def _unsettled(self) -> dict[bytes, tuple[int, int]]:
        """Return where the last copy of each letter is that no later mark settles."""
        found: dict[bytes, tuple[int, int]] = {}
        async for row in self._rows():
            if SETTLED in dict(row.headers):
                found.pop(row.key, None)
            else:
                found[row.key] = (row.partition, row.offset)
        return found

    async def _rows(self) -> AsyncIterator[Any]:
        """Yield every record from the beginning to what is the end now, chunks of bodies left out."""
        consumer = AIOKafkaConsumer(
            self._settings.prefix + DEAD,
            **client_options(self._settings),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            async for row in _to_end(consumer):
                if CHUNK not in dict(row.headers):
                    yield row
        finally:
            await consumer.stop()


async def _to_end(consumer: AIOKafkaConsumer) -> AsyncIterator[Any]:
    ends = await consumer.end_offsets(sorted(consumer.assignment()))
    for lane, end in ends.items():
        await consumer.seek_to_beginning(lane)
        while await consumer.position(lane) < end:
            rows = await consumer.getmany(lane, timeout_ms=int(READ_S * 1000))
            if not rows:
                raise Unusable(f"Kafka does not give the rest of {lane.topic}: try again when all brokers are back")
            for row in rows[lane]:
                yield row


async def _dead(row: Any, chunks: ChunkReader) -> Dead:  # aiokafka has no types
    try:
        return await _read(row, chunks)
    except Unreadable as error:
        place = Partition(row.topic, row.partition)
        return lost_letter(place, offset=row.offset, fault=error.fault, at=row.timestamp)


async def _read(row: Any, chunks: ChunkReader) -> Dead:
    headers = [(name, text or b"") for name, text in row.headers]
    try:
        claim = read_claim(headers)
    except ValueError as error:
        raise Unreadable(Fault.HEADERS_MALFORMED) from error
    value = row.value or b"" if claim is None else await chunks.body(claim)
    if value is None:
        raise Unreadable(Fault.BODY_MISSING)
    return dead_from_headers(headers, value)
