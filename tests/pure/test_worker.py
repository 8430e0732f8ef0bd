"""The loop on streams and stores that remember: every record is stored or set aside, then the position moves."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from schemas.envelope import Envelope
from schemas.query import CallQuery
from schemas.update import CallUpdate
from schemas.words import Platform
from storage.errors import Away
from storage.memory import MemoryStore
from stream.memory import MemoryStream
from stream.ports import Dead, Partition, Record, Unavailable
from tests.webhooks import make_event
from workers.courtesy import Courtesy, Pace
from workers.guard import Guard, Stopped
from workers.loop import Worker
from workers.patience import Patience
from workers.reasons import Aside

SOON_S = 20.0


def event(call_id: str, *, tenant: str = "acme") -> Envelope:
    body = b'{"event": "call_ended", "call": {"call_id": "%s", "disconnection_reason": "user_hangup"}}'
    return make_event(body % call_id.encode(), Platform.RETELL, call_id=call_id, event_id=call_id, tenant=tenant)


POISON = make_event(b"{", Platform.RETELL, call_id="poison")


class BrokenStore(MemoryStore):
    """A store with a bug: it cannot take these calls; and one that can be away."""

    def __init__(self, *unlucky: str, away: int = 0, refused: Sequence[str] = ()) -> None:
        super().__init__()
        self.unlucky = set(unlucky)
        self.refused = set(refused)
        self.away = away

    @override
    async def apply(self, updates: Sequence[CallUpdate]) -> Sequence[CallUpdate]:
        if self.away:
            self.away -= 1
            raise Away
        if self.unlucky & {update.platform_call_id for update in updates}:
            raise KeyError("a bug of ours")
        refused = [update for update in updates if update.platform_call_id in self.refused]
        await super().apply([update for update in updates if update not in refused])
        return refused


class BrokenStream(MemoryStream):
    """Dead letters that are away at first."""

    away = 3

    @override
    async def put(self, dead: Dead) -> None:
        if self.away:
            self.away -= 1
            raise Unavailable("the broker is away")
        await super().put(dead)


class LateStore(MemoryStore):
    """A store that writes the first batch only after the second, and looks how far the position had moved by then."""

    def __init__(self, stream: MemoryStream) -> None:
        super().__init__()
        self.stream = stream
        self.second = asyncio.Event()
        self.moved: list[int] = []

    @override
    async def apply(self, updates: Sequence[CallUpdate]) -> Sequence[CallUpdate]:
        if updates[0].platform_call_id == "c-0":
            await self.second.wait()
        refused = await super().apply(updates)
        self.moved.append(sum(self.stream.committed.values()))
        self.second.set()
        return refused


def make_worker(stream: MemoryStream, store: MemoryStore, **named: Any) -> Worker:
    patience = Patience(first_s=0.001, longest_s=0.01)
    return Worker(stream.source(), writer=store, dead_letters=stream, **{"patience": patience} | named)


async def publish(stream: MemoryStream, *events: Envelope) -> None:
    for one in events:
        await stream.publish(one)


async def work(worker: Worker, stream: MemoryStream) -> None:
    """Let *worker* work until nothing waits, then stop it."""
    async with asyncio.timeout(SOON_S), asyncio.TaskGroup() as group:
        running = group.create_task(worker.run())
        while any(stream.source().lag().values()) and not running.done():  # noqa: ASYNC110 - nobody tells of commits
            await asyncio.sleep(0.001)
        await worker.stop()


async def stored(store: MemoryStore, tenant: str = "acme") -> set[str]:
    page = await store.page(tenant, CallQuery(limit=10_000))
    return {call.platform_call_id for call in page.rows}


async def set_aside(stream: MemoryStream) -> dict[str, str]:
    return {dead.envelope.call_id if dead.envelope else "": dead.reason async for dead in stream.all()}


async def test_every_event_becomes_a_call_and_the_position_moves() -> None:
    stream, store = MemoryStream(), MemoryStore()
    await publish(stream, *(event(f"c-{n}", tenant="ab"[n % 2]) for n in range(700)))

    await work(make_worker(stream, store), stream)

    assert await stored(store, "a") == {f"c-{n}" for n in range(0, 700, 2)}
    assert await stored(store, "b") == {f"c-{n}" for n in range(1, 700, 2)}
    assert sum(stream.committed.values()) == len(store.events) == 700


async def test_a_batch_is_begun_before_the_one_before_it_is_written_and_the_position_moves_in_order() -> None:
    stream = MemoryStream(partitions=1)
    store = LateStore(stream)
    await publish(stream, *(event(f"c-{n}") for n in range(300)))

    await work(make_worker(stream, store), stream)

    assert store.moved[:2] == [0, 0]  # the second was stored first, and waited for the first
    assert len(await stored(store)) == 300
    assert sum(stream.committed.values()) == 300


async def test_poison_is_set_aside_and_does_not_stop_its_neighbours() -> None:
    stream, store = MemoryStream(partitions=1), MemoryStore()
    lost = Record(partition=Partition("memory", 0), offset=2, envelope=None, fault="headers_missing", value=b"?")
    await publish(stream, event("before"), POISON)
    stream.records[Partition("memory", 0)].append(lost)
    await publish(stream, event("after"))

    await work(make_worker(stream, store), stream)

    assert await stored(store) == {"before", "after"}
    assert await set_aside(stream) == {"poison": Aside.UNDECODABLE, "": Aside.HEADERS_MISSING}
    assert [(dead.offset, dead.preview) async for dead in stream.all()] == [
        (1, "1 bytes, no JSON, begins with {"),
        (2, "1 bytes, no JSON, begins with text or binary"),
    ]


async def test_an_unknown_type_is_kept_raw_and_makes_no_call() -> None:
    stream, store = MemoryStream(), MemoryStore()
    await publish(stream, make_event(b'{"event": "brand_new", "call": {}}', Platform.RETELL))

    await work(make_worker(stream, store), stream)

    assert await stored(store) == set()
    assert len(store.events) == 1
    assert await set_aside(stream) == {}


async def test_a_store_that_is_away_is_waited_for_and_nothing_is_lost() -> None:
    stream, store = MemoryStream(), BrokenStore(away=20)
    await publish(stream, *(event(f"c-{n}") for n in range(50)))

    await work(make_worker(stream, store), stream)

    assert len(await stored(store)) == 50
    assert await set_aside(stream) == {}


async def test_dead_letters_that_are_away_are_waited_for() -> None:
    stream, store = BrokenStream(), MemoryStore()
    await publish(stream, event("good"), POISON)

    await work(make_worker(stream, store), stream)

    assert await stored(store) == {"good"}
    assert await set_aside(stream) == {"poison": Aside.UNDECODABLE}


async def test_told_to_stop_while_the_store_is_away_it_stops_and_the_events_come_again() -> None:
    stream, store = MemoryStream(), BrokenStore(away=10**9)
    await publish(stream, event("c-1"))
    worker = make_worker(stream, store, patience=Patience(first_s=3600, longest_s=3600))

    async with asyncio.timeout(SOON_S), asyncio.TaskGroup() as group:
        group.create_task(worker.run())
        await asyncio.sleep(0.01)
        await worker.stop()
    store.away = 0
    await work(make_worker(stream, store), stream)

    assert await stored(store) == {"c-1"}


async def test_a_bug_that_hits_one_record_sets_that_one_aside_and_stores_the_others() -> None:
    stream, store = MemoryStream(partitions=1), BrokenStore("c-13")
    await publish(stream, *(event(f"c-{n}") for n in range(100)))

    await work(make_worker(stream, store), stream)

    assert await stored(store) == {f"c-{n}" for n in range(100) if n != 13}
    assert await set_aside(stream) == {"c-13": Aside.UNEXPECTED}
    assert [dead.detail.split(":")[0] async for dead in stream.all()] == ["KeyError at test_worker.py"]


async def test_a_bug_that_hits_all_of_them_stops_the_worker_and_sets_nothing_aside() -> None:
    stream = MemoryStream(partitions=1)
    broken = BrokenStore(*(f"c-{n}" for n in range(100)))
    await publish(stream, event("good"), *(event(f"c-{n}") for n in range(100)))

    with pytest.raises(Stopped):
        await make_worker(stream, broken).run()
    assert await set_aside(stream) == {}
    assert stream.committed[Partition("memory", 0)] == 0

    mended = MemoryStore()
    await work(make_worker(stream, mended), stream)
    assert len(await stored(mended)) == 101


async def test_malformed_events_of_one_sender_never_stop_the_worker() -> None:
    stream, store = MemoryStream(), MemoryStore()
    await publish(stream, *(make_event(b"{", Platform.RETELL, call_id=f"p-{n}") for n in range(300)), event("good"))

    await work(make_worker(stream, store, guard=Guard(in_a_row=2, of_the_window=2)), stream)

    assert await stored(store) == {"good"}
    assert len(await set_aside(stream)) == 300


async def test_what_no_document_can_hold_is_set_aside() -> None:
    stream, store = MemoryStream(), BrokenStore(refused=["huge"])
    await publish(stream, event("huge"), event("good"))

    await work(make_worker(stream, store), stream)

    assert await stored(store) == {"good"}
    assert await set_aside(stream) == {"huge": Aside.UNSTORABLE}


async def test_a_worker_killed_at_any_moment_loses_and_doubles_nothing() -> None:
    stream, store = MemoryStream(), MemoryStore()
    await publish(stream, *(event(f"c-{n}") for n in range(200)))

    for steps in range(60):
        running = asyncio.create_task(make_worker(stream, store, courtesy=Courtesy(lambda: False)).run())
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    await work(make_worker(stream, store), stream)

    assert await stored(store) == {f"c-{n}" for n in range(200)}
    assert len(store.events) == 200


@given(st.lists(st.integers(0, 9), max_size=30))
def test_slices_hold_every_record_in_order_within_both_bounds(sizes: list[int]) -> None:
    place = Partition("memory", 0)
    records = [Record(partition=place, offset=n, envelope=None, value=b"x" * size) for n, size in enumerate(sizes)]

    slices = list(Pace(records=4, bytes=7, together=1).slices(records))

    assert [record for some in slices for record in some] == records
    assert all(len(some) == 1 or sum(len(record.value) for record in some) <= 7 for some in slices)
    assert all(1 <= len(some) <= 4 for some in slices)


async def test_it_gives_way_while_ingest_is_busy_but_not_for_ever() -> None:
    asked = 0

    def busy() -> bool:
        nonlocal asked
        asked += 1
        return True

    async with asyncio.timeout(SOON_S):
        await Courtesy(busy, longest_s=0.05).give_way()

    assert asked == 10
