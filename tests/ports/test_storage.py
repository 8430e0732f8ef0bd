"""What every store promises: calls are folded, found, paged and read; tenants never meet."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from schemas.call import Call, Unit
from schemas.envelope import Envelope
from schemas.money import Cost
from schemas.query import Any_, CallQuery, Condition, Field, Not, Op, Order, OrderBy, Position
from schemas.update import CallUpdate
from schemas.words import Direction, Outcome, Platform, Role, Stage
from storage.memory import MemoryStore
from tests.ports.stores import NAMES, Store, mongo_store, open_store
from tests.pure.storage.questions import queries
from tests.pure.storage.updates import at, histories, make_update, say

NOW = datetime(2026, 11, 21, 8, 0, 0, 123456, tzinfo=UTC)
SHARED = settings(
    max_examples=30,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink against a server takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Ticking:
    """A clock that moves one second each time it is read."""

    def __init__(self) -> None:
        """Begin at `NOW`."""
        self.now = NOW

    def __call__(self) -> datetime:
        """Return the next second."""
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(params=NAMES)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    async with open_store(request.param, request, clock=Ticking()) as opened:
        yield opened


async def all_calls(store: Store, query: CallQuery, tenant: str = "acme") -> list[Call]:
    """Return every call that *query* finds, by walking its pages to the end."""
    found: list[Call] = []
    while True:
        page = await store.reader.page(tenant, query)
        found += page.rows
        if page.next is None:
            return found
        query = msgspec.structs.replace(query, after=page.next)


def told(call: Call | None) -> dict[str, Any]:
    """Return all of *call* that does not tell when and in how many steps it was written."""
    assert call is not None
    fields = msgspec.structs.asdict(call)
    for name in ("number", "revision", "updated_at"):
        del fields[name]
    return fields


async def only_call(store: Store, tenant: str = "acme") -> Call:
    """Return the one call that *tenant* has, whole."""
    [row] = (await store.reader.page(tenant, CallQuery())).rows
    call = await store.reader.get(tenant, row.uid)
    assert call is not None
    return call


async def test_a_call_is_what_its_events_say(store: Store) -> None:
    turns = [say(Role.AGENT, "Bonjour", 1), say(Role.CUSTOMER, "Oui ?\nNon.", 2), say(Role.TOOL, "{}", 3)]
    started = make_update(stage=Stage.PROGRESS, direction=Direction.INBOUND, from_="+33612345678", to="+33100000000")
    ended = make_update(
        stage=Stage.ENDED, outcome=Outcome.ANSWERED, started_at=at(0), ended_at=at(65.5), turns=turns, rank=20,
        cost=Cost(micros=132500, currency="USD", raw="0.1325"), extracted={"$a.b": 2**70, "\x00": None},
        ext={"$x.y": [1]}, event="e-2",
    )  # fmt: skip

    await store.writer.apply([ended])
    await store.writer.apply([started])
    call = await only_call(store)

    assert (call.number, call.revision) == (1_000_000_000, 2)
    assert (call.outcome, call.talk_s, call.customer_number) == (Outcome.ANSWERED, 65.5, "+33612345678")
    assert call.turns == turns
    assert call.transcript == "Agent: Bonjour\nCustomer: Oui ?\nNon."
    assert call.extracted == {"$a.b": 2**70, "\x00": None}
    assert call.ext == {"vapi": {"$x.y": [1]}}
    assert call.cost == Cost(micros=132500, currency="USD", raw="0.1325")


async def test_lists_leave_the_long_parts_out(store: Store) -> None:
    await store.writer.apply([make_update(turns=[say(Role.AGENT, "hi")], transcript="hi", extracted={"a": 1})])

    [row] = (await store.reader.page("acme", CallQuery())).rows

    assert (row.turns, row.transcript, row.extracted, row.has_transcript) == ([], None, None, True)


async def test_a_repeated_update_changes_nothing_at_all(store: Store) -> None:
    update = make_update(summary="told", turns=[say(Role.AGENT, "hi")])
    await store.writer.apply([update])
    before = await only_call(store)

    await store.writer.apply([update, update])

    assert await only_call(store) == before


async def test_an_event_that_comes_again_later_changes_nothing_that_is_shown(store: Store) -> None:
    said: dict[str, Any] = {"summary": "told", "turns": [say(Role.AGENT, "hi")], "duration_s": 1.5}
    said["cost"] = Cost(micros=132500, currency="USD", raw="0.1325")
    await store.writer.apply([make_update(received=60, **said)])
    before = await only_call(store)

    await store.writer.apply([make_update(received=90, **said)])
    after = await only_call(store)

    assert (told(after), after.updated_at) == (told(before), before.updated_at)


async def test_a_changed_call_tells_when(store: Store) -> None:
    await store.writer.apply([make_update(summary="told")])
    before = await only_call(store)
    await store.writer.apply([make_update(summary="told again", event="e-2", rank=20)])
    after = await only_call(store)

    assert after.updated_at > before.updated_at
    assert after.updated_at.microsecond % 1000 == 0
    assert (after.number, after.revision) == (before.number, 2)


async def test_turns_are_those_of_the_greatest_event(store: Store) -> None:
    poor = make_update(turns=[say(Role.AGENT, "poor")], transcript="poor", rank=1)
    rich = make_update(turns=[say(Role.AGENT, "rich")], rank=2, event="e-2")

    for update in (poor, rich, poor):
        await store.writer.apply([update])
    call = await only_call(store)

    assert call.turns == rich.facts.turns
    assert call.transcript == "poor"


async def test_a_better_reading_of_an_event_takes_the_place_of_the_first(store: Store) -> None:
    for text in ("misread", "read"):
        await store.writer.apply([make_update(turns=[say(Role.AGENT, text)])])

    assert [turn.text for turn in (await only_call(store)).turns] == ["read"]


async def test_numbers_count_by_tenant(store: Store) -> None:
    await store.writer.apply([make_update(call=f"c-{n}") for n in range(300)])
    await store.writer.apply([make_update(call="c-1", tenant="other"), make_update(call="c-last")])

    numbers = [call.number for call in await all_calls(store, CallQuery(limit=200))]
    [other] = await all_calls(store, CallQuery(), tenant="other")

    assert len(set(numbers)) == 301
    assert min(numbers) == other.number == 1_000_000_000
    assert max(numbers) < 2**31


async def test_tenants_never_meet(store: Store) -> None:
    await store.writer.apply([make_update(tenant="acme", summary="ours"), make_update(tenant="acme:vapi", call="1")])
    call = await only_call(store)

    assert await store.reader.get("other", call.uid) is None
    assert await store.reader.get("other", str(call.number)) is None
    assert (await store.reader.page("other", CallQuery(total=True))).total == 0
    assert (await store.reader.page("acme", CallQuery(total=True))).total == 1


async def test_a_bound_key_sees_its_units_only(store: Store) -> None:
    units = {"a": Unit(id="1"), "b": Unit(id="2"), "c": None}
    await store.writer.apply([make_update(call=name, unit=unit) for name, unit in units.items()])
    everything = {call.platform_call_id: call for call in await all_calls(store, CallQuery())}

    page = await store.reader.page("acme", CallQuery(units=("1",), total=True))

    assert [call.platform_call_id for call in page.rows] == ["a"]
    assert page.total == 1
    assert await store.reader.get("acme", everything["a"].uid, units=("1",)) is not None
    assert await store.reader.get("acme", everything["b"].uid, units=("1",)) is None
    assert await store.reader.get("acme", everything["c"].uid, units=("1",)) is None
    assert (await store.reader.page("acme", CallQuery(units=(), total=True))).total == 0


@pytest.mark.parametrize("name", ["", "c-1", "1", "1" * 36, "٣" * 10, "9" * 10, "99999999999999999999", "\x00", "$ne"])
async def test_a_name_that_no_call_has_finds_none(store: Store, name: str) -> None:
    await store.writer.apply([make_update()])

    assert await store.reader.get("acme", name) is None


@pytest.mark.parametrize("order", [Order(by, descending) for by in OrderBy for descending in (True, False)], ids=repr)
@pytest.mark.parametrize("limit", [1, 2, 5, 12, 13])
async def test_pages_hold_every_call_once_in_order(store: Store, order: Order, limit: int) -> None:
    await store.writer.apply([
        make_update(
            call=f"c-{n}",
            started_at=at(n // 2) if n % 4 else None,
            duration_s=n % 3 if n % 2 else None,
            cost=Cost(micros=n % 2, currency="EUR" if n % 3 else "USD", raw="") if n % 5 else None,
            received=n // 3,
        )
        for n in range(12)
    ])  # fmt: skip

    one = await store.reader.page("acme", CallQuery(order=order, limit=12))
    walked = await all_calls(store, CallQuery(order=order, limit=limit))

    assert one.next is None
    assert walked == one.rows
    assert len({call.uid for call in walked}) == 12
    keys = [_key(call, order.by) for call in walked]
    present = [key for key in keys if key is not None]
    assert keys == present + [None] * (12 - len(present))
    assert present == sorted(present, reverse=order.descending)


def _key(call: Call, by: OrderBy) -> Any:
    if by is OrderBy.COST:
        return (call.cost.currency, call.cost.micros) if call.cost else None
    return getattr(call, by)


async def test_a_page_goes_on_from_a_call_that_is_gone(store: Store) -> None:
    await store.writer.apply([make_update(call=f"c-{n}", started_at=at(n)) for n in range(4)])

    page = await store.reader.page("acme", CallQuery(after=Position(at(1.5), "acme:vapi:gone")))

    assert [call.platform_call_id for call in page.rows] == ["c-1", "c-0"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("+33612345678", {"plus", "zeros", "bare", "blanks", "address"}),
        ("0033612345678", {"zeros"}),
        ("33612345678", {"bare"}),
        ("0612345678", {"national"}),
        ("+336", set()),
    ],
)
async def test_a_number_is_found_as_received_and_in_e164_form(store: Store, asked: str, found: set[str]) -> None:
    spellings = {
        "plus": "+33612345678", "zeros": "0033612345678", "bare": "33612345678", "national": "0612345678",
        "blanks": "+33 6 12 34 56 78", "address": "sip:+33612345678@trunk.example.com",
    }  # fmt: skip
    await store.writer.apply([
        make_update(call=call, direction=Direction.INBOUND, from_=number) for call, number in spellings.items()
    ])  # fmt: skip

    for field in (Field.FROM, Field.CUSTOMER_NUMBER):
        rows = await all_calls(store, CallQuery(filter=Condition(field, Op.EQ, asked)))
        assert {call.platform_call_id for call in rows} == found


async def test_no_pattern_language_in_contains(store: Store) -> None:
    await store.writer.apply([make_update(call="a.*b", title="50% (off)"), make_update(call="axxb", title="off")])

    async def found(field: Field, op: Op, value: str) -> set[str]:
        rows = await all_calls(store, CallQuery(filter=Condition(field, op, value)))
        return {call.platform_call_id for call in rows}

    assert await found(Field.PLATFORM_CALL_ID, Op.CONTAINS, ".*") == {"a.*b"}
    assert await found(Field.TITLE, Op.CONTAINS, "% (OFF") == {"a.*b"}
    assert await found(Field.TITLE, Op.PREFIX, "OF") == {"axxb"}
    assert await found(Field.TITLE, Op.PREFIX, "^o") == set()


async def test_not_and_ne_are_complements(store: Store) -> None:
    await store.writer.apply(
        [make_update(call="a", title="x"), make_update(call="b", title="y"), make_update(call="c")]
    )

    same = Condition(Field.TITLE, Op.EQ, "x")
    other = Condition(Field.TITLE, Op.NE, "x")
    for query in (other, Not(same), Any_((Not(same), Not(other)))):
        rows = await all_calls(store, CallQuery(filter=query))
        assert {call.platform_call_id for call in rows} >= {"b", "c"}


async def test_raw_events_that_come_again_and_none_at_all_are_no_fault(store: Store) -> None:
    event = Envelope(
        event_id="e/1", platform=Platform.VAPI, connection="acme-vapi", tenant="acme", call_id="c-1",
        event_type="end", received_at=1795150500000, content_type="application/json", body=b"{}",
    )  # fmt: skip

    await store.writer.keep([event, event])
    await store.writer.keep([event])
    await store.writer.keep([])


async def test_one_call_that_no_document_can_hold_is_refused_and_its_neighbours_are_stored(
    prepared: str, mongo_url: str
) -> None:
    fits, never = make_update(summary="a" * 7_000_000), make_update(call="c-2", summary="a" * 9_000_000)

    async with mongo_store(mongo_url, prepared) as store:
        refused = await store.writer.apply([fits, never])

        assert refused == [never]
        assert [call.platform_call_id for call in await all_calls(store, CallQuery())] == ["c-1"]


@SHARED
@given(histories)
async def test_mongodb_and_memory_say_the_same_of_a_call(
    prepared: str, mongo_url: str, history: Sequence[CallUpdate]
) -> None:
    memory = MemoryStore()
    tenant = secrets.token_hex(8)  # `random` begins anew with each example
    history = [msgspec.structs.replace(update, tenant=tenant) for update in history]

    async with mongo_store(mongo_url, prepared) as store:
        for update in history:
            await store.writer.apply([update])
        await memory.apply(random.sample(history, len(history)))

        assert told(await only_call(store, tenant)) == told(await only_call(Store(memory, memory), tenant))


@SHARED
@given(histories)
async def test_concurrent_writers_leave_what_one_leaves(
    prepared: str, mongo_url: str, history: Sequence[CallUpdate]
) -> None:
    memory = MemoryStore()
    tenant = secrets.token_hex(8)  # `random` begins anew with each example
    history = [msgspec.structs.replace(update, tenant=tenant) for update in history]
    await memory.apply(history)

    async with mongo_store(mongo_url, prepared) as one, mongo_store(mongo_url, prepared) as two:
        shuffled = random.sample(history, len(history))
        async with asyncio.TaskGroup() as group:
            for update in history:
                group.create_task(one.writer.apply([update]))
            for update in shuffled:
                group.create_task(two.writer.apply([update]))
            group.create_task(two.writer.apply(shuffled))

        assert told(await only_call(one, tenant)) == told(await only_call(Store(memory, memory), tenant))


@pytest.mark.parametrize("after_ms", [0, 1, 2, 3, 4, 5, 7, 9, 12, 16, 25])
async def test_a_writer_that_is_cut_off_anywhere_is_completed_by_the_same_updates(
    prepared: str, mongo_url: str, after_ms: int
) -> None:
    first = [make_update(call=f"c-{n}", rank=1, turns=[say(Role.AGENT, "first")]) for n in range(40)]
    second = [
        make_update(call=f"c-{n}", rank=2, event="e-2", turns=[say(Role.AGENT, "second")], transcript="t")
        for n in range(60)
    ]
    memory = MemoryStore()
    await memory.apply([*first, *second])

    async with mongo_store(mongo_url, prepared) as store:
        await store.writer.apply(first)
        cut_off = asyncio.create_task(store.writer.apply(second))
        await asyncio.sleep(after_ms / 1000)
        cut_off.cancel()
        await asyncio.gather(cut_off, return_exceptions=True)
        for call in await all_calls(store, CallQuery(limit=100)):  # whatever is there reads whole
            whole = await store.reader.get("acme", call.uid)
            assert whole is not None
            assert [turn.text for turn in whole.turns] in (["first"], ["second"])

        await store.writer.apply(second)

        for call in await all_calls(store, CallQuery(limit=100)):
            model = await memory.get("acme", call.uid)
            assert told(await store.reader.get("acme", call.uid)) == told(model)
        assert (await store.reader.page("acme", CallQuery(total=True))).total == 60


@SHARED
@given(queries, histories)
async def test_mongodb_answers_as_the_model(
    prepared: str, mongo_url: str, query: CallQuery, history: Sequence[CallUpdate]
) -> None:
    memory = MemoryStore(clock=lambda: NOW)
    tenant = secrets.token_hex(8)  # `random` begins anew with each example
    history = [
        msgspec.structs.replace(update, tenant=tenant, platform_call_id=f"c-{place}")
        for place, update in enumerate(history)
    ]
    await memory.apply(history)

    async with mongo_store(mongo_url, prepared, clock=lambda: NOW) as store:
        await store.writer.apply(history)
        mine = await all_calls(store, query, tenant)
        model = await all_calls(Store(memory, memory), query, tenant)

        assert [call.platform_call_id for call in mine] == [call.platform_call_id for call in model]
        assert (await store.reader.page(tenant, query)).total == len(mine)
