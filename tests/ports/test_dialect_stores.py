"""What dialects ask of MongoDB: offset windows, sums, batches, aliases and their registers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.call import Batch, Call, Turn, Unit
from schemas.query import EVERYTHING, All, Any_, Condition, Field, Filter, Inner, Not, Op
from schemas.register import Hook, Note, Order
from schemas.window import Narrow, Sort, SortBy, Window
from schemas.words import Direction, Outcome, Platform, Role, Stage
from storage.mongo import Database, connect, piecewise
from storage.mongo_batches import MongoBatches
from storage.mongo_names import MongoNames
from storage.mongo_orders import SORTS
from storage.mongo_registers import FIRST_ALIAS, MongoRegisters
from storage.mongo_streams import MongoStreams
from storage.mongo_sums import GROUPS, MongoSums
from storage.mongo_windows import MongoWindows
from storage.mongo_writer import MongoWriter
from tests.ports.stores import in_database
from tests.pure.storage.updates import make_update

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
NEWEST = Sort(SortBy.STARTED_AT)
OVER = Not(Condition(Field.OUTCOME, Op.EQ, Outcome.IN_PROGRESS))


def _behind(call: Call) -> tuple[Any, ...]:
    return call.turns, call.transcript, call.extracted


@pytest.fixture
async def opened(mongo_url: str, prepared: str) -> AsyncIterator[Database]:
    """An empty database, set up."""
    async with connect(in_database(mongo_url, prepared)) as connected:
        yield connected


async def stored(database: Database, *, tenant: str = "acme") -> MongoWindows:
    """Seven calls, one minute apart; the odd ones are of the batch `spring` and were answered."""
    updates = [
        make_update(
            tenant=tenant,
            call=f"c-{n}",
            event=f"e-{n}",
            stage=Stage.ENDED,
            outcome=Outcome.ANSWERED if n % 2 else Outcome.BUSY,
            direction=Direction.OUTBOUND,
            to=f"+3361234567{n}",
            summary=f"Đã gọi số {n}",
            started_at=NOW + timedelta(minutes=n),
            talk_s=float(n),
            batch=Batch(id="spring", name="Spring") if n % 2 else None,
        )
        for n in range(7)
    ]
    await MongoWriter(database, raw_days=lambda _: 30).apply(updates)
    return MongoWindows(database)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10])
async def test_offset_pages_hold_every_call_once(opened: Database, size: int) -> None:
    windows = await stored(opened)

    pages = [
        await windows.window("acme", EVERYTHING, Window(sort=NEWEST, skip=skip, limit=size), units=None)
        for skip in range(0, 7, size)
    ]

    assert [call.platform_call_id for page in pages for call in page] == [f"c-{n}" for n in range(6, -1, -1)]
    assert await windows.count("acme", EVERYTHING, units=None) == 7
    assert await windows.count("other", EVERYTHING, units=None) == 0


@pytest.mark.parametrize("by", [SortBy.BEGUN_AT, SortBy.CREATED_AT, SortBy.TITLE, SortBy.ENDING, SortBy.RECORD_ID])
@pytest.mark.parametrize(
    "filter_",
    [
        EVERYTHING,
        Condition(Field.BATCH, Op.EQ, "spring"),
        Condition(Inner.SUMMARY_FOLDED, Op.CONTAINS, "goi"),
        Condition(Field.PLATFORM_CALL_ID, Op.EQ, "c-3"),
        Any_([Condition(Field.UNIT, Op.EQ, "0"), Condition(Field.UNIT, Op.EXISTS, value=False)]),
        Any_([]),
    ],
    ids=["all", "batch", "part", "one", "unit 0", "none"],
)
@pytest.mark.parametrize("near", [0, 200])
async def test_a_page_is_its_window_and_the_number_of_all(
    opened: Database, monkeypatch: pytest.MonkeyPatch, filter_: Filter, by: SortBy, near: int
) -> None:
    monkeypatch.setattr("storage.mongo_windows.NEAR", near)
    windows = await stored(opened)
    for skip in (0, 2, 9):
        calls, total = await windows.page("acme", filter_, Window(sort=Sort(by), skip=skip, limit=2), units=None)

        assert calls == await windows.window("acme", filter_, Window(sort=Sort(by), skip=skip, limit=2), units=None)
        assert total == await windows.count("acme", filter_, units=None)


@pytest.mark.parametrize("going_on", [0, 1, 3])
async def test_calls_that_go_on_are_not_counted_where_they_are_left_out(
    opened: Database, monkeypatch: pytest.MonkeyPatch, going_on: int
) -> None:
    windows = await stored(opened)
    monkeypatch.setattr("storage.mongo_counts.MANY", 0)  # from the second time on they are taken away, ...
    monkeypatch.setattr("storage.mongo_counts.SHARE", 10)  # ... if there are not too many
    monkeypatch.setattr("storage.mongo_counts.PLAINLY", 1)
    started = [make_update(call=f"now-{n}", event=f"now-{n}", batch=Batch(id="spring")) for n in range(going_on)]
    await MongoWriter(opened, raw_days=lambda _: 30).apply(started)
    in_spring = All((OVER, All((Condition(Field.BATCH, Op.EQ, "spring"),))))

    for _ in range(4):
        assert await windows.count("acme", All(()), units=None) == 7 + going_on
        assert await windows.count("acme", All((OVER,)), units=None) == 7
        assert await windows.count("acme", in_spring, units=None) == 3
        page = Window(sort=Sort(SortBy.BEGUN_AT), skip=0, limit=1)
        assert (await windows.page("acme", in_spring, page, units=None))[1] == 3


async def test_calls_of_either_of_two_values_are_counted_once(
    opened: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = await stored(opened)
    monkeypatch.setattr("storage.mongo_counts.MANY", 0)
    units = [Unit(id=name) for name in ("0", "0", "1")]
    told = [make_update(call=f"of-{n}", event=f"of-{n}", stage=Stage.ENDED, unit=unit) for n, unit in enumerate(units)]
    await MongoWriter(opened, raw_days=lambda _: 30).apply(told)
    zero, none = Condition(Field.UNIT, Op.EQ, "0"), Condition(Field.UNIT, Op.EXISTS, value=False)

    for wanted, total, bound in (([zero, none], 9, 2), ([zero, zero], 2, 2), ([none], 7, 0), ([], 0, 0)):
        for _ in range(2):
            assert await windows.count("acme", All((OVER, Any_(wanted))), units=None) == total
            assert await windows.count("acme", All((OVER, Any_(wanted))), units=("0", "1")) == bound


async def test_a_number_is_of_one_moment(opened: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    windows = await stored(opened)
    monkeypatch.setattr("storage.mongo_counts.MANY", 0)
    monkeypatch.setattr("storage.mongo_counts.SHARE", 1)

    async def change() -> None:
        for n in range(40):  # as many begin as end, and none of them is ever both
            await MongoWriter(opened, raw_days=lambda _: 30).apply([make_update(call=f"now-{n}", event=f"now-{n}")])
            await opened["calls"].delete_one({"platform_call_id": f"now-{n}"})

    changing = asyncio.create_task(change())
    counted = set()
    while not changing.done():
        counted.add(await windows.count("acme", All((OVER,)), units=None))
    await changing

    assert counted == {7}


@pytest.mark.parametrize("by", SortBy)
async def test_every_order_is_total_both_ways(opened: Database, by: SortBy) -> None:
    windows = await stored(opened)

    ways = [
        await windows.window("acme", EVERYTHING, Window(sort=Sort(by, descending), skip=0, limit=9), units=None)
        for descending in (True, False)
    ]

    assert [call.uid for call in ways[0]] == [call.uid for call in reversed(ways[1])]
    assert len(ways[0]) == 7


async def test_sums_are_of_all_matching_calls(opened: Database) -> None:
    await stored(opened)
    sums = MongoSums(opened)

    (all_of_them,) = await sums.sums("acme", EVERYTHING, units=None)
    by_outcome = {each.group: each for each in await sums.sums("acme", EVERYTHING, units=None, by=("outcome",))}

    assert (all_of_them.count, all_of_them.talk_s, all_of_them.talked) == (7, 9.0, 3)
    assert by_outcome["answered",].count == 3
    assert by_outcome["busy",].talk_s == 0.0


async def test_a_batch_is_the_sum_of_its_calls(opened: Database) -> None:
    await stored(opened)

    (batch,) = await MongoSums(opened).batches("acme", EVERYTHING, units=None)

    assert (batch.id, batch.name, batch.outcomes) == ("spring", "Spring", {"answered": 3})
    assert batch.started_at == NOW + timedelta(minutes=1)


async def test_what_is_kept_of_a_batch_is_what_its_calls_add_up_to(opened: Database) -> None:
    await stored(opened)
    (summed,) = await MongoSums(opened).batches("acme", EVERYTHING, units=None)

    for _ in range(2):  # the second time in place of one that an earlier version kept
        ((kept,), total) = await MongoBatches(opened).latest("acme")
        assert total == 1

        assert (kept.id, kept.name, kept.direction) == (summed.id, summed.name, summed.direction)
        assert (kept.created_at, kept.begun_at) == (summed.created_at, summed.begun_at)
        assert (kept.first_started_at, kept.outcomes) == (summed.started_at, summed.outcomes)
        assert (kept.talk_s, kept.talked) == (summed.talk_s, summed.talked)
        await opened["batches"].update_many({}, {"$unset": {"talked": 1, "direction": 1, "begun_at": 1}})
    assert await MongoBatches(opened).latest("other") == ([], 0)
    assert await MongoBatches(opened).latest("acme", units=("1",)) == ([], 0)


@pytest.mark.parametrize("units", [None, ("1",)], ids=["all", "a unit's"])
async def test_batches_by_offset_hold_every_batch_once(opened: Database, units: tuple[str, ...] | None) -> None:
    # Two begin at the same instant, one's calls never started.
    starts = {"b-1": 3, "b-2": 1, "b-3": 3, "b-4": None, "b-5": 2}
    told = [
        make_update(
            call=f"c-{batch}",
            event=batch,
            started_at=None if start is None else NOW + timedelta(minutes=start),
            batch=Batch(id=batch),
            unit=Unit(id="1"),
        )
        for batch, start in starts.items()
    ]
    await MongoWriter(opened, raw_days=lambda _: 30).apply(told)
    batches = MongoBatches(opened)

    pages = [await batches.latest("acme", units=units, skip=skip, limit=2) for skip in range(0, 8, 2)]

    assert [batch.id for page, _ in pages for batch in page] == ["b-3", "b-1", "b-5", "b-2", "b-4"]
    assert {total for _, total in pages} == {5}
    assert [batch for page, _ in pages for batch in page] == (await batches.latest("acme", units=units))[0]


@pytest.mark.parametrize("part", ["da goi so 3", "DA GOI SO 3"])
async def test_a_part_of_a_column_is_found_without_diacritics(opened: Database, part: str) -> None:
    windows = await stored(opened)
    asked = Condition(Inner.SUMMARY_FOLDED, Op.CONTAINS, part.lower())

    found = await windows.window("acme", asked, Window(sort=NEWEST, skip=0, limit=9), units=None)

    assert [call.platform_call_id for call in found] == ["c-3"]


async def test_digits_are_found_in_any_number(opened: Database) -> None:
    windows = await stored(opened)

    assert await windows.count("acme", Condition(Inner.DIGITS, Op.CONTAINS, "612345675"), units=None) == 1


async def test_a_call_is_found_by_each_of_its_ids(opened: Database) -> None:
    windows, names = await stored(opened), MongoNames(opened)
    (call,) = await windows.window(
        "acme", Condition(Field.PLATFORM_CALL_ID, Op.EQ, "c-4"), Window(sort=NEWEST, skip=0, limit=9), units=None
    )

    for name in ("c-4", call.uid, str(call.number)):
        found = await names.find("acme", name, units=None)
        assert found is not None
        assert found.uid == call.uid
    assert await names.find("other", "c-4", units=None) is None
    assert await names.find("acme", "c-4", units=("1",)) is None


async def test_calls_are_streamed_with_what_is_named(opened: Database) -> None:
    await stored(opened)
    few = Narrow(("talk_s",), own=Platform.OMICALL)

    stream = MongoStreams(opened).stream("acme", EVERYTHING, units=None, sort=NEWEST, narrow=few, limit=3)
    streamed = [call async for call in stream]

    assert [call.platform_call_id for call in streamed] == ["c-6", "c-5", "c-4"]
    assert [(call.talk_s, call.summary) for call in streamed] == [(0.0, None), (5.0, None), (0.0, None)]


async def test_who_goes_away_while_a_stream_is_read_leaves_no_cursor(opened: Database) -> None:
    rows = [{"_id": n, "text": "x" * 1000} for n in range(2_000)]
    await opened["many"].insert_many(rows)
    cursor = opened["many"].find({}, batch_size=2)

    async def read() -> None:
        async for _ in piecewise(cursor, size=2):
            asyncio.get_running_loop().call_soon(reading.cancel)

    reading = asyncio.create_task(read())
    with pytest.raises(asyncio.CancelledError):
        await reading

    async with asyncio.timeout(60):
        while await _open_cursors(opened):  # noqa: ASYNC110 - MongoDB tells nobody when it has forgotten one
            await asyncio.sleep(0.05)


async def _open_cursors(database: Database) -> list[dict[str, Any]]:
    seen = {"ns": f"{database.name}.many"}
    stages: list[dict[str, Any]] = [{"$currentOp": {"idleCursors": True, "allUsers": True}}, {"$match": seen}]
    return await (await database.client.admin.aggregate(stages)).to_list()


@pytest.mark.parametrize("own", [Platform.VAPI, Platform.OMICALL])
async def test_what_lies_behind_calls_is_told_alike_of_many_and_of_one(opened: Database, own: Platform) -> None:
    said = [Turn(n=1, role=Role.AGENT, text="Chào"), Turn(n=2, role=Role.CUSTOMER, text="Hi", at_ms=5)]
    told: list[dict[str, Any]] = [
        {"turns": said, "extracted": {"a": [1, None]}},
        {"transcript": "Chào. Hi."},
        {"turns": said, "transcript": "Chào. Hi.", "extracted": "spring"},
        {},
    ]
    updates = [
        make_update(platform=Platform.VAPI, call=f"c-{n}", event=f"e-{n}", stage=Stage.ENDED, **facts)
        for n, facts in enumerate(told)
    ]
    await MongoWriter(opened, raw_days=lambda _: 30).apply(updates)
    behind = Narrow(("turns", "transcript", "extracted"), own=own)

    stream = MongoStreams(opened).stream("acme", EVERYTHING, units=None, sort=Sort(SortBy.NUMBER), narrow=behind)
    streamed = [call async for call in stream]
    known = [await MongoNames(opened).find("acme", call.uid, units=None) for call in streamed]

    assert len(streamed) == len(told)
    assert [_behind(call) for call in streamed] == [_behind(call) for call in known if call]
    assert all(
        bool(call.ext) == (own is Platform.VAPI and bool(whole and whole.ext))
        for call, whole in zip(streamed, known, strict=True)
    )

    said_too = Window(sort=Sort(SortBy.NUMBER), skip=0, limit=9, own=own, said=True)
    listed, _ = await MongoWindows(opened).page("acme", EVERYTHING, said_too, units=None)
    assert [(*_behind(call), call.ext) for call in listed] == [(*_behind(call), call.ext) for call in streamed]


async def test_an_alias_is_made_once_and_stays(opened: Database) -> None:
    registers = MongoRegisters(opened)

    many = await asyncio.gather(*(registers.aliases("acme", "unit", ["north", "south", "7", "007"]) for _ in range(5)))

    assert all(each == many[0] for each in many)
    assert many[0]["7"] == 7
    assert len({many[0]["north"], many[0]["south"], many[0]["007"]}) == 3
    assert min(many[0]["north"], many[0]["south"], many[0]["007"]) >= FIRST_ALIAS
    assert await registers.unalias("acme", "unit", many[0]["south"]) == "south"
    assert await registers.unalias("acme", "unit", 7) == "7"
    assert [await registers.unalias("acme", "unit", number) for number in (-1, 2**31, 2**63, 2**64)] == [None] * 4
    assert await registers.unalias("other", "unit", many[0]["south"]) is None


async def test_notes_are_the_tenants_own(opened: Database) -> None:
    registers = MongoRegisters(opened)
    note = Note(id=0, content="call back", uid="u-1", author="crm", created_at=NOW, updated_at=NOW)

    kept = await registers.put_note("acme", note)

    assert await registers.note("acme", kept.id) == kept
    assert await registers.note("other", kept.id) is None
    assert await registers.notes("acme", uid="u-1", skip=0, limit=9) == ([kept], 1)
    await registers.remove_note("acme", kept.id)
    assert await registers.note("acme", kept.id) is None


async def test_one_receiver_a_kind_is_registered(opened: Database) -> None:
    registers = MongoRegisters(opened)

    for url in ("https://a.example", "https://b.example"):
        await registers.put_hook("acme", Hook(kind="call", url=url, events=("ringing",)))

    assert [hook.url for hook in await registers.hooks("acme")] == ["https://b.example"]
    await registers.remove_hooks("acme", "call")
    assert await registers.hooks("acme") == []


async def test_the_same_name_comes_once(opened: Database) -> None:
    registers = MongoRegisters(opened)

    answers = await asyncio.gather(*(registers.once("acme", "sig", now=NOW, seconds=60) for _ in range(5)))

    assert sorted(answers) == [False, False, False, False, True]
    assert await registers.once("other", "sig", now=NOW, seconds=60)
    for later, first in ((59, False), (60, True), (61, False)):
        assert await registers.once("acme", "sig", now=NOW + timedelta(seconds=later), seconds=60) is first


async def test_a_ledger_is_never_overdrawn(opened: Database) -> None:
    registers = MongoRegisters(opened)

    left = await asyncio.gather(*(registers.spend("acme", "crm", 5, balance=12) for _ in range(4)))

    assert sorted(left, key=lambda each: -1 if each is None else each) == [None, None, 2, 7]


async def test_an_order_is_kept(opened: Database) -> None:
    registers = MongoRegisters(opened)
    order = Order(id="a", tenant="acme", key="crm", dialect="robotappel", recipe=b"{}", expires_at=NOW, units=("1",))

    await registers.put_order(order)

    assert await registers.order("a") == order
    assert await registers.order("b") is None


def test_every_order_and_group_has_its_path() -> None:
    assert set(SORTS) == set(SortBy)
    assert set(GROUPS) == {"direction", "outcome", "unit", "agent", "batch"}
