"""What a RobotAppel request asks for: bodies read into native terms, every fault named at once. Pure."""

import contextlib
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from query.dialects import moments
from query.dialects.arrays import listed
from query.dialects.bodies import NoJson, object_of, whole_number
from query.dialects.dialect import Ask
from query.dialects.matching import contains, equals
from query.dialects.robotappel import words
from query.dialects.robotappel.calls import EXPORTED
from query.dialects.robotappel.refusals import bad
from schemas.query import All, Condition, Field, Filter, Inner, Op
from storage.columns import digest
from storage.numbers import spellings

MOST_ROWS: Final = 1000  # of a page; the vendor tells no bound
MOST_IDS: Final = 1000  # of an export by ids
LONGEST_NOTE: Final = 10_000  # characters, as the vendor says
LARGEST_INTEGER: Final = 2**53 - 1  # beyond it JavaScript counts wrongly
TEXTS: Final = ("batchId", "batchName", "startDate_from", "startDate_to", "from", "to", "status", "direction")
_COLUMNS: Final = {column.name: column for column in EXPORTED}


class Paged(NamedTuple):
    """Which page, and how many rows it has."""

    page: int
    limit: int


class Reader:
    """Reads one body member by member and keeps what is wrong with it."""

    def __init__(self, body: bytes) -> None:
        """Read *body*; one that is no object has no members."""
        self.wrong: Final[list[str]] = []
        self._body: Mapping[str, Any] = {}
        try:
            self._body = object_of(body)
        except NoJson as error:
            self.wrong.append(str(error))

    def text(self, name: str) -> str | None:
        """Return a text; null and the empty one count as absent."""
        value = self._body.get(name)
        if value is not None and not isinstance(value, str):
            self.wrong.append(f"{name} must be a string")
            return None
        return value or None

    def required(self, name: str) -> Any:
        """Return a member that must be there."""
        return self._body.get(name)

    def paged(self) -> Paged:
        """Return the page that is asked for."""
        page = self._count("page", default=1, most=LARGEST_INTEGER)
        return Paged(page, self._count("limit", default=10, most=MOST_ROWS))

    def done(self, ask: Ask) -> None:
        """Raise `Refused` if anything was wrong."""
        if self.wrong:
            raise bad(ask, self.wrong)

    def _count(self, name: str, *, default: int, most: int) -> int:
        value = self._body.get(name)
        if value is None:
            return default
        number = _digits(value) if isinstance(value, str) else whole_number(value)
        if number is None or not 1 <= number <= most:
            self.wrong.append(f"{name} must be an integer from 1 to {most}")
            return default
        return number


def calls_filter(body: Reader) -> Filter:
    """Return the condition that the filters of a body mean; those that cannot be read are kept as wrong."""
    told = {name: text for name in TEXTS if (text := body.text(name)) is not None}
    parts = [_FILTERS[name](text) for name, text in told.items()]
    body.wrong.extend(
        f"{name} must be a date (YYYY-MM-DD) or an ISO 8601 time"
        for name, part in zip(told, parts, strict=True)
        if part is None
    )
    if (qualification := body.text("qualification")) is not None:
        parts.append(_qualified(qualification))
    return All([part for part in parts if part is not None])


def ids(body: Reader) -> list[str]:
    """Return the ids of an export, each once, in the request's order."""
    value = body.required("callIds")
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        body.wrong.append("callIds must be an array of strings")
        return []
    if not 1 <= len(value) <= MOST_IDS:
        body.wrong.append(f"callIds must contain 1 to {MOST_IDS} elements")
    return list(dict.fromkeys(value))


def note(body: Reader) -> str:
    """Return the text of a note."""
    value = body.required("notes")
    if not isinstance(value, str):
        body.wrong.append("notes must be a string")
        return ""
    if len(value) > LONGEST_NOTE:
        body.wrong.append(f"notes must be shorter than or equal to {LONGEST_NOTE} characters")
    return value


def header(ask: Ask) -> list[str]:
    """Return the columns of a file, in the order asked for; raise `Refused` where one is unknown."""
    names = listed(ask.parameters, "header") or list(_COLUMNS)
    if wrong := [name for name in names if name not in _COLUMNS]:
        known = ", ".join(_COLUMNS)
        raise bad(ask, [f"header: each value must be one of {known}; unknown: {', '.join(wrong)[:200]}"])
    return names


def _numbered(field: Field) -> Any:
    return lambda text: Condition(field, Op.IN, [*spellings(_dialled(text)), text])


def _dialled(number: str) -> str:
    """A number that was written with 00 for +, and blanks, is the same number."""
    bare = number.strip()
    return f"+{bare[2:]}" if bare.startswith("00") else bare


def _since(text: str) -> Filter | None:
    span = moments.read(text)
    return None if span is None else Condition(Inner.BEGUN_AT, Op.GTE, span.start)


def _until(text: str) -> Filter | None:
    span = moments.read(text)
    return None if span is None else Condition(Inner.BEGUN_AT, Op.LT, span.end)


def _qualified(text: str) -> Filter:
    """Equality with a text, or with the object whose JSON was sent."""
    wanted = [digest(text)]
    with contextlib.suppress(msgspec.DecodeError, ValueError, RecursionError):
        wanted.append(digest(msgspec.json.decode(text)))
    return Condition(Inner.EXTRACTED, Op.IN, wanted)


def _digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST_INTEGER)) else None


_FILTERS: Final[Mapping[str, Any]] = {
    "batchId": lambda text: equals(Field.BATCH, text),
    "batchName": lambda text: contains([Inner.BATCH_NAME_FOLDED], text),
    "startDate_from": _since,
    "startDate_to": _until,
    "from": _numbered(Field.FROM),
    "to": _numbered(Field.TO),
    "status": words.of_status,
    "direction": words.of_direction,
}
