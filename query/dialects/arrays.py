"""Lists as clients put them into a query: repeated, bracketed, with commas, as a JSON array."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

_decode = msgspec.json.Decoder(list[Any]).decode


def listed(parameters: Sequence[tuple[str, str]], name: str) -> list[str]:
    """Return the values of `name`, `name[]` and `name[0]` in order, what is empty left out."""
    wanted = re.compile(rf"{re.escape(name)}(\[\d*\])?")
    return [value for key, text in parameters if wanted.fullmatch(key) for value in values(text) if value]


def values(text: str) -> list[str]:
    """Return the values of one text: a JSON array's, or those between its commas."""
    text = text.strip()
    if text.startswith("["):
        try:
            return [each.strip() if isinstance(each, str) else str(each) for each in _decode(text)]
        except (msgspec.DecodeError, ValueError, RecursionError):
            pass  # not JSON: brackets are part of a value
    return [each.strip() for each in text.split(",")]
