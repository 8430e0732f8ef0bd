"""Which index a page is read along."""

import pytest

from schemas.query import EVERYTHING, All, Any_, CallQuery, Condition, Field, Filter, Not, Op, Order, OrderBy
from storage.mongo_indexes import INDEXES
from storage.mongo_ways import FEW, MANY, ORDERED, fork, way

BUSY = Condition(Field.OUTCOME, Op.EQ, "busy")
AGENT = Condition(Field.AGENT, Op.IN, ["a", "b"])
NUMBER = Condition(Field.CUSTOMER_NUMBER, Op.EQ, "+1")
WORDS = Condition(Field.TEXT, Op.TEXT, "alpha -beta")
RECENT = Condition(Field.UPDATED_AT, Op.GTE, 5)
TITLE = Condition(Field.TITLE, Op.CONTAINS, "x")
BY_COST = Order(OrderBy.COST)


@pytest.mark.parametrize(
    ("filter_", "order", "index"),
    [
        (EVERYTHING, Order(), "started"),
        (EVERYTHING, BY_COST, "cost"),
        (TITLE, BY_COST, "cost"),
        (BUSY, Order(), "outcome"),
        (All([BUSY, AGENT]), Order(), "agent"),
        (All([BUSY, All([NUMBER])]), Order(), "customer"),
        (NUMBER, BY_COST, "customer"),
        (All([WORDS, BUSY]), Order(), "words"),
        (WORDS, BY_COST, None),
        (BUSY, BY_COST, None),
        (RECENT, Order(), None),
        (Condition(Field.TEXT, Op.TEXT, "-beta"), Order(), "started"),
        (Any_([BUSY, NUMBER]), Order(), "started"),
        (Not(BUSY), Order(), "started"),
        (Condition(Field.OUTCOME, Op.NE, "busy"), Order(), "started"),
        (Condition(Field.STARTED_AT, Op.GTE, 5), Order(), "started"),
        (Condition(Field.STARTED_AT, Op.GTE, 5), BY_COST, None),
    ],
)
def test_the_way_is_named_where_it_is_plain(filter_: Filter, order: Order, index: str | None) -> None:
    assert way(CallQuery(filter=filter_, order=order)) == index


def test_a_key_of_some_units_reads_along_them() -> None:
    assert way(CallQuery(units=("1",))) == "unit"


def test_every_way_is_an_index() -> None:
    known = {index.name for index in INDEXES if index.collection == "calls"}

    assert {*ORDERED.values(), *FEW.values(), *MANY.values()} <= known


@pytest.mark.parametrize(
    ("filter_", "order", "ways"),
    [
        (All([WORDS, BUSY]), BY_COST, ("words", "cost")),
        (BUSY, Order(OrderBy.DURATION_S), ("outcome", "duration")),
        (BUSY, Order(), None),
        (NUMBER, BY_COST, None),
        (TITLE, BY_COST, None),
        (RECENT, BY_COST, None),
    ],
)
def test_where_the_number_of_calls_decides_there_are_two_ways(
    filter_: Filter, order: Order, ways: tuple[str, str] | None
) -> None:
    found = fork(CallQuery(filter=filter_, order=order))

    assert (found and (found.few, found.many)) == ways
