"""What OMICall's queries and bodies ask for, in native terms; what is wrong is refused with the vendor's word. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Final, NamedTuple

from query.dialects import arrays
from query.dialects.bodies import NoJson, object_of
from query.dialects.dialect import Ask
from query.dialects.matching import contains
from query.dialects.omicall.envelope import failed
from query.dialects.omicall.values import ANSWERED, CANCELLED
from schemas.query import All, Any_, Condition, Field, Filter, Inner, Not, Op
from schemas.words import Outcome
from storage.columns import digits
from storage.numbers import spellings

LONGEST: Final = timedelta(days=30)  # of a list or a search, both ends included; the vendor's
LONGEST_REPORT: Final = timedelta(days=366)  # ours: a report reads every call of its window
MOST: Final = 50  # rows of a page; a larger size is cut to it, as clients expect
SECONDS_BELOW: Final = 100_000_000_000
"""A smaller number of milliseconds is seconds: it would lie before 1973-03-04, and clients mix them up."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_LAST_MS: Final = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
_LARGEST: Final = 2**53 - 1  # a page: beyond it JavaScript counts wrongly
_TAG: Final = re.compile("[0-9a-f]{24}")
_NUMBER: Final = re.compile(r"[0-9 +().-]+", re.ASCII)
_TEXTS: Final = (
    Inner.CUSTOMER_NAME_FOLDED,
    Inner.FIRST_NAME_FOLDED,
    Inner.LAST_NAME_FOLDED,
    Inner.NOTE_FOLDED,
    Inner.CALL_ID_FOLDED,
    Field.UID,
)
"""Columns that a keyword is looked for in, beside the numbers."""

KEYWORD: Final = "keyword"
Values = Callable[[str], Sequence[str]]
"""The values of a parameter, in whatever way they were listed."""


class Paged(NamedTuple):
    """Which page, and how many rows it has."""

    page: int
    size: int


def of_query(ask: Ask) -> Values:
    """Return how the lists of a query are read; a keyword is none, commas are part of it."""

    def values(name: str) -> Sequence[str]:
        if name != KEYWORD:
            return arrays.listed(ask.parameters, name)
        text = ask.one(name)
        return [] if text is None else [text]

    return values


def body_of(ask: Ask) -> Mapping[str, Any]:
    """Return the object of a body; raise `Refused` where there is none."""
    if not ask.body.strip():
        raise failed("request_body_required", "The request needs a body of JSON.")
    try:
        return object_of(ask.body)
    except NoJson as error:
        raise failed("data_invalid", str(error)) from None


def of_body(body: Mapping[str, Any]) -> Values:
    """Return how the lists of a body are read: a text as in a query, another scalar as a list of one."""

    def values(name: str) -> Sequence[str]:
        told = body.get(name)
        if isinstance(told, str):
            return [each for each in arrays.values(told) if each]
        many = told if isinstance(told, list) else [] if told is None else [told]
        if any(isinstance(each, bool) or not isinstance(each, str | int) for each in many):
            raise failed("data_invalid", f"`{name}` must be a list of texts.")
        return [str(each) for each in many]

    return values


def paged(page: object, size: object, *, default: int) -> Paged:
    """Return the page that is asked for; raise `Refused` where it is no number from 1."""
    return Paged(_count("page", page, 1), min(MOST, _count("size", size, default)))


def window(since: object, until: object, *, longest: timedelta = LONGEST) -> Filter:
    """Return the condition that a call was created from *since* to *until*, both included; raise `Refused`."""
    for word, value in (("from_date_is_required", since), ("to_date_is_required", until)):
        if value is None or value == "":
            raise failed(word, "Send `from_date` and `to_date` in milliseconds.")
    first, last = _time(since), _time(until)
    if first is None or last is None or first > last:
        raise failed("date_invalid", "`from_date` and `to_date` are epoch milliseconds, the earlier one first.")
    if last - first > longest:
        raise failed("date_is_too_long", f"At most {longest.days} days at once.")
    return All([Condition(Field.CREATED_AT, Op.GTE, first), Condition(Field.CREATED_AT, Op.LTE, last)])


