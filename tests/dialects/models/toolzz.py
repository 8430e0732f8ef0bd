"""Toolzz' question: contract section 2 and ruling 16."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Final

from hypothesis import strategies as st

from schemas.call import Call
from schemas.words import Outcome
from tests.dialects.models.calls import NAMES, WORDS
from tests.dialects.models.shared import (
    FULL,
    MOMENTS,
    PAGES,
    SIZES,
    Page,
    begun,
    by,
    cut,
    ended,
    first_of,
    has,
    past,
    some,
)
from tests.query.world import NOW

RELATIVE: Final = ("today", "yesterday", "last_7_days", "last_30_days", "this_month", "last_month")
OPERATORS: Final = (*RELATIVE, "all_time", "is", "equals", "before", "after", "between", "last_n_days", "?", "")


def end(call: Call) -> str:
    """Return the word for how a call ended."""
    if call.outcome in (Outcome.ANSWERED, None):
        return "CONVERTED" if call.outcome and call.success else "ENDED"
    return "NO_ANSWER"


COLUMNS: Final[Mapping[str, Callable[[Call], Any]]] = {
    "createdAt": lambda call: call.created_at,
    "updatedAt": lambda call: call.updated_at,
    "callDate": begun,
    "duration": lambda call: call.talk_s,
    "totalCost": lambda call: call.cost and call.cost.micros,
    "callName": lambda call: call.title,
    "phone": lambda call: call.customer_number,
    "successEvaluation": lambda call: call.success,
}
SHOWN: Final[Mapping[str, Callable[[Call], str]]] = {
    "callType": lambda call: str(call.channel or "phone"),
    "endCallType": end,
}
"""Columns whose words several values of ours share: only what is shown is in order."""

FILTERS: Final = some(
    search=WORDS | NAMES | st.sampled_from(["", "3361", "riley"]),
    operator=st.sampled_from(OPERATORS),
    startDate=MOMENTS | st.just(""),
    endDate=MOMENTS,
    nDays=st.sampled_from([0, 1, 7, 30, 36_000]),
    date=MOMENTS | st.sampled_from([*RELATIVE, ""]),
)
QUESTIONS: Final = some(
    filters=FILTERS,
    pagination=some(page=PAGES, pageSize=SIZES | st.just(1000)),
    orderBy=some(
        column=st.sampled_from([*COLUMNS, *SHOWN]),
        direction=st.sampled_from(["ASC", "DESC", "asc", "desc", ""]),
    ),
)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _relative(word: str, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    today = NOW.astimezone(zone).date()
    month = today.replace(day=1)
    before = (month - FULL).replace(day=1)
    after = (month + 31 * FULL).replace(day=1)
    return {
        "today": (_midnight(today, zone), _midnight(today + FULL, zone)),
        "yesterday": (_midnight(today - FULL, zone), _midnight(today, zone)),
        "last_7_days": (NOW - 7 * FULL, None),
        "last_30_days": (NOW - 30 * FULL, None),
        "this_month": (_midnight(month, zone), _midnight(after, zone)),
        "last_month": (_midnight(before, zone), _midnight(month, zone)),
    }[word]


def _on(told: str, operator: str, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    if told in RELATIVE:
        start, stop = _relative(told, zone)
    elif operator in ("before", "after") or len(told) == len("2026-02-01"):
        start, stop = first_of(told, zone), past(told, zone)
    else:
        day = first_of(told, zone).astimezone(zone).date()
        start, stop = _midnight(day, zone), _midnight(day + FULL, zone)
    return {"before": (None, start), "after": (stop or NOW, None)}.get(operator, (start, stop))


def span(filters: Mapping[str, Any], zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """Return from when on and before when a call began: the first date that is there decides."""
    operator = filters.get("operator", "")
    start, stop = filters.get("startDate"), filters.get("endDate")
    if operator == "all_time":
        return None, None
    if start or stop:
        return first_of(start, zone) if start else None, past(stop, zone) if stop else None
    if "nDays" in filters:
        return NOW - timedelta(days=filters["nDays"]), None
    if filters.get("date"):
        return _on(filters["date"], operator, zone)
    return _relative(operator, zone) if operator in RELATIVE else (None, None)


def in_unit(call: Call, unit_id: str) -> bool:
    """Say whether a call is of a unit; those without one are of unit 0."""
    return ((call.unit and call.unit.id) or "0") == unit_id


def matching(calls: Sequence[Call], unit_id: str, filters: Mapping[str, Any], zone: tzinfo) -> list[Call]:
    """Return a unit's calls that *filters* ask for."""
    start, stop = span(filters, zone)
    words = filters.get("search")
    return [
        call
        for call in ended(calls)
        if in_unit(call, unit_id)
        and (start is None or begun(call) >= start)
        and (stop is None or begun(call) < stop)
        and (not words or found(call, words))
    ]


def found(call: Call, words: str) -> bool:
    """Say whether *words* are in a column that is searched."""
    phone = (call.customer_number, call.customer_e164)
    return has(words, call.title, call.agent and call.agent.name, *phone, call.summary, call.platform_call_id)


def impossible(filters: Mapping[str, Any], zone: tzinfo) -> bool:
    """Say whether a period ends before it starts, which is 400."""
    start, stop = span(filters, zone)
    both = filters.get("startDate") and filters.get("endDate")
    return bool(both and start and stop and start >= stop)


def page(calls: Sequence[Call], question: Mapping[str, Any]) -> Page:
    """Return the page that *question* asks for of matching *calls*, in an order of `COLUMNS`."""
    order = question.get("orderBy", {})
    rising = order.get("direction", "").upper() == "ASC"
    sort = COLUMNS[order.get("column", "createdAt")]
    return cut([call.uid for call in by(sort, calls, descending=not rising)], *paged(question))


def paged(question: Mapping[str, Any]) -> tuple[int, int]:
    """Return page and size."""
    told = question.get("pagination", {})
    return told.get("page", 1), min(100, told.get("pageSize", 10))
