"""Each stream adapter as the port's suite sees it, and the envelopes it is given."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import strategies as st

from schemas.envelope import Defaults, Envelope
from schemas.words import Platform
from stream.journal import open_journal
from stream.kafka import kafka_publisher, kafka_rewinder, kafka_source
from stream.kafka_client import KafkaSettings
from stream.kafka_dead import KafkaDeadLetters
from stream.memory import MemoryStream
from stream.ports import Batch, DeadLetters, Partition, Publisher, Record, Rewinder, Source
from stream.spool import open_spool

SOON_S = 60.0
"""A test that waits longer has failed; none of them measures time."""


class Stream(NamedTuple):
    """One adapter: `source` opens a workers' end as a newly started process would."""

    publisher: Publisher
    dead_letters: DeadLetters
    rewinder: Rewinder
    source: Callable[[], AbstractAsyncContextManager[Source]]


def make_envelope(body: bytes = b"{}", **named: Any) -> Envelope:
    """Return an envelope of which only what is *named* matters."""
    facts: dict[str, Any] = {
        "event_id": "e-1",
        "platform": Platform.VAPI,
        "connection": "front-desk",
        "tenant": "acme",
        "call_id": "c-1",
        "event_type": "end-of-call-report",
        "received_at": 1_763_700_000_000,
        "content_type": "application/json",
    }
    return Envelope(body=body, **facts | named)


TEXT = st.text(st.characters(), max_size=40)  # lone surrogates, NUL and "/" among them
DEFAULTS = st.builds(
    Defaults,
    unit=st.none() | TEXT,
    agent=st.none() | TEXT,
    batch=st.none() | TEXT,
    metadata=st.dictionaries(TEXT, TEXT | st.integers(-(2**53), 2**53) | st.booleans() | st.none(), max_size=3),
)
ENVELOPES = st.builds(
    make_envelope,
    st.binary(max_size=2_000),
    event_id=TEXT,
    call_id=TEXT,
    event_type=TEXT,
    content_type=TEXT,
    connection=TEXT,
    received_at=st.integers(0, 2**50),
    defaults=DEFAULTS,
)


@asynccontextmanager
async def memory(_directory: Path) -> AsyncIterator[Stream]:
    """The fake that the pure tests use."""
    stream = MemoryStream()

    @asynccontextmanager
    async def source() -> AsyncIterator[Source]:
        yield stream.source()

    yield Stream(stream, stream, stream, source)


@asynccontextmanager
async def journal(directory: Path) -> AsyncIterator[Stream]:
    """SQLite on this machine's disk."""
    async with open_journal(directory=directory, deadline_s=SOON_S) as opened:  # of a test the disk may be slow

        @asynccontextmanager
        async def source() -> AsyncIterator[Source]:
            yield opened.source(records=100)

        yield Stream(opened, opened.dead_letters, opened.rewinder, source)


@asynccontextmanager
async def kafka(_directory: Path, bootstrap: str, prefix: str) -> AsyncIterator[Stream]:
    """A real broker."""
    settings = KafkaSettings(bootstrap=bootstrap, prefix=prefix)

    @asynccontextmanager
    async def source() -> AsyncIterator[Source]:
        async with kafka_source(settings=settings, records=100) as opened:
            yield opened

    async with kafka_publisher(settings=settings, wait_s=SOON_S, deadline_s=SOON_S) as publisher:
        dead_letters = KafkaDeadLetters(settings, publisher=publisher)
        yield Stream(publisher, dead_letters, LateRewinder(settings), source)


@asynccontextmanager
async def spool(directory: Path, bootstrap: str, prefix: str) -> AsyncIterator[Stream]:
    """A real broker with a journal before it."""
    settings = KafkaSettings(bootstrap=bootstrap, prefix=prefix)
    async with kafka(directory, bootstrap, prefix) as direct, open_spool(settings=settings, directory=directory) as own:
        yield direct._replace(publisher=own)


class LateRewinder:
    """Opens Kafka's rewinder when it is used: only then has the group no worker."""

    def __init__(self, settings: KafkaSettings) -> None:
        """Keep how to reach Kafka."""
        self._settings = settings

    async def rewind(self, *, since: int) -> dict[Partition, int]:
        """Pass it on."""
        async with kafka_rewinder(settings=self._settings) as rewinder:
            return await rewinder.rewind(since=since)

    async def seek(self, offsets: Mapping[Partition, int]) -> dict[Partition, int]:
        """Pass it on."""
        async with kafka_rewinder(settings=self._settings) as rewinder:
            return await rewinder.seek(offsets)


async def publish_all(publisher: Publisher, envelopes: Iterable[Envelope]) -> None:
    """Publish *envelopes* as senders do: all at once."""
    await asyncio.gather(*map(publisher.publish, envelopes))


async def take(source: Source, count: int, *, commit: bool = True) -> list[Record]:
    """Return the next *count* records, whole batches, each committed unless told otherwise."""
    found: list[Record] = []
    async with asyncio.timeout(SOON_S):
        async for batch in source.batches():
            found += batch.records
            if commit:
                await source.commit(batch)
            if len(found) >= count:
                break
    return found


async def first_batch(source: Source) -> Batch:
    """Return the next batch, uncommitted."""
    async with asyncio.timeout(SOON_S):
        return await anext(aiter(source.batches()))


def bodies(records: Iterable[Record]) -> list[bytes]:
    """Return what the records carry, sorted."""
    return sorted(record.envelope.body for record in records if record.envelope is not None)
