"""What every stream adapter promises; the same tests run on memory, the journal, Kafka and the spool."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.envelope import Defaults, Envelope
from stream.ports import Dead, Partition
from stream.replay import publish_again
from stream.times import now_ms
from tests.ports.streams import (
    ENVELOPES,
    SOON_S,
    Stream,
    bodies,
    first_batch,
    journal,
    make_envelope,
    memory,
    publish_all,
    spool,
    take,
)
from tests.ports.streams import kafka as kafka_stream

LOCAL = {"memory": memory, "journal": journal}
REMOTE = {"kafka": kafka_stream, "spool": spool}
pytestmark = pytest.mark.usefixtures("patience")


@pytest.fixture(params=[*LOCAL, *REMOTE])
async def stream(request: pytest.FixtureRequest, tmp_path: Path, topic_prefix: str) -> AsyncIterator[Stream]:
    if request.param in LOCAL:
        opening = LOCAL[request.param](tmp_path)
    else:
        opening = REMOTE[request.param](tmp_path, request.getfixturevalue("kafka"), topic_prefix)
    async with opening as opened:
        yield opened


async def test_what_was_published_is_read_once_committed_never_again(stream: Stream) -> None:
    sent = [make_envelope(b"%d" % n, call_id=f"c-{n}") for n in range(250)]
    await publish_all(stream.publisher, sent)

    async with stream.source() as source:
        read = await take(source, 250)
    await stream.publisher.publish(make_envelope(b"after"))
    async with stream.source() as source:
        later = await take(source, 1)

    assert bodies(read) == sorted(envelope.body for envelope in sent)
    assert bodies(later) == [b"after"]


async def test_an_envelope_comes_out_as_it_went_in(stream: Stream) -> None:
    sent = make_envelope(
        b'{"a":1}',
        event_id="msg/2/ü",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        defaults=Defaults(unit="1", agent="Ava", batch="b/2", metadata={"vip": True, "rate": 0.25}),
    )
    await stream.publisher.publish(sent)

    async with stream.source() as source:
        (record,) = await take(source, 1)

    assert record.envelope == sent
    assert record.fault is None


async def test_a_batch_that_was_not_committed_is_given_again_after_a_crash(stream: Stream) -> None:
    await publish_all(stream.publisher, [make_envelope(b"%d" % n) for n in range(20)])

    async with stream.source() as source:
        lost = await first_batch(source)
    async with stream.source() as source:
        again = await first_batch(source)

    assert again.records[0] == lost.records[0]


async def test_what_follows_a_committed_batch_comes_after_a_crash(stream: Stream) -> None:
    await publish_all(stream.publisher, [make_envelope(b"%03d" % n) for n in range(150)])

    async with stream.source() as source:
        done = await first_batch(source)
        await source.commit(done)
    async with stream.source() as source:
        rest = await take(source, 150 - len(done.records))

    assert bodies([*done.records, *rest]) == [b"%03d" % n for n in range(150)]


async def test_a_crash_between_two_batches_gives_the_second_again(stream: Stream) -> None:
    await publish_all(stream.publisher, [make_envelope(b"%03d" % n) for n in range(250)])

    async with stream.source() as source:
        batches = source.batches()
        async with asyncio.timeout(SOON_S):
            await source.commit(await anext(batches))
            lost = await anext(batches)
    async with stream.source() as source:
        again = await first_batch(source)

    assert again.records[0] == lost.records[0]


async def test_events_of_one_call_keep_their_order(stream: Stream) -> None:
    for number in range(60):
        await stream.publisher.publish(make_envelope(b"%03d" % number, call_id=f"c-{number % 3}"))

    async with stream.source() as source:
        read = await take(source, 60)

    for call in ("c-0", "c-1", "c-2"):
        own = [record.value for record in read if record.envelope is not None and record.envelope.call_id == call]
        assert len(own) == 20
        assert own == sorted(own)


async def test_records_of_a_batch_share_a_partition_and_their_offsets_rise(stream: Stream) -> None:
    await publish_all(stream.publisher, [make_envelope(b"%d" % n, call_id=f"c-{n}") for n in range(100)])

    seen = 0
    async with stream.source() as source, asyncio.timeout(SOON_S):
        async for batch in source.batches():
            offsets = [record.offset for record in batch.records]
            seen += len(offsets)
            assert offsets == sorted(set(offsets))
            assert {record.partition for record in batch.records} == {batch.partition}
            assert batch.next_offset == offsets[-1] + 1
            if seen >= 100:
                break


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 20) + 1, 5 << 20, 64 << 20])
async def test_a_body_of_any_size_arrives_whole(stream: Stream, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    await publish_all(stream.publisher, [make_envelope(b"before"), make_envelope(body), make_envelope(b"after")])

    async with stream.source() as source:
        read = await take(source, 3)

    assert bodies(read) == sorted([b"before", body, b"after"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sent=st.lists(ENVELOPES, min_size=1, max_size=20))
async def test_any_bytes_and_any_unicode_come_out_as_they_went_in(stream: Stream, sent: list[Envelope]) -> None:
    await publish_all(stream.publisher, sent)

    async with stream.source() as source:
        read = await take(source, len(sent))

    def encoded(envelope: Envelope) -> bytes:
        return repr(msgspec.structs.astuple(envelope)).encode("utf-8", "surrogatepass")

    assert sorted(encoded(r.envelope) for r in read if r.envelope) == sorted(map(encoded, sent))


async def test_lag_falls_to_nothing_as_batches_are_committed(stream: Stream) -> None:
    await publish_all(stream.publisher, [make_envelope(b"%d" % n, call_id=f"c-{n}") for n in range(30)])

    async with stream.source() as source:
        batches = source.batches()
        async with asyncio.timeout(SOON_S):
            batch = await anext(batches)
        before = sum(source.lag().values())
        await source.commit(batch)
        left = 30 - len(batch.records)
        async with asyncio.timeout(SOON_S):
            while left:
                batch = await anext(batches)
                await source.commit(batch)
                left -= len(batch.records)
        after = sum(source.lag().values())

    assert before == 30
    assert after == 0


async def test_a_stopped_source_ends_though_nothing_comes(stream: Stream) -> None:
    async with stream.source() as source:
        reading = asyncio.create_task(take(source, 1))
        await asyncio.sleep(0.05)

        await source.stop()

        async with asyncio.timeout(SOON_S):
            assert await reading == []


async def test_records_that_come_while_a_source_waits_are_given(stream: Stream) -> None:
    async with stream.source() as source:
        reading = asyncio.create_task(take(source, 1))
        await asyncio.sleep(0.05)

        await stream.publisher.publish(make_envelope(b"late"))

        assert bodies(await reading) == [b"late"]


async def test_a_rewind_to_a_time_gives_the_later_ones_again(stream: Stream) -> None:
    await stream.publisher.publish(make_envelope(b"old", received_at=now_ms()))
    await asyncio.sleep(0.05)
    since = now_ms()
    await stream.publisher.publish(make_envelope(b"new", received_at=now_ms()))
    async with stream.source() as source:
        await take(source, 2)

    await stream.rewinder.rewind(since=since)

    async with stream.source() as source:
        assert bodies(await take(source, 1)) == [b"new"]


async def test_a_seek_to_an_offset_gives_all_from_there_on_again(stream: Stream) -> None:
    await publish_all(stream.publisher, [make_envelope(b"%02d" % n) for n in range(10)])
    async with stream.source() as source:
        records = await take(source, 10)

    there = await stream.rewinder.seek({records[4].partition: records[4].offset})

    assert there == {records[4].partition: records[4].offset}
    async with stream.source() as source:
        assert bodies(await take(source, 6)) == bodies(records[4:])


async def test_dead_letters_are_kept_whole_and_oldest_first(stream: Stream) -> None:
    now = now_ms()
    enveloped = make_dead(envelope=make_envelope(b"\xff\x00poison", event_id="a/b\ud800"), at=now)
    bare = make_dead(offset=8, value=b"\xfe\xed", at=now - 1_000, detail="no headers\ndetail ü")

    await stream.dead_letters.put(bare)
    await stream.dead_letters.put(enveloped)

    assert [dead async for dead in stream.dead_letters.all()] == [bare, enveloped]


async def test_the_same_record_set_aside_twice_is_one_dead_letter(stream: Stream) -> None:
    await stream.dead_letters.put(make_dead(reason="undecodable"))
    await stream.dead_letters.put(make_dead(reason="undecodable"))

    assert len([dead async for dead in stream.dead_letters.all()]) == 1


async def test_a_dead_letter_published_again_is_read_again_and_settled(stream: Stream) -> None:
    await stream.dead_letters.put(make_dead(envelope=make_envelope(b"now understood"), offset=1))
    await stream.dead_letters.put(make_dead(envelope=make_envelope(b"another"), offset=2, reason="other"))
    await stream.dead_letters.put(make_dead(value=b"nobody's", offset=3))

    count = await publish_again(
        stream.dead_letters, publisher=stream.publisher, chosen=lambda dead: dead.reason != "other"
    )

    async with stream.source() as source:
        assert bodies(await take(source, 1)) == [b"now understood"]
    assert count == 1
    assert [dead.offset async for dead in stream.dead_letters.all()] == [2, 3]


async def test_a_stream_that_works_is_ready(stream: Stream) -> None:
    await stream.publisher.publish(make_envelope())

    assert any(stream.publisher.ready().values())


def make_dead(**named: object) -> Dead:
    facts: dict[str, object] = {
        "partition": Partition("aftercall.events", 3),
        "offset": 7,
        "reason": "undecodable",
        "detail": "expected an object",
        "preview": '{"message": …',
        "at": now_ms(),
        "envelope": None,
    }
    return Dead(**facts | named)  # type: ignore[arg-type]  # a factory names only what matters