def calls(values: Values, names: Sequence[str]) -> Filter:
    """Return the condition of the filters *names*; one without values asks nothing."""
    told = [(name, values(name)) for name in names]
    return All([FILTERS[name](each) for name, each in told if each])


def _agents(wanted: Sequence[str]) -> Filter:
    return Any_([Condition(Field.AGENT, Op.IN, wanted), Condition(Inner.AGENT_EMAIL, Op.IN, wanted)])


def _dispositions(wanted: Sequence[str]) -> Filter:
    answered = Condition(Field.OUTCOME, Op.EQ, str(Outcome.ANSWERED))
    known: Mapping[str, Filter] = {ANSWERED: answered, CANCELLED: Not(answered)}
    return Any_([known[word] for word in wanted if word in known])


def _automatic(wanted: Sequence[str]) -> Filter:
    """Automatic calls alone, or manual ones alone; NULL asks for both. PHP's clients write 1 and 0."""
    automatic = Condition(Inner.IS_AUTO_CALL, Op.EQ, value=True)
    manual = Not(automatic)
    known: Mapping[str, Filter] = {"true": automatic, "1": automatic, "false": manual, "0": manual, "null": All([])}
    return Any_([known[word.lower()] for word in wanted if word.lower() in known])


def _keyword(wanted: Sequence[str]) -> Filter:
    """Part of a number, a name, an id or a note."""
    text = wanted[-1].strip()
    number = digits(text) if _NUMBER.fullmatch(text) else ""
    numbers = [Condition(Inner.DIGITS, Op.CONTAINS, number)] if number else []
    return Any_([contains(_TEXTS, text), *numbers])


def _numbered(field: Field) -> Callable[[Sequence[str]], Filter]:
    def condition(wanted: Sequence[str]) -> Filter:
        forms = [form for number in wanted for each in spellings(number) for form in (each, each.removeprefix("+"))]
        return Condition(field, Op.IN, list(dict.fromkeys(forms)))

    return condition


def _one_of(field: Field | Inner) -> Callable[[Sequence[str]], Filter]:
    return lambda wanted: Condition(field, Op.IN, list(wanted))


def _tags(wanted: Sequence[str]) -> Filter:
    """Ids alone: a tag's name is none."""
    return Condition(Field.TAG, Op.IN, [each for each in wanted if _TAG.fullmatch(each)])


FILTERS: Final[Mapping[str, Callable[[Sequence[str]], Filter]]] = {
    "agents": _agents,
    "user_uuids": _agents,
    "ref_codes": _agents,  # its older name
    "is_auto_call": _automatic,
    KEYWORD: _keyword,
    "sip_user": _one_of(Field.EXTENSION),
    "disposition": _dispositions,
    "direction": _one_of(Field.DIRECTION),
    "sip_numbers": _numbered(Field.LINE),
    "numbers": _numbered(Field.LINE),
    "queue_destination": _one_of(Inner.QUEUE),
    "source_number": _numbered(Field.FROM),
    "destination_number": _numbered(Field.TO),
    "tags": _tags,
}
LISTED: Final = tuple(name for name in FILTERS if name not in {"numbers", "tags"})
SEARCHED: Final = ("user_uuids", "direction", "disposition", "tags", "numbers")
REPORTED: Final = ("numbers", "sip_user", "agents")


def _count(name: str, value: object, default: int) -> int:
    if value is None or value == "":
        return default
    number = _number(value)
    if number is None or number != int(number) or not 1 <= number <= _LARGEST:
        raise failed("data_invalid", f"`{name}` must be a whole number from 1.")
    return int(number)


def _time(value: object) -> datetime | None:
    number = _number(value)
    if number is None or number < 0:
        return None
    ms = int(number * 1000 if number < SECONDS_BELOW else number)
    return _EPOCH + ms * _MS if ms <= _LAST_MS else None


def _number(value: object) -> float | None:
    """A number, or its text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
