"""Say whether a stored document fulfils a `Filter`, and where it stands in an order: the pure model of every store."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from schemas.query import All, Any_, Condition, Field, Filter, Not, Op, OrderBy
from storage.columns import LONGEST
from storage.fields import ORDERS, PATHS
from storage.searched import indexed
from storage.text import matches, parse

Document = Mapping[str, Any]
Compare = Callable[[Any, Any], bool]

COMPARE: Final[Mapping[Op, Compare]] = {
    Op.EQ: lambda stored, value: bool(stored == value),
    Op.IN: lambda stored, value: stored in value,
    Op.GT: lambda stored, value: bool(stored > value),
    Op.GTE: lambda stored, value: bool(stored >= value),
    Op.LT: lambda stored, value: bool(stored < value),
    Op.LTE: lambda stored, value: bool(stored <= value),
    Op.CONTAINS: lambda stored, value: bool(re.search(re.escape(value[:LONGEST]), stored, re.IGNORECASE)),
    Op.PREFIX: lambda stored, value: bool(re.match(re.escape(value[:LONGEST]), stored, re.IGNORECASE)),
}
"""How a present value compares; an absent one never does."""


def at_path(document: Document, path: str) -> Any:
    """Return what *document* holds at a dotted *path*, None where it holds nothing."""
    value: Any = document
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def passes(document: Document, filter_: Filter) -> bool:
    """Return whether *document* fulfils *filter_*."""
    match filter_:
        case Condition(Field.TEXT, _, value):
            return matches(parse(value), indexed(document))
        case Condition(field, op, value):
            return _compares(_values(document, PATHS[field]), op, value)
        case All(parts):
            return all(passes(document, part) for part in parts)
        case Any_(parts):
            return any(passes(document, part) for part in parts)
        case Not(part):
            return not passes(document, part)


def sort_key(document: Document, by: OrderBy) -> tuple[Any, ...] | None:
    """Return what *document* is sorted by, None where it has none of it."""
    key = tuple(at_path(document, path) for path in ORDERS[by])
    return None if None in key else key


def _values(document: Document, path: str) -> list[Any]:
    value = at_path(document, path)
    return value if isinstance(value, list) else [] if value is None else [value]


def _compares(stored: list[Any], op: Op, value: Any) -> bool:
    match op:
        case Op.EXISTS:
            return bool(stored) is bool(value)
        case Op.NE:
            return value not in stored
        case _:
            return any(COMPARE[op](each, value) for each in stored)
