"""Partial sums become a report's rows: merged into buckets, empty ones filled in, money kept by currency. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil, fsum
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from query import buckets
from query.buckets import Interval
from query.problems import TooManyRows
from query.views import instant
from schemas.money import decimal_text
from schemas.query import All, Any_, Condition, Field, Filter, Not, Op
from schemas.report import PERCENTILES, Calculation, Group, Measure, Measured, Slots, Sum, Tally

MOST_ROWS: Final = 10_000  # more is an export, not a report
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_COUNTED: Final = frozenset({Measured.ROUNDS, Measured.REDIALS})


class Bounds(NamedTuple):
    """The first and the last instant that a filter lets through; None: unbounded."""

    first: datetime | None = None
    last: datetime | None = None


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """What the rows look like."""

    measures: tuple[Measure, ...]
    groups: tuple[Group, ...]
    interval: Interval | None
    zone: ZoneInfo
    bounds: Bounds
    slots: Slots | None


class _Cell:
    """All that is known of one field's values in one row (and one currency)."""

    __slots__ = ("known", "sketch", "totals")

    def __init__(self) -> None:
        self.known = Sum(0, 0)
        self.totals: list[float] = []
        self.sketch: dict[int, Sum] = {}

    def add(self, part: Sum) -> None:
        self.known = self.known.plus(part)
        self.totals.append(part.total)

    def add_to_sketch(self, bucket: int, part: Sum) -> None:
        self.sketch[bucket] = self.sketch.get(bucket, Sum(0, 0)).plus(part)

    def percentile(self, share: float) -> float | None:
        """Return the least value that *share* of all do not exceed, right within 1 %."""
        rank = max(1, ceil(share * sum(part.n for part in self.sketch.values())))
        for _, part in sorted(self.sketch.items()):
            rank -= part.n
            if rank <= 0:
                return part.least + (part.most - part.least) / 2
        return None


class _Row:
    """One row in the making."""

    __slots__ = ("calls", "cells")

    def __init__(self) -> None:
        self.calls = 0
        self.cells: dict[tuple[Measured, str], _Cell] = {}

    def cell(self, field: Measured, currency: str | None) -> _Cell:
        return self.cells.setdefault((field, currency or "" if field is Measured.COST else ""), _Cell())


Key = tuple[tuple[Any, ...], datetime | None]


class Report:
    """Takes partial sums in any order, gives the rows; raises `TooManyRows` as soon as there would be too many."""

    def __init__(self, shape: Shape) -> None:
        """Begin empty."""
        self._shape = shape
        self._rows: dict[Key, _Row] = {}
        self._starts: dict[int, datetime] = {}

    def add(self, tally: Tally) -> None:
        """Add one part."""
        key = (tally.groups, self._bucket(tally.slot))
        row = self._rows.get(key)
        if row is None:
            if len(self._rows) >= MOST_ROWS:
                raise _too_many()
            row = self._rows[key] = _Row()
        row.calls += tally.calls
        for field, part in tally.sums.items():
            row.cell(field, tally.currency).add(part)
        if tally.sketched is not None and tally.sketch is not None:
            row.cell(tally.sketched, tally.currency).add_to_sketch(tally.bucket, tally.sketch)

    def rows(self) -> list[dict[str, Any]]:
        """Return the finished rows, by bucket and group; buckets without calls come as zeros."""
        for key in list(self._missing()):
            self._rows.setdefault(key, _Row())
        if not self._rows and self._shape.interval is None and not self._shape.groups:
            self._rows[(), None] = _Row()
        return [self._shown(key, row) for key, row in sorted(self._rows.items(), key=_sort_key)]

    def _bucket(self, slot: int | None) -> datetime | None:
        made_of = self._shape.slots
        if slot is None or self._shape.interval is None or made_of is None:
            return None
        if slot not in self._starts:
            found = buckets.of_slot(slot, made_of, interval=self._shape.interval, zone=self._shape.zone)
            self._starts[slot] = found
        return self._starts[slot]

    def _missing(self) -> Iterator[Key]:
        """Yield every bucket of every combination of groups that occurs."""
        if self._shape.interval is None:
            return
        combinations = {groups for groups, _ in self._rows} or (set() if self._shape.groups else {()})
        found = [start for _, start in self._rows if start is not None]
        first = self._shape.bounds.first or min(found, default=None)
        last = self._shape.bounds.last or max(found, default=None)
        if first is None or last is None:
            return
        starts = buckets.between(first, last, interval=self._shape.interval, zone=self._shape.zone)
        for n, start in enumerate(starts, 1):
            if n * max(1, len(combinations)) > MOST_ROWS:
                raise _too_many()
            yield from ((groups, start) for groups in combinations)

    def _shown(self, key: Key, row: _Row) -> dict[str, Any]:
        groups, start = key
        shown: dict[str, Any] = dict(zip((group.value for group in self._shape.groups), groups, strict=True))
        if self._shape.interval is not None:
            shown["start"] = instant(start)
        return shown | {measure.word: _value(measure, row) for measure in self._shape.measures}


