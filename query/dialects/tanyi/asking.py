"""What Tanyi's list asks: a job, and which of its calls; whatever is of a wrong type or unknown is 412."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from query.dialects import bodies
from query.dialects.dialect import Ask, Asked
from query.dialects.matching import absent, contains, equals, every
from query.dialects.shelf import Shelf
from query.dialects.tanyi.envelope import refused
from query.dialects.tanyi.records import FIRST_NUMBER
from query.dialects.tanyi.words import HAS_READ, LEVELS, NOT_READ, REMOTE_HANGUP, RESULTS, WRONG
from schemas.query import Any_, Condition, Field, Filter, Inner, Op
from schemas.words import EndedBy, Platform

LARGEST_PAGE: Final = 100
DEFAULT_SIZE: Final = 20
NO_JOB: Final = 0
"""The job of calls that belong to none."""
LARGEST: Final = 2**63 - 1


class Wrong(Exception):
    """A parameter is missing, of a wrong type, or an unknown word."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A list that was understood; with *each* only the newest call of each customer, of which `filter` must hold."""

    job: Filter
    no_job: bool
    filter: Filter
    page: int
    size: int
    each: bool


async def listing(asked: Asked) -> Listing:
    """Return what the body asks; refuse with 412."""
    try:
        return await _listing(asked.shelf, bodies.object_of(asked.ask.body))
    except (Wrong, bodies.NoJson):
        raise refused(asked.ask, WRONG) from None


async def _listing(shelf: Shelf, told: Mapping[str, Any]) -> Listing:
    job = whole(told, "robotCallJobId")
    if job is None:
        raise Wrong
    page, size = _at_least_one(told, "pageNum", 1), _at_least_one(told, "pageSize", DEFAULT_SIZE)
    if size > LARGEST_PAGE:
        raise Wrong
    each = _flag(told, "lastCallRecord") or False
    conditions = {name: read(told, name) for name, read in CONDITIONS.items()}
    groups = [await _aliased(shelf, kind, field, whole(told, name)) for name, (kind, field) in IDS.items()]
    redials = conditions.pop("redialTimes")
    counted = [conditions[name] for name in OF_EACH] + [redials] if each else [*conditions.values(), *groups]
    return Listing(
        job=await _of_job(shelf, job),
        no_job=job == NO_JOB,
        filter=every(counted),
        page=page,
        size=size,
        each=each,
    )


async def _of_job(shelf: Shelf, job: int) -> Filter:
    if job == NO_JOB:
        return Any_([equals(Field.BATCH, str(NO_JOB)), absent(Field.BATCH)])
    return await _aliased(shelf, "job", Field.BATCH, job) or equals(Field.BATCH, str(job))


async def _aliased(shelf: Shelf, kind: str, field: Field | Inner, number: int | None) -> Filter | None:
    """Return the condition that an id has this integer: the one it is shown by; of what nobody has, in digits."""
    if number is None:
        return None
    named = await shelf.unalias(kind, number)
    return equals(field, str(number) if named is None else named)


def record(number: int) -> Filter:
    """Return the condition that a call has this `callRecordId`."""
    if number >= FIRST_NUMBER:
        return equals(Field.NUMBER, number)
    return every([equals(Field.PLATFORM, Platform.TANYI.value), equals(Field.PLATFORM_CALL_ID, str(number))])


def whole(told: Mapping[str, Any], name: str) -> int | None:
    """Return an integer, None where it is absent."""
    value = told.get(name)
    if value is None:
        return None
    number = bodies.whole_number(value)
    if number is None or not -LARGEST <= number <= LARGEST:
        raise Wrong
    return number


def record_of_query(ask: Ask) -> int:
    """Return the query's `callRecordId`; refuse with 412 what is no number."""
    told = (ask.one("callRecordId") or "").strip()
    digits = told.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise refused(ask, WRONG)
    return min(int(told[:20]), LARGEST)


def _at_least_one(told: Mapping[str, Any], name: str, default: int) -> int:
    number = whole(told, name)
    if number is None:
        return default
    if number < 1:
        raise Wrong
    return number


def _text(told: Mapping[str, Any], name: str) -> str | None:
    value = told.get(name)
    if value is not None and not isinstance(value, str):
        raise Wrong
    return value.strip() or None if value else None


def _flag(told: Mapping[str, Any], name: str) -> bool | None:
    value = told.get(name)
    if value is not None and not isinstance(value, bool):
        raise Wrong
    return value


