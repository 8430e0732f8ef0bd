"""The sender's trace, where it has one: `traceparent` of W3C Trace Context."""

import re
from typing import Final

_TRACEPARENT: Final = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def traceparent_of(value: bytes | None) -> str:
    """Return *value* if it is a valid traceparent, else "": a broken one is nobody's trace."""
    return value.decode() if value and _TRACEPARENT.fullmatch(value) else ""
