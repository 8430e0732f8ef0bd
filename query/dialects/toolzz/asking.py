"""What a Toolzz search asks, read from its body; everything wrong is told at once, by its path."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

import msgspec

from query.dialects import bodies
from query.dialects.matching import contains, every
from query.dialects.moments import DAY, Span, day, day_around, read
from schemas.query import Condition, Field, Filter, Inner, Op
from schemas.window import Sort, SortBy

LARGEST_PAGE: Final = 100
DEFAULT_SIZE: Final = 10
LONGEST_AGO: Final = 36_500  # days; older than any call
SEARCHED: Final = (
    Inner.TITLE_FOLDED,
    Inner.AGENT_NAME_FOLDED,
    Inner.SUMMARY_FOLDED,
    Inner.CALL_ID_FOLDED,
    Field.CUSTOMER_NUMBER,
)
COLUMNS: Final[Mapping[str, SortBy]] = {
    "createdAt": SortBy.CREATED_AT,
    "updatedAt": SortBy.UPDATED_AT,
    "callDate": SortBy.BEGUN_AT,
    "duration": SortBy.TOOLZZ_S,
    "totalCost": SortBy.COST,
    "callName": SortBy.TITLE,
    "callType": SortBy.CHANNEL,
    "endCallType": SortBy.ENDING,
    "phone": SortBy.CUSTOMER_NUMBER,
    "successEvaluation": SortBy.SUCCESS,
}
ALL_TIME: Final = "all_time"


class Wrong(Exception):
    """Something in the body cannot be; `path` says where."""

    def __init__(self, path: str, message: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.path = path
        self.message = message


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """A search that was understood."""

    filter: Filter
    sort: Sort
    page: int
    size: int


def search(body: bytes, *, now: datetime, zone: tzinfo) -> Search:
    """Return what the body asks; raise `Wrong`."""
    try:
        told = bodies.object_of(body)
    except bodies.NoJson as error:
        raise Wrong("", str(error)) from None
    filters, pages, order = (_object(told, name) for name in ("filters", "pagination", "orderBy"))
    words = _text(filters, "filters.search")
    return Search(
        filter=every([contains(SEARCHED, words) if words else None, _dates(filters, now=now, zone=zone)]),
        sort=_sort(order),
        page=_positive(pages, "pagination.page", 1),
        size=min(_positive(pages, "pagination.pageSize", DEFAULT_SIZE), LARGEST_PAGE),
    )


def _sort(order: Mapping[str, Any]) -> Sort:
    column = _text(order, "orderBy.column") or "createdAt"
    direction = (_text(order, "orderBy.direction") or "DESC").upper()
    if column not in COLUMNS:
        raise Wrong("orderBy.column", f"must be one of {', '.join(COLUMNS)}")
    if direction not in ("ASC", "DESC"):
        raise Wrong("orderBy.direction", "must be ASC or DESC")
    return Sort(COLUMNS[column], descending=direction == "DESC")


def _dates(filters: Mapping[str, Any], *, now: datetime, zone: tzinfo) -> Filter | None:
    """Return the date condition: the first of start and end, nDays, date that is there."""
    operator = (_text(filters, "filters.operator") or "").lower()
    if operator == ALL_TIME:
        return None
    start, end = _text(filters, "filters.startDate"), _text(filters, "filters.endDate")
    days, on = _days(filters), _text(filters, "filters.date")
    if start or end:
        return _period(start, end, zone=zone)
    if days is not None:
        return _between(now - timedelta(days=days), None)
    if on:
        return _on(on, operator, now=now, zone=zone)
    return _between(*RELATIVE[operator](now, zone)) if operator in RELATIVE else None


def _period(start: str | None, end: str | None, *, zone: tzinfo) -> Filter:
    first = _moment("filters.startDate", start, zone=zone) if start else None
    last = _moment("filters.endDate", end, zone=zone) if end else None
    if first and last and first.start >= last.end:
        raise Wrong("filters.startDate", "must not be after endDate")
    return _between(first and first.start, last and last.end)


def _on(text: str, operator: str, *, now: datetime, zone: tzinfo) -> Filter:
    word = text.lower()
    if word in RELATIVE:
        start, end = RELATIVE[word](now, zone)
    else:
        start, end, is_day = _moment("filters.date", text, zone=zone)
        if not is_day and operator not in ("before", "after"):
            start, end, _ = day_around(start, zone=zone)
    if operator == "before":
        return _between(None, start)
    return _between(end or now, None) if operator == "after" else _between(start, end)


def _between(start: datetime | None, end: datetime | None) -> Filter:
    """Return the condition that the call began from *start* on and before *end*."""
    since = None if start is None else Condition(Inner.BEGUN_AT, Op.GTE, start)
    until = None if end is None else Condition(Inner.BEGUN_AT, Op.LT, end)
    return every([since, until])


def _moment(path: str, text: str, *, zone: tzinfo) -> Span:
    span = read(text, zone=zone)
    if span is None:
        raise Wrong(path, "must be an ISO 8601 date or time")
    return span


def _today(now: datetime, zone: tzinfo, *, back: int = 0) -> tuple[datetime, datetime]:
    start, end, _ = day(now.astimezone(zone).date() - back * DAY, zone=zone)
    return start, end


def _month(now: datetime, zone: tzinfo, *, back: int) -> tuple[datetime, datetime]:
    first = now.astimezone(zone).date().replace(day=1)
    after = (first + 31 * DAY).replace(day=1)
    if back:
        first, after = (first - DAY).replace(day=1), first
    return day(first, zone=zone).start, day(after, zone=zone).start


RELATIVE: Final[Mapping[str, Callable[[datetime, tzinfo], tuple[datetime, datetime | None]]]] = {
    "today": _today,
    "yesterday": lambda now, zone: _today(now, zone, back=1),
    "last_7_days": lambda now, _: (now - 7 * DAY, None),
    "last_30_days": lambda now, _: (now - 30 * DAY, None),
    "this_month": lambda now, zone: _month(now, zone, back=0),
    "last_month": lambda now, zone: _month(now, zone, back=1),
}
"""From when on and before when."""


def _object(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = told.get(name)
    if value in (None, ""):
        return {}
    if not isinstance(value, dict):
        raise Wrong(name, "must be an object")
    return value


def _text(told: Mapping[str, Any], path: str) -> str | None:
    value = told.get(path.rpartition(".")[2])
    if value is None:
        return None
    if not isinstance(value, str):
        raise Wrong(path, "must be a string")
    return value.strip() or None


def _positive(told: Mapping[str, Any], path: str, default: int) -> int:
    value = told.get(path.rpartition(".")[2])
    if value in (None, ""):
        return default
    number = bodies.whole_number(value)
    if number is None or number < 1:
        raise Wrong(path, "must be a positive integer")
    return number


def _days(filters: Mapping[str, Any]) -> float | None:
    value = filters.get("nDays")
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise Wrong("filters.nDays", "must be a number of days")
    return min(float(value), LONGEST_AGO)
