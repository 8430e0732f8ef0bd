"""A glance at a body that holds no word of anybody: names, kinds and sizes."""

import re
from typing import Any, Final

import msgspec

DEEPEST: Final = 4
WIDEST: Final = 12
LONGEST: Final = 2000  # characters; a dead letter's headers are read by people
LARGEST_SHOWN: Final = 1 << 20  # bytes; parsing more than this only to throw it away is not worth it

# A member's name is shown where it looks like one: objects keyed by numbers or people's names exist too.
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z_$.-]{0,39}(?:\d{1,2})?")
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")


def preview(body: bytes) -> str:
    """Return the structure of *body*: `{"call": {"id": str 36}}`; of what is no JSON its size and its first sign."""
    if len(body) > LARGEST_SHOWN:
        return f"{len(body)} bytes"
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return f"{len(body)} bytes, no JSON, {_beginning(body)}"
    return _shape(value, DEEPEST)[:LONGEST]


def unquoted(text: str) -> str:
    """Return *text* without what stands in straight quotation marks: decoders quote what they stumble over there."""
    return _QUOTED.sub("'…'", text)


def _beginning(body: bytes) -> str:
    sign = body.lstrip()[:1]
    return f"begins with {sign.decode()}" if sign in {b"{", b"[", b"<", b'"'} else "begins with text or binary"


def _shape(value: Any, depth: int) -> str:
    if isinstance(value, dict):
        members = [f"{_name(name)}: {_shape(member, depth - 1)}" for name, member in _few(value.items(), depth)]
        return "{" + ", ".join([*members, *_rest(value, members)]) + "}"
    if isinstance(value, list):
        elements = [_shape(element, depth - 1) for element in _few(value, depth)]
        return "[" + ", ".join([*elements, *_rest(value, elements)]) + "]"
    if isinstance(value, str):
        return f"str {len(value)}"
    return "null" if value is None else type(value).__name__


def _few(values: Any, depth: int) -> list[Any]:
    return list(values)[:WIDEST] if depth > 0 else []


def _rest(value: Any, shown: list[str]) -> list[str]:
    return [f"… {len(value) - len(shown)} more"] if len(value) > len(shown) else []


def _name(name: str) -> str:
    return f'"{name}"' if _NAME.fullmatch(name) else f"name {len(name)}"
