"""What identities are read with: a wrong body is the sender's fault and named as such."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import msgspec

from ingest.errors import Unreadable

LONGEST_ID: Final = 512  # characters of a call or delivery id; the longest we know of has 64
LONGEST_WORD: Final = 128  # characters of an event type or a status
LONGEST_DETAIL: Final = 300  # characters of what a sender is told: a field's name may be as long as the body

T = TypeVar("T")


def decoded(decode: Callable[[bytes], T], body: bytes) -> T:
    """Return what *decode* reads in JSON *body*; raise `Unreadable` that names the path where it does not fit."""
    try:
        if not body.isascii():
            body.decode()  # msgspec does not look into the texts that it skips
        return decode(body)
    except msgspec.DecodeError as error:
        raise Unreadable(_named(str(error))) from None
    except (UnicodeDecodeError, RecursionError):
        raise Unreadable("The body is not JSON in UTF-8, or nested too deep.") from None


_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$\.?(.*)`)?", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*?)`(?: - at `\$\.?(.*)`)?", re.DOTALL)
_AT: Final = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)


def _named(told: str) -> str:
    """Return msgspec's *told* with the path first, in the sender's words: `data.colour: unknown field`."""
    if match := _UNKNOWN.fullmatch(told):
        return f"{'.'.join(filter(None, (match[2], match[1])))}: unknown field"[:LONGEST_DETAIL]
    if match := _MISSING.fullmatch(told):
        return f"{'.'.join(filter(None, (match[2], match[1])))}: required field missing"[:LONGEST_DETAIL]
    if match := _AT.fullmatch(told):
        return f"{match[2]}: {match[1]}"[:LONGEST_DETAIL]
    return told[:LONGEST_DETAIL]


def call_id_of(value: Any, path: str) -> str:
    """Return *value*, read at *path*, as a call's id; raise `Unreadable` if it is none."""
    call_id = text_of(value, limit=LONGEST_ID)
    if call_id is None:
        raise Unreadable(f"There is no call id at {path}.")
    return call_id


def kind_of(value: Any, path: str) -> str:
    """Return *value*, read at *path*, as an event's type; raise `Unreadable` if it is none."""
    kind = text_of(value)
    if kind is None:
        raise Unreadable(f"There is no event type at {path}.")
    return kind


def text_of(value: Any, *, limit: int = LONGEST_WORD) -> str | None:
    """Return *value* if it is a printable text of 1 to *limit* characters, or a whole number as text; else None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 2**63 else None
    if isinstance(value, str) and 0 < len(value) <= limit and value.isprintable():
        return value
    return None
