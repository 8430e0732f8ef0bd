"""Bodies as JSON, whatever the request's Content-Type says."""

from typing import Any

import msgspec

_decode = msgspec.json.Decoder().decode


class NoJson(Exception):
    """The body is not JSON, or not an object."""


def object_of(body: bytes) -> dict[str, Any]:
    """Return the object that *body* holds, {} of an empty one; raise `NoJson`."""
    if not body.strip():
        return {}
    try:
        told = _decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise NoJson("The body is not JSON.") from error
    if not isinstance(told, dict):
        raise NoJson("The body must be a JSON object.")
    return told


def whole_number(value: object) -> int | None:
    """Return an integer that came as one (3 or 3.0), None of everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value // 1 and abs(value) < 2**63 else None
