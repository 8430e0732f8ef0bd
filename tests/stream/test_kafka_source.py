"""Reading Kafka when partitions move, brokers restart, records are gone, and strangers write into the topic."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from stream import kafka as wiring
from stream import kafka_source as reading
from stream.headers import to_headers
from stream.kafka import kafka_publisher, kafka_rewinder, kafka_source
from stream.kafka_client import KafkaSettings
from stream.kafka_source import KafkaSource
from stream.kafka_topics import BODIES, EVENTS, PARTITIONS, ensure_topics
from stream.ports import Partition, Unusable
from tests.ports.streams import SOON_S, bodies, first_batch, make_envelope, publish_all, take
from tests.servers.kafka import KafkaServer

HEARTBEAT_S = 3.0
"""How often aiokafka asks the group whether a rebalance has begun."""

HEARTBEATS_S = 8.0
"""Longer than the shortest session a broker allows (6 s)."""

pytestmark = pytest.mark.usefixtures("patience")


@pytest.fixture
def settings(kafka: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(bootstrap=kafka, prefix=topic_prefix)


async def test_a_batch_in_hand_is_finished_before_its_partition_goes_to_another_worker(
    settings: KafkaSettings,
) -> None:
    await publish_numbers(settings, 240)
    async with kafka_source(settings=settings, records=20) as first:
        in_hand = await first_batch(first)
        done = bodies(in_hand.records)
        async with kafka_source(settings=settings) as second:
            others = [asyncio.create_task(work(second, done))]
            await asyncio.sleep(HEARTBEAT_S + 1)  # by now the first has been asked for its partitions
            before = list(done)
            await first.commit(in_hand)
            others.append(asyncio.create_task(work(first, done)))
            await until(lambda: len(done) >= 240)
            await end(others)

    assert before == bodies(in_hand.records)
    assert sorted(done) == sorted(b"%d" % n for n in range(240))


async def test_no_other_batch_is_given_out_while_partitions_wait_to_go(settings: KafkaSettings) -> None:
    await publish_numbers(settings, 240)
    async with kafka_source(settings=settings, records=20) as source:
        batches = source.batches()
        in_hand = await anext(batches)

        going = asyncio.create_task(source.on_partitions_revoked([TopicPartition(*in_hand.partition)]))
        following = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(2 * reading.POLL_S)
        given = following.done()
        await source.commit(in_hand)
        async with asyncio.timeout(SOON_S):
            await going
            await following

    assert not given


async def test_a_batch_that_outlasts_a_rebalance_is_done_again_and_its_commit_does_nothing(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "REVOKE_S", 0.1)
    await publish_numbers(settings, 10)
    async with kafka_source(settings=settings) as first:
        stuck = await first_batch(first)
        async with kafka_source(settings=settings) as second:
            other = asyncio.create_task(take(second, 10, commit=False))
            await until(lambda: not any(first._hand.values()))
            other.cancel()
        await until(lambda: stuck.partition in first.lag())  # ours once more, to be read from where it was committed

        await first.commit(stuck)
    async with kafka_source(settings=settings) as third:
        again = await first_batch(third)
        while again.partition != stuck.partition:
            again = await first_batch(third)

    assert again.records[0].offset == stuck.records[0].offset


async def test_a_batch_held_longer_than_a_session_is_still_ours_to_commit(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "SESSION_MS", 6_000)
    await publish_all_to_one(settings, [b"held", b"next"])
    async with kafka_source(settings=settings, records=1) as source:
        held = await first_batch(source)
        await asyncio.sleep(HEARTBEATS_S)  # as while MongoDB is away
        await source.commit(held)

        rest = await take(source, 1)
        assert sum(source.lag().values()) == 0

    assert bodies([*held.records, *rest]) == [b"held", b"next"]


async def test_a_broker_that_restarts_ends_no_worker(own_kafka: KafkaServer) -> None:
    settings = KafkaSettings(bootstrap=own_kafka.bootstrap)
    await publish_numbers(settings, 20)
    async with kafka_source(settings=settings) as source:
        before = await take(source, 20)
        await asyncio.to_thread(own_kafka.restart)
        await publish_all_to_one(settings, [b"after"])

        after = await take(source, 1)

    assert len(before) == 20
    assert b"after" in bodies(after)


async def test_records_that_kafka_dropped_unread_are_told_loudly(
    settings: KafkaSettings, caplog: pytest.LogCaptureFixture
) -> None:
    await publish_all_to_one(settings, [b"0", b"1", b"2", b"3"])
    async with kafka_source(settings=settings, records=1) as source:
        record = (await take(source, 1))[0]
    lane = TopicPartition(*record.partition)
    await delete(settings, lane, before=3)

    with caplog.at_level(logging.ERROR, logger="stream.kafka_lag"):
        async with kafka_source(settings=settings) as source:
            rest = await take(source, 1)

    assert bodies(rest) == [b"3"]
    (told,) = [entry for entry in caplog.records if entry.message == "records_gone"]
    assert told.__dict__["expected"] == 1
    assert told.__dict__["found"] == 3


async def test_a_strangers_record_has_a_fault_and_stops_nobody(settings: KafkaSettings) -> None:
    await ensure_topics(settings)
    envelope = make_envelope(b"ours")
    headers = to_headers(envelope)
    strange = [
        [],
        [(name, text) for name, text in headers if name != "tenant"],
        [(name, b"nobody" if name == "platform" else text) for name, text in headers],
        [(name, b"99" if name == "schema" else text) for name, text in headers],
        [*headers, ("claim", b"{}")],
    ]
    async with AIOKafkaProducer(bootstrap_servers=settings.bootstrap) as producer:
        for row in [*strange, headers]:
            await producer.send_and_wait(settings.prefix + EVENTS, b"ours", key=envelope.key, headers=row)

    async with kafka_source(settings=settings) as source:
        records = await take(source, 6)

    faults = ["headers_missing", "headers_missing", "headers_malformed", "schema_unknown", "headers_malformed", None]
    assert [record.fault for record in records] == faults
    assert records[-1].envelope == envelope


async def test_a_large_body_whose_chunks_are_gone_has_a_fault(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stream.kafka_chunks.MISSING_S", 1.0)
    async with kafka_publisher(settings=settings, wait_s=SOON_S, deadline_s=SOON_S) as publisher:
        await publisher.publish(make_envelope(bytes(3 << 20)))
        await publisher.publish(make_envelope(b"small"))
    for number in range(PARTITIONS):
        await delete(settings, TopicPartition(settings.prefix + BODIES, number), before=-1)

    async with kafka_source(settings=settings) as source:
        records = await take(source, 2)

    assert [record.fault for record in records] == ["body_missing", None]


async def test_workers_are_not_moved_in_a_partition_that_is_none(settings: KafkaSettings) -> None:
    await ensure_topics(settings=settings)
    topic = settings.prefix + EVENTS

    async with kafka_rewinder(settings=settings) as rewinder:
        with pytest.raises(Unusable, match=f"{topic} has the partitions 0 to {PARTITIONS - 1}, none of number 99"):
            await rewinder.seek({Partition(topic, 99): 0})


async def test_a_broker_that_is_away_moves_no_worker_and_says_so(own_kafka: KafkaServer) -> None:
    settings = KafkaSettings(bootstrap=own_kafka.bootstrap)
    await ensure_topics(settings=settings)

    async with kafka_rewinder(settings=settings) as rewinder:
        own_kafka.pause()
        try:
            with pytest.raises(Unusable, match="Kafka did not answer"):
                await rewinder.rewind(since=0)
        finally:
            own_kafka.resume()
        # aiokafka leaves a connection open that is just being made when its consumer stops: this one is made by now.
        assert len(await rewinder.rewind(since=0)) == PARTITIONS


async def publish_numbers(settings: KafkaSettings, count: int) -> None:
    async with kafka_publisher(settings=settings, wait_s=SOON_S, deadline_s=SOON_S) as publisher:
        await publish_all(publisher, [make_envelope(b"%d" % n, call_id=f"c-{n}") for n in range(count)])


async def publish_all_to_one(settings: KafkaSettings, values: list[bytes]) -> None:
    """Publish events of one call, one after another: they share a partition."""
    async with kafka_publisher(settings=settings, wait_s=SOON_S, deadline_s=SOON_S) as publisher:
        for value in values:
            await publisher.publish(make_envelope(value))


async def work(source: KafkaSource, done: list[bytes]) -> None:
    async for batch in source.batches():
        await source.commit(batch)
        done += bodies(batch.records)


async def end(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not true():  # noqa: ASYNC110  # seen from outside
            await asyncio.sleep(0.05)


async def delete(settings: KafkaSettings, lane: TopicPartition, *, before: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap)
    await admin.start()
    await admin.delete_records({lane: RecordsToDelete(before)})
    await admin.close()
