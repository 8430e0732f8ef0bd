"""An outage of Kafka costs time and no calls."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from stream.breaker import PROBE_S, Breaker
from stream.journal import open_journal
from stream.kafka import kafka_source
from stream.kafka_client import KafkaSettings
from stream.ports import Publisher
from stream.spool import SpoolPublisher, open_spool
from tests.ports.streams import bodies, make_envelope, publish_all, take
from tests.servers.kafka import KafkaServer
from tests.servers.ports import free_port

ANSWER_S = 10.0
"""What a platform waits; on a machine that has time for it, five seconds are promised."""

BACK_S = 60.0
AFTER = 200
"""Senders go on until the fault is there and at least so many events were taken."""


async def test_a_frozen_broker_costs_no_event_and_nobody_waits_longer_than_promised(
    own_kafka: KafkaServer, tmp_path: Path
) -> None:
    async with spool(settings_of(own_kafka), tmp_path) as publisher:
        posted = await post_through(publisher, own_kafka.pause)
        assert backlog(publisher) > 0
        own_kafka.resume()
        await until_drained(publisher)

        assert await stored(settings_of(own_kafka)) == posted


async def test_a_broker_that_stops_and_comes_back_costs_no_event(own_kafka: KafkaServer, tmp_path: Path) -> None:
    async with spool(settings_of(own_kafka), tmp_path) as publisher:
        posted = await post_through(publisher, own_kafka.stop)
        assert backlog(publisher) > 0
        assert publisher.ready() == {"kafka": False, "spool": True}
        await asyncio.to_thread(own_kafka.start)
        await until_drained(publisher)

        assert await stored(settings_of(own_kafka)) == posted
        assert publisher.ready() == {"kafka": True, "spool": True}


async def test_a_broker_that_was_killed_costs_no_event(own_kafka: KafkaServer, tmp_path: Path) -> None:
    async with spool(settings_of(own_kafka), tmp_path) as publisher:
        posted = await post_through(publisher, own_kafka.kill)
        assert backlog(publisher) > 0
        await asyncio.to_thread(own_kafka.start)
        await until_drained(publisher)

        assert await stored(settings_of(own_kafka)) == posted


async def test_a_large_body_outlives_an_outage(own_kafka: KafkaServer, tmp_path: Path) -> None:
    large = bytes(range(256)) * (20 << 12)
    async with spool(settings_of(own_kafka), tmp_path) as publisher:
        own_kafka.pause()
        async with asyncio.timeout(ANSWER_S):
            await publisher.publish(make_envelope(large))
        own_kafka.resume()
        await until_drained(publisher)

        assert await stored(settings_of(own_kafka)) == {large}


async def test_events_are_taken_though_kafka_was_never_there_and_drained_when_it_comes(tmp_path: Path) -> None:
    kafka = KafkaServer()
    try:
        async with spool(settings_of(kafka), tmp_path, start_s=0.1) as publisher:
            await publish_all(publisher, [make_envelope(b"%d" % n) for n in range(20)])
            assert publisher.ready() == {"kafka": False, "spool": True}

            await asyncio.to_thread(kafka.start)
            await until_drained(publisher)

            assert await stored(settings_of(kafka)) == {b"%d" % n for n in range(20)}
    finally:
        kafka.close()


async def test_what_one_process_spooled_the_next_one_drains(settings: KafkaSettings, tmp_path: Path) -> None:
    nowhere = KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}")
    async with open_spool(settings=nowhere, directory=tmp_path, start_s=0.1) as publisher:
        await publish_all(publisher, [make_envelope(b"%d" % n) for n in range(20)])

    async with spool(settings, tmp_path) as publisher:
        await until_drained(publisher)

    assert await stored(settings) == {b"%d" % n for n in range(20)}


async def test_spooled_events_are_drained_oldest_first(settings: KafkaSettings, tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, stream="spool") as journal:
        for number in range(120):
            await journal.publish(make_envelope(b"%03d" % number))

    async with spool(settings, tmp_path) as publisher:
        await until_drained(publisher)
    async with kafka_source(settings=settings) as source:
        read = [record.value for record in await take(source, 120)]

    assert read == sorted(read)


async def test_an_end_drains_what_is_spooled(
    settings: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("CLOSE_S", "DEADLINE_S"):  # a broker of a test may be slow
        monkeypatch.setattr(f"stream.spool.{bound}", BACK_S)
    async with open_journal(directory=tmp_path, stream="spool") as journal:
        await publish_all(journal, [make_envelope(b"%d" % n) for n in range(300)])

    async with spool(settings, tmp_path):
        pass

    assert await stored(settings) == {b"%d" % n for n in range(300)}


async def test_a_producer_whose_sequence_has_a_gap_is_made_anew(settings: KafkaSettings, tmp_path: Path) -> None:
    async with spool(settings, tmp_path) as publisher:
        await publisher.publish(make_envelope(b"before"))
        link = publisher._kafka.link
        assert link is not None
        numbers = link.producer._txn_manager._sequence_numbers
        for lane in numbers:
            numbers[lane] += 7  # as after a batch that expired unsent

        async with asyncio.timeout(ANSWER_S):
            await publisher.publish(make_envelope(b"after"))
        await until_drained(publisher)

        assert publisher._kafka.link is not link
        assert await stored(settings) == {b"before", b"after"}


async def test_fresh_events_go_to_kafka_while_the_spool_drains(settings: KafkaSettings, tmp_path: Path) -> None:
    async with open_journal(directory=tmp_path, stream="spool") as journal:
        await publish_all(journal, [make_envelope(b"old %d" % n, call_id=f"c-{n}") for n in range(2_000)])

    async with spool(settings, tmp_path) as publisher:
        await publisher.publish(make_envelope(b"fresh"))

        assert backlog(publisher) > 0
        await until_drained(publisher)


def test_an_open_breaker_lets_one_through_each_second() -> None:
    breaker = Breaker()

    assert breaker.allows(now=10.0)
    assert breaker.failed(now=10.0)
    assert not breaker.closed
    assert not breaker.allows(now=10.0 + PROBE_S / 2)
    assert breaker.allows(now=10.0 + PROBE_S)
    assert not breaker.allows(now=10.0 + PROBE_S)
    assert breaker.worked()
    assert breaker.closed


@pytest.fixture
def settings(kafka: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(bootstrap=kafka, prefix=topic_prefix)


@asynccontextmanager
async def spool(settings: KafkaSettings, directory: Path, start_s: float = 20.0) -> AsyncIterator[SpoolPublisher]:
    async with open_spool(settings=settings, directory=directory, start_s=start_s) as publisher:
        yield publisher


def settings_of(kafka: KafkaServer) -> KafkaSettings:
    return KafkaSettings(bootstrap=kafka.bootstrap)


async def post_through(publisher: Publisher, fault: Callable[[], None]) -> set[bytes]:
    """Post from ten senders before, during and after *fault*; return what was taken: all of it."""
    numbers = itertools.count()
    taken: set[bytes] = set()
    over = asyncio.Event()

    async def sender() -> None:
        last = False
        while not last:
            last = over.is_set() and len(taken) > AFTER  # begun when the fault was there
            body = b"%d" % next(numbers)
            async with asyncio.timeout(ANSWER_S):
                await publisher.publish(make_envelope(body, call_id=f"c-{body!r}"))
            taken.add(body)

    async def strike() -> None:
        await asyncio.sleep(0.2)
        await asyncio.to_thread(fault)
        over.set()

    await asyncio.gather(strike(), *(sender() for _ in range(10)))
    return taken


async def until_drained(publisher: SpoolPublisher) -> None:
    async with asyncio.timeout(BACK_S):
        while backlog(publisher):  # noqa: ASYNC110  # seen from outside, as an operator does
            await asyncio.sleep(0.05)


def backlog(publisher: SpoolPublisher) -> int:
    return sum(publisher._drain._source.lag().values())


async def stored(settings: KafkaSettings) -> set[bytes]:
    """Return every body on the topic; a repetition is harmless, a loss is not."""
    found: set[bytes] = set()
    async with kafka_source(settings=settings) as source:
        batches = source.batches()
        while any(source.lag().values()) or not found:
            async with asyncio.timeout(BACK_S):
                batch = await anext(batches)
            await source.commit(batch)
            found.update(bodies(batch.records))
    return found
