"""Where a page ends and the next begins. Pure; the same for every store."""

from collections.abc import Mapping
from typing import Any

from schemas.query import OrderBy, Position
from storage.passes import sort_key


def position(document: Mapping[str, Any], by: OrderBy) -> Position:
    """Return the position behind *document*; the value of an order over several fields is a list."""
    key = sort_key(document, by)
    return Position(value=None if key is None else key[0] if len(key) == 1 else list(key), id=document["_id"])


def key_of(position: Position) -> tuple[Any, ...] | None:
    """Return the sort key that *position* holds, None where it stands among the absent ones."""
    value = position.value
    return None if value is None else tuple(value) if isinstance(value, list | tuple) else (value,)
