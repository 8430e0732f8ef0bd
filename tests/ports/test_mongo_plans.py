"""How MongoDB answers: from an index, whatever is asked; in order without sorting, where an index promises it."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest

from schemas.query import All, Any_, CallQuery, Condition, Field, Filter, Inner, Not, Op, Order, OrderBy, Position
from schemas.window import Sort, SortBy
from storage.fields import ORDERS, PATHS
from storage.mongo import Database, connect
from storage.mongo_covers import COVERS, Cover, Way, way
from storage.mongo_filters import OPERATORS, scope
from storage.mongo_names import named
from storage.mongo_orders import order_of
from storage.mongo_reader import plan
from storage.mongo_writer import MongoWriter
from storage.passes import COMPARE
from tests.ports.stores import in_database
from tests.pure.storage.updates import at, make_update

VALUES: Final[dict[Op, Any]] = {Op.IN: ["a", "b"], Op.EXISTS: True}
ORDERED: Final = tuple(Order(by, descending) for by in OrderBy for descending in (True, False))
INDEXED: Final = (Field.CUSTOMER_NUMBER, Field.OUTCOME, Field.UNIT, Field.AGENT, Field.BATCH)
"""Filters that keep the order of `started_at` without sorting."""


@pytest.fixture
async def calls(mongo_url: str, prepared: str) -> AsyncIterator[Database]:
    async with connect(in_database(mongo_url, prepared)) as opened:
        await MongoWriter(opened, raw_days=lambda _: 30).apply(
            [make_update(call=f"c-{n}", started_at=at(n), title=f"t{n}") for n in range(50)]
        )
        yield opened


def stages(explained: Any) -> Iterator[dict[str, Any]]:
    """Yield every stage of the plan that won."""
    if isinstance(explained, dict):
        if "stage" in explained:
            yield explained
        for name, inner in explained.items():
            if name != "rejectedPlans":
                yield from stages(inner)
    elif isinstance(explained, list):
        for inner in explained:
            yield from stages(inner)


async def explain(database: Database, query: CallQuery) -> list[str]:
    """Return the stages of each of the finds that answer *query*."""
    found: list[str] = []
    for find in plan("acme", query):
        answer = await database.command("explain", {"find": "calls", **find}, verbosity="queryPlanner")
        found += [stage["stage"] for stage in stages(answer["queryPlanner"]["winningPlan"])]
    return found


async def test_no_condition_scans_the_collection(calls: Database) -> None:
    for field in PATHS:
        for op in OPERATORS:
            asked = Condition(field, op, VALUES.get(op, "a"))
            for filter_ in (asked, Not(asked), Any_((asked, Not(asked)))):
                assert "COLLSCAN" not in await explain(calls, CallQuery(filter=filter_)), (field, op)


@pytest.mark.parametrize("order", ORDERED, ids=repr)
async def test_every_order_is_read_from_its_index(calls: Database, order: Order) -> None:
    value: Any = at(5) if order.by in {OrderBy.STARTED_AT, OrderBy.CREATED_AT} else 5.0
    key = ["USD", 5] if order.by is OrderBy.COST else value
    for after in (None, Position(key, "acme:vapi:c-7"), Position(None, "acme:vapi:c-7")):
        found = await explain(calls, CallQuery(order=order, after=after))

        assert "IXSCAN" in found
        assert not {"COLLSCAN", "SORT"} & set(found)


@pytest.mark.parametrize("field", INDEXED)
async def test_indexed_filters_keep_the_order_without_sorting(calls: Database, field: Field) -> None:
    asked = Condition(field, Op.EQ, "a")
    within = Condition(Field.STARTED_AT, Op.GTE, at(3))
    filters: tuple[Filter, ...] = (asked, All((asked, within)))
    for filter_ in filters:
        for descending in (True, False):
            for after in (None, Position(at(5), "acme:vapi:c-7")):
                query = CallQuery(filter=filter_, order=Order(descending=descending), after=after)
                assert not {"COLLSCAN", "SORT"} & set(found := await explain(calls, query)), (found, query)


@pytest.mark.parametrize("field", [Field.UID, Field.NUMBER, Field.PLATFORM_CALL_ID])
async def test_one_call_is_found_by_its_names_at_once(calls: Database, field: Field) -> None:
    value = 1_000_000_000 if field is Field.NUMBER else "c-1"
    asked = scope("acme", Condition(field, Op.EQ, value), units=None)
    answer = await calls.command("explain", {"find": "calls", "filter": asked}, verbosity="executionStats")

    assert answer["executionStats"]["totalKeysExamined"] <= 2


UNIT_0: Final = Any_((Condition(Field.UNIT, Op.EQ, "0"), Condition(Field.UNIT, Op.EXISTS, value=False)))


@pytest.mark.parametrize("cover", COVERS, ids=lambda cover: cover.name)
async def test_an_index_that_covers_a_dialects_list_answers_alone(calls: Database, cover: Cover) -> None:
    over = Not(Condition(Field.OUTCOME, Op.EQ, "in_progress"))
    firsts: dict[Field, tuple[Filter, ...]] = {
        Field.UNIT: (Condition(Field.UNIT, Op.EQ, "7"), UNIT_0),
        Field.BATCH: (Condition(Field.BATCH, Op.EQ, "b"),),
    }
    for first in firsts[cover.first] if cover.first else (All(()),):
        filter_ = All((over, first))
        order = dict(order_of(Sort(cover.by)))
        found = way(filter_, units=None, by=cover.by)
        find = {"find": "calls", "filter": scope("acme", filter_, units=None), "projection": {"_id": 1}, "sort": order}

        answer = await calls.command("explain", {**find, "hint": found.name}, verbosity="executionStats")

        assert found == Way(cover.name, alone=True)
        assert answer["executionStats"]["totalDocsExamined"] == 0
        assert "SORT" not in [stage["stage"] for stage in stages(answer["queryPlanner"]["winningPlan"])]


def test_a_key_of_units_and_a_further_filter_keep_to_the_narrowest_index() -> None:
    part = Condition(Inner.SUMMARY_FOLDED, Op.CONTAINS, "a")

    assert way(All(()), units=("1", "2"), by=SortBy.BEGUN_AT) == Way("unit_begun", alone=True)
    assert way(part, units=("1",), by=SortBy.BEGUN_AT) == Way("unit_begun", alone=False)
    assert way(All((part, UNIT_0)), units=None, by=SortBy.TITLE) == Way("unit_begun", alone=False)
    assert way(part, units=None, by=SortBy.CREATED_AT) == Way("created", alone=False)
    assert way(part, units=None, by=SortBy.TITLE) == Way(None, alone=False)
    assert way(Condition(Field.UID, Op.EQ, "u"), units=None, by=SortBy.BEGUN_AT) == Way("uid", alone=False)


@pytest.mark.parametrize("units", [None, ("1", "2")])
@pytest.mark.parametrize("name", ["c-1", "none", "1000000000", "6ba7b810-9dad-51d1-80b4-00c04fd430c8"])
async def test_one_call_is_found_by_any_name_without_a_look_at_others(
    calls: Database, name: str, units: tuple[str, ...] | None
) -> None:
    find = {"find": "calls", "filter": named("acme", name, units=units), "sort": {"keys.begun_at": -1, "_id": -1}}
    answer = await calls.command("explain", find, verbosity="executionStats")

    assert answer["executionStats"]["totalKeysExamined"] <= 4


def test_every_store_knows_every_operator_and_field() -> None:
    assert set(OPERATORS) == set(Op) - {Op.TEXT}
    assert set(COMPARE) | {Op.NE, Op.EXISTS} == set(OPERATORS)
    assert set(PATHS) == {*Field, *Inner} - {Field.TEXT}
    assert set(ORDERS) == set(OrderBy)
