"""What a platform tells beyond the canonical fields: small things go to `ext`, long ones stay in the raw event."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from workers.reading import plain

LONGEST: Final = 2000
"""Characters of a text, bytes of an object's JSON: `ext` is for scalars and small objects."""
CUT: Final = "[cut]"
"""What ingest puts in a secret's place."""

_json = msgspec.json.Encoder().encode


def rest(members: Any, *, told: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the members that say something, are small and have no other place (*told*); {} of what is no object."""
    if not isinstance(members, Mapping):
        return {}
    return {name: plain(value) for name, value in members.items() if name not in told and _kept(value)}


def _kept(value: Any) -> bool:
    match value:
        case bool() | int() | float() | Decimal():
            return True
        case str():
            return value not in ("", CUT) and len(value) <= LONGEST
        case dict() | list():
            return bool(value) and len(_json(value)) <= LONGEST
        case _:
            return False
