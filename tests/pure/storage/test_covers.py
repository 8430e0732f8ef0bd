"""How a total is told in parts."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.query import All, Any_, Condition, Field, Filter, Not, Op
from storage.mongo_covers import apart, complement
from storage.passes import passes

CALLS: list[Mapping[str, Any]] = [
    {"unit": {"id": unit} if unit else {}, "batch": {"id": batch} if batch else {}, "outcome": outcome}
    for unit in (None, "0", "1")
    for batch in (None, "0", "spring")
    for outcome in ("busy", "in_progress")
]
IDS = st.sampled_from(["0", "1", "spring"])
OF_ONE = st.sampled_from([Field.UNIT, Field.BATCH]).flatmap(
    lambda field: st.one_of(
        st.builds(Condition, st.just(field), st.just(Op.EQ), IDS),
        st.builds(Condition, st.just(field), st.just(Op.IN), st.lists(IDS, max_size=2)),
        st.just(Condition(field, Op.EXISTS, value=False)),
    )
)
FILTERS = st.recursive(
    OF_ONE | st.just(Condition(Field.OUTCOME, Op.EQ, "busy")),
    lambda parts: st.lists(parts, max_size=3).flatmap(lambda some: st.sampled_from([All(some), Any_(some)])),
    max_leaves=5,
)


@given(FILTERS)
def test_each_call_of_a_condition_fulfils_just_one_of_its_parts(filter_: Filter) -> None:
    for call in CALLS:
        assert sum(passes(call, part) for part in apart(filter_)) == passes(call, filter_)


@given(FILTERS)
def test_what_is_left_out_and_what_is_left_are_everything(filter_: Filter) -> None:
    over = Not(Condition(Field.OUTCOME, Op.EQ, "in_progress"))
    parts = complement(All([over, filter_]))

    assert parts is not None
    for call in CALLS:
        left = passes(call, parts.everything) - passes(call, parts.unwanted)
        assert left == passes(call, All([over, filter_]))
