"""How values are read: one row per kind of field, from a URL's text and from JSON; wrong ones raise `Unfit`."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, NamedTuple

from query.problems import nearest
from schemas.query import Op

LARGEST: Final = 2**63 - 1  # BSON's integer; a decimal's too: huge exponents would build huge integers
_DECIMAL: Final = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?\d{1,30}", re.ASCII)
_LOST_PLUS: Final = re.compile(r" (\d\d:?\d\d)$")  # a zone's + that a URL turned into a blank


class Unfit(ValueError):
    """The value cannot be read; the message goes on where "The filter 'x'" stops."""


class Foreign(Unfit):
    """A word outside a closed set; `known` are those inside."""

    def __init__(self, word: str, known: Iterable[str]) -> None:
        """Keep the word and the set."""
        super().__init__(word)
        self.word = word
        self.known = sorted(known)


class Kind(NamedTuple):
    """One kind of value: what it is called, how it is read, how it can be compared."""

    name: str
    operators: frozenset[Op]
    from_text: Callable[[str], Any]
    from_json: Callable[[Any], Any]
    words: tuple[str, ...] = ()


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise Unfit("must be a string")
    return value


def _phone_from_text(text: str) -> str:
    # An unescaped + arrives as a blank: "?from=+336…" means what it says.
    return "+" + text[1:] if text[:1] == " " and text[1:2].isdigit() else text.strip()


def _integer_from_text(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise Unfit("must be an integer")
    return _bounded(int(text))


def _integer_from_json(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit("must be an integer")
    return _bounded(value)


def _bounded(value: int) -> int:
    if abs(value) > LARGEST:
        raise Unfit("is beyond 64 bits")
    return value


def _flag_from_text(text: str) -> bool:
    if text not in ("true", "false"):
        raise Foreign(text, ("true", "false"))
    return text == "true"


def flag(value: object) -> bool:
    """Return *value*, which must be true or false."""
    if not isinstance(value, bool):
        raise Unfit("must be true or false")
    return value


def time(text: object) -> datetime:
    """Return ISO 8601 *text* in UTC; without a zone it is UTC already."""
    try:
        value = datetime.fromisoformat(_LOST_PLUS.sub(r"+\1", _string(text).strip()))
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unfit("must be an ISO 8601 time such as 2026-01-31T08:00:00Z") from error


def decimal(text: str) -> Decimal:
    """Return decimal *text* exactly."""
    if not _DECIMAL.fullmatch(text):
        raise Unfit("must be a number")
    value = Decimal(text)
    if not -LARGEST <= value <= LARGEST:
        raise Unfit("is out of range")
    return value


def _number_from_json(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit("must be a number")
    if isinstance(value, int):
        return Decimal(_bounded(value))
    return decimal(str(value))


def _money_from_json(value: object) -> Decimal:
    return decimal(value) if isinstance(value, str) else _number_from_json(value)


_WORD: Final = frozenset({Op.EQ, Op.NE, Op.IN, Op.EXISTS})
_TEXTUAL: Final = _WORD | {Op.CONTAINS, Op.PREFIX}
_RANGE: Final = frozenset({Op.EQ, Op.NE, Op.GT, Op.GTE, Op.LT, Op.LTE, Op.EXISTS})

OPEN: Final = Kind("word", _WORD, _string, _string)
TEXTUAL: Final = Kind("word", _TEXTUAL, _string, _string)
PHONE: Final = Kind("phone", _TEXTUAL, _phone_from_text, _string)
INTEGER: Final = Kind("integer", _WORD, _integer_from_text, _integer_from_json)
FLAG: Final = Kind("flag", frozenset({Op.EQ, Op.NE, Op.EXISTS}), _flag_from_text, flag)
TIME: Final = Kind("time", _RANGE, time, time)
NUMBER: Final = Kind("number", _RANGE, decimal, _number_from_json)
MONEY: Final = Kind("money", _RANGE, decimal, _money_from_json)
TEXT: Final = Kind("text", frozenset({Op.TEXT}), _string, _string)


def closed(words: type[StrEnum]) -> Kind:
    """Return the kind of a closed vocabulary."""
    known = tuple(word.value for word in words)

    def read(value: object) -> str:
        word = _string(value)
        if word not in known:
            raise Foreign(word, known)
        return word

    return Kind("closed", _WORD, read, read, known)


def complaint(error: Unfit) -> tuple[str, dict[str, Any]]:
    """Return what to tell about a wrong value, and the facts beside it."""
    if not isinstance(error, Foreign):
        return str(error), {}
    near = nearest(error.word, error.known)
    hint = f" Did you mean {near!r}?" if near else ""
    told = f"is {error.word[:100]!r}, which is unknown.{hint} Known: {', '.join(error.known)}"
    return told, {"nearest": near, "known": error.known}
