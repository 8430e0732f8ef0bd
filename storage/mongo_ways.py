"""Which index a page is read along, where that is plain.

Every index begins with the tenant, so MongoDB takes each of them for a way to every page and tries them all, a third of
the calls far, wherever none of them finds a page quickly. Where the way is plain it is named; else MongoDB chooses.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from schemas.query import All, CallQuery, Condition, Field, Filter, Inner, Op, OrderBy
from storage.text import parse

ORDERED: Final[Mapping[OrderBy, str]] = {
    OrderBy.STARTED_AT: "started",
    OrderBy.CREATED_AT: "created",
    OrderBy.DURATION_S: "duration",
    OrderBy.COST: "cost",
}
"""The index that has an order."""

FEW: Final[Mapping[Field | Inner, str]] = {
    Field.NUMBER: "number",
    Field.UID: "uid",
    Field.PLATFORM_CALL_ID: "platform_call_id",
    Field.CUSTOMER_NUMBER: "customer",
    Field.BATCH: "batch",
}
"""Words that few calls have, likeliest first: their index is the way in any order."""

MANY: Final[Mapping[Field | Inner, str]] = {
    Field.TEXT: "words",
    Field.AGENT: "agent",
    Field.UNIT: "unit",
    Field.OUTCOME: "outcome",
}
"""Words that many calls may have, likeliest first: their index is the way where it has the order, too."""

OTHERS: Final = frozenset({Field.UPDATED_AT, Field.STARTED_AT, Field.CREATED_AT, Field.DURATION_S, Field.COST})
"""Bounds on these may be narrow or wide: who knows which index is shorter?"""


def way(query: CallQuery) -> str | None:
    """Return the index to read *query* along, None where MongoDB should choose."""
    known = list(_needed(query.filter))
    fixed = {each.field for each in known if each.op in (Op.EQ, Op.IN) or _has_words(each)}
    for field, index in FEW.items():
        if field in fixed:
            return index
    by_start = query.order.by is OrderBy.STARTED_AT
    several = [index for field, index in MANY.items() if field in fixed]
    if several:
        return several[0] if by_start else None
    if query.units is not None:
        return "unit" if by_start else None
    elsewhere = {each.field for each in known} & OTHERS - {query.order.by.value}
    return None if elsewhere else ORDERED[query.order.by]


class Fork(NamedTuple):
    """Two ways: along what fulfils `condition`, all of it sorted after, or along the order until a page is full."""

    condition: Condition
    few: str
    many: str


def fork(query: CallQuery) -> Fork | None:
    """Return the two ways between which the number of calls decides, None where there is one or MongoDB chooses."""
    if query.order.by is OrderBy.STARTED_AT or way(query) is not None:
        return None
    known = {each.field: each for each in _needed(query.filter) if each.op in (Op.EQ, Op.IN) or _has_words(each)}
    for field, index in MANY.items():
        if field in known:
            return Fork(known[field], index, ORDERED[query.order.by])
    return None


def _needed(filter_: Filter) -> Iterator[Condition]:
    """Yield the conditions that every call must fulfil."""
    if isinstance(filter_, Condition):
        yield filter_
    elif isinstance(filter_, All):
        for part in filter_.parts:
            yield from _needed(part)


def _has_words(condition: Condition) -> bool:
    return condition.op is Op.TEXT and any(part.terms for part in parse(condition.value).wanted)