def bounds(filter_: Filter) -> Bounds:
    """Return the bounds on `started_at` that *filter_* sets for every call."""
    first = last = None
    for condition in _needed(filter_):
        at = condition.value
        if condition.op in (Op.GTE, Op.GT, Op.EQ):
            least = at + _MS if condition.op is Op.GT else at
            first = least if first is None else max(first, least)
        if condition.op in (Op.LTE, Op.LT, Op.EQ):
            most = at - _MS if condition.op is Op.LT else at
            last = most if last is None else min(last, most)
    return Bounds(first, last)


def _needed(filter_: Filter) -> Iterator[Condition]:
    match filter_:
        case Condition(field) if field is Field.STARTED_AT:
            yield filter_
        case All(parts):
            for part in parts:
                yield from _needed(part)
        case Condition() | Any_() | Not():
            return


def _value(measure: Measure, row: _Row) -> Any:
    """Return a number, an object by currency, or None where nothing is known."""
    if measure.field is None:
        return row.calls
    if measure.field is Measured.COST:
        cells = ((currency, cell) for (field, currency), cell in row.cells.items() if field is measure.field)
        return {currency: _amount(measure.calculation, cell) for currency, cell in sorted(cells, key=_currency)}
    return _number(measure, row.cells.get((measure.field, "")) or _Cell())


def _currency(cell: tuple[str, _Cell]) -> str:
    return cell[0]


def _number(measure: Measure, cell: _Cell) -> float | None:
    known, whole = cell.known, measure.field in _COUNTED
    match measure.calculation:
        case Calculation.SUM:
            return int(sum(cell.totals)) if whole else round(fsum(cell.totals), 3)
        case Calculation.MIN:
            return known.least if known.n else None
        case Calculation.MAX:
            return known.most if known.n else None
        case Calculation.AVG | Calculation.RATE:
            return fsum(cell.totals) / known.n if known.n else None
        case calculation:
            return cell.percentile(PERCENTILES[calculation])


def _amount(calculation: Calculation, cell: _Cell) -> str | None:
    total = sum(int(each) for each in cell.totals)
    match calculation:
        case Calculation.SUM:
            return decimal_text(total)
        case Calculation.MIN:
            return decimal_text(int(cell.known.least))
        case Calculation.MAX:
            return decimal_text(int(cell.known.most))
        case Calculation.AVG:
            return decimal_text(round(Fraction(total, cell.known.n)))
        case _:
            value = cell.percentile(PERCENTILES[calculation])
            return None if value is None else decimal_text(round(value))


def _sort_key(entry: tuple[Key, _Row]) -> tuple[Any, ...]:
    (groups, start), _ = entry
    return (start is not None, start or _EPOCH, *((value is None, str(value)) for value in groups))


def _too_many() -> TooManyRows:
    return TooManyRows(
        f"The report would have more than {MOST_ROWS} rows; ask for longer buckets, fewer groups, less time."
    )