def _list(told: Mapping[str, Any], name: str, known: Sequence[str] | None = None) -> list[str]:
    values = told.get(name)
    if values is None:
        return []
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise Wrong
    if known is not None and not set(values) <= set(known):
        raise Wrong
    return values


def _results(told: Mapping[str, Any], name: str) -> Filter | None:
    words = _list(told, name, list(RESULTS.values()))
    outcomes = [outcome.value for outcome, word in RESULTS.items() if word in words]
    return Condition(Field.OUTCOME, Op.IN, outcomes) if words else None


def _levels(told: Mapping[str, Any], name: str) -> Filter | None:
    levels = _list(told, name, list(LEVELS))
    return Condition(Field.INTENT, Op.IN, levels) if levels else None


def _concerns(told: Mapping[str, Any], name: str) -> Filter | None:
    concerns = _list(told, name)
    return Condition(Inner.CONCERN, Op.IN, concerns) if concerns else None


def _words(told: Mapping[str, Any], name: str) -> Filter | None:
    """Part of a number or name, or the whole id of a record."""
    words = _text(told, name)
    if words is None:
        return None
    anywhere = contains((Field.CUSTOMER_NUMBER, Inner.CUSTOMER_NAME_FOLDED), words)
    is_id = words.isascii() and words.isdigit() and int(words[:20]) <= LARGEST
    return Any_([anywhere, record(int(words))]) if is_id else anywhere


def _hung_up(told: Mapping[str, Any], name: str) -> Filter | None:
    word = _text(told, name)
    if word not in (None, REMOTE_HANGUP):
        raise Wrong
    return equals(Inner.ENDED_BY, EndedBy.CUSTOMER.value) if word else None


def _read(told: Mapping[str, Any], name: str) -> Filter | None:
    word = _text(told, name)
    if word not in (None, NOT_READ, HAS_READ):
        raise Wrong
    return equals(Field.READ, word == HAS_READ) if word else None


def _name(told: Mapping[str, Any], name: str) -> Filter | None:
    part = _text(told, name)
    return contains((Inner.CUSTOMER_NAME_FOLDED,), part) if part else None


def _called(told: Mapping[str, Any], name: str) -> Filter | None:
    number = _text(told, name)
    return equals(Field.CUSTOMER_NUMBER, number) if number else None


def _record(told: Mapping[str, Any], name: str) -> Filter | None:
    number = whole(told, name)
    return None if number is None else record(number)


def _labelled(told: Mapping[str, Any], name: str) -> Filter | None:
    flag = _flag(told, name)
    return None if flag is None else Condition(Inner.REAL_LEVEL, Op.EXISTS, value=flag)


def _shortest(told: Mapping[str, Any], name: str) -> Filter | None:
    seconds = whole(told, name)
    return None if seconds is None else _talked(Op.GTE, seconds - 0.5)


def _longest(told: Mapping[str, Any], name: str) -> Filter | None:
    seconds = whole(told, name)
    return None if seconds is None else _talked(Op.LT, seconds + 0.5)


def _talked(op: Op, seconds: float) -> Filter:
    """Return the condition on the seconds that are shown: Tanyi's own of its calls, of others the talk."""
    talk = every([absent(Inner.TANYI_S), Condition(Field.TALK_S, op, seconds)])
    return Any_([Condition(Inner.TANYI_S, op, seconds), talk])


def _redials(told: Mapping[str, Any], name: str) -> Filter | None:
    times = whole(told, name)
    if times is None:
        return None
    exactly = equals(Inner.REDIALS, times)
    return Any_([exactly, absent(Inner.REDIALS)]) if times == 0 else exactly


CONDITIONS: Final[Mapping[str, Callable[[Mapping[str, Any], str], Filter | None]]] = {
    "resultStatuses": _results,
    "intentLevels": _levels,
    "searchWords": _words,
    "hangupBy": _hung_up,
    "calledPhoneNumber": _called,
    "callRecordId": _record,
    "customerPersonName": _name,
    "realIntent": _labelled,
    "customerConcern": _concerns,
    "readStatus": _read,
    "chatDurationMin": _shortest,
    "chatDurationMax": _longest,
    "redialTimes": _redials,
}
IDS: Final[Mapping[str, tuple[str, Field | Inner]]] = {
    "customerGroupId": ("group", Inner.CUSTOMER_GROUP),
    "dialogFlowId": ("agent", Field.AGENT),
}
OF_EACH: Final = ("resultStatuses", "intentLevels", "chatDurationMin", "chatDurationMax")
"""What counts with `lastCallRecord`, beside `redialTimes`, which counts only then."""
