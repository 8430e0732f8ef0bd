"""Which index a dialect's list is read along, and whether it answers alone, without a look at documents. Pure.

Left alone, MongoDB tries the many indexes that begin with the tenant one after the other, and reads documents to tell
calls in progress from others.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from schemas.query import All, Any_, Condition, Field, Filter, Inner, Not, Op
from schemas.window import SortBy
from storage.mongo_filters import one_of

Units = tuple[str, ...] | None
Column = Field | Inner


class Cover(NamedTuple):
    """An index in this order, of calls with one value of *first* (None: of all), which holds *others* too."""

    name: str
    by: SortBy
    first: Field | None
    others: frozenset[Column]


class Way(NamedTuple):
    """The index to name, None where MongoDB chooses, and whether it answers alone."""

    name: str | None
    alone: bool


COVERS: Final = (
    Cover("unit_begun", SortBy.BEGUN_AT, Field.UNIT, frozenset({Field.OUTCOME, Inner.BEGUN_AT})),
    Cover("unit_created", SortBy.CREATED_AT, Field.UNIT, frozenset({Field.OUTCOME, Field.CREATED_AT})),
    Cover("batch_record", SortBy.RECORD_ID, Field.BATCH, frozenset({Field.OUTCOME})),
    Cover("batch_begun", SortBy.BEGUN_AT, Field.BATCH, frozenset({Field.OUTCOME, Inner.BEGUN_AT, Field.TALK_S})),
    Cover("begun", SortBy.BEGUN_AT, None, frozenset({Field.OUTCOME, Inner.BEGUN_AT, Field.TALK_S})),
    Cover(
        "created",
        SortBy.CREATED_AT,
        None,
        frozenset({Field.OUTCOME, Field.CREATED_AT, Field.DIRECTION, Field.TALK_S}),
    ),
)
"""The narrower first."""
FEW: Final[Mapping[Column, str]] = {
    Field.NUMBER: "number",
    Field.UID: "uid",
    Field.PLATFORM_CALL_ID: "platform_call_id",
    Field.CUSTOMER_NUMBER: "customer",
}
"""What few calls have in common: their index is the way in any order."""


def way(filter_: Filter, *, units: Units, by: SortBy | None = None, also: Iterable[Column] = ()) -> Way:
    """Return how calls are found in the order *by* (None: in any), where columns *also* are looked at."""
    asked, fixed = {*_columns(filter_), *also}, set(_fixed(filter_))
    if units is not None:
        asked.add(Field.UNIT)
        fixed.add(Field.UNIT)
    for column, index in FEW.items():
        if column in fixed:
            return Way(index, alone=False)
    known = [cover for cover in COVERS if cover.first is None or cover.first in fixed]
    suited = [cover for cover in known if by in {None, cover.by}]
    for cover in suited:
        if asked <= cover.others | {cover.first}:
            return Way(cover.name, alone=True)
    # A unit's or a job's calls are sorted sooner than all calls are looked through.
    narrow = [cover for cover in (*suited, *known) if cover.first is not None]
    return Way(next((cover.name for cover in (*narrow, *suited)), None), alone=False)


_FIRST: Final = frozenset(cover.first for cover in COVERS if cover.first is not None)


class Complement(NamedTuple):
    """Calls without those of one outcome: all of them, and those to be taken away."""

    everything: Filter
    unwanted: Filter


def complement(filter_: Filter) -> Complement | None:
    """Return a condition that leaves one outcome out as two that leave none out; None of any other condition."""
    if not isinstance(filter_, All):
        return None
    for place, part in enumerate(filter_.parts):
        if isinstance(part, Not) and isinstance(part.part, Condition) and part.part.field is Field.OUTCOME:
            others = (*filter_.parts[:place], *filter_.parts[place + 1 :])
            return Complement(All(others), All((*others, part.part)))
    return None


def apart(filter_: Filter) -> Sequence[Filter]:
    """Return a condition for each value of the column that an index begins with: its calls are one stretch of it."""
    if isinstance(filter_, Any_) and (either := one_of(filter_)) is not None and either.field in _FIRST:
        return [_one(either.field, value) for value in dict.fromkeys(either.values)]
    if isinstance(filter_, All):
        for place, part in enumerate(filter_.parts):
            if len(several := apart(part)) > 1:
                return [All((*filter_.parts[:place], each, *filter_.parts[place + 1 :])) for each in several]
    return [filter_]


def _one(field: Column, value: Any) -> Filter:
    return Any_([Condition(field, Op.EXISTS, value=False) if value is None else Condition(field, Op.EQ, value)])


def _fixed(filter_: Filter) -> Iterator[Column]:
    """Yield the columns that have one of a few values in every call."""
    match filter_:
        case Condition(field, Op.EQ | Op.IN):
            yield field
        case Any_() if (either := one_of(filter_)) is not None:
            yield either.field
        case All(parts):
            for part in parts:
                yield from _fixed(part)
        case _:
            return


def _columns(filter_: Filter) -> Iterator[Column]:
    match filter_:
        case Condition(field):
            yield field
        case All(parts) | Any_(parts):
            for part in parts:
                yield from _columns(part)
        case Not(part):
            yield from _columns(part)
