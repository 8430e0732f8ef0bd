"""Say a `Filter` in MongoDB's words: a closed set of operators over the closed set of fields, totally."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from bson.regex import Regex

from schemas.money import LARGEST
from schemas.query import All, Any_, Condition, Field, Filter, Inner, Not, Op
from storage.columns import LONGEST
from storage.fields import PATHS
from storage.spelling import spelled_out
from storage.text import Digits, Part, TextQuery, parse

Document = dict[str, Any]
NOTHING: Final[Document] = {"_id": {"$in": []}}
"""What no call fulfils."""


def _regex(pattern: str) -> Regex[str]:
    # BSON ends a pattern at its first NUL.
    return Regex(pattern.replace("\\\x00", "\\x00").replace("\x00", "\\x00"), "i")


OPERATORS: Final[Mapping[Op, Callable[[Any], Any]]] = {
    # Always under an operator: a value is never read as one, whatever it begins with.
    Op.EQ: lambda value: {"$eq": value},
    Op.NE: lambda value: {"$ne": value},
    Op.IN: lambda value: {"$in": list(value)},
    Op.GT: lambda value: {"$gt": value},
    Op.GTE: lambda value: {"$gte": value},
    Op.LT: lambda value: {"$lt": value},
    Op.LTE: lambda value: {"$lte": value},
    Op.EXISTS: lambda value: {"$exists": bool(value)},
    Op.CONTAINS: lambda value: {"$regex": _regex(re.escape(value[:LONGEST]))},
    Op.PREFIX: lambda value: {"$regex": _regex("^" + re.escape(value[:LONGEST]))},
}
"""How each operator compares; `text` is no comparison with one field.

Of a part only as much is looked for as a column has: MongoDB compiles no pattern that is much longer.
"""


def where(filter_: Filter) -> Document:
    """Return *filter_* as a MongoDB query; `Not` and `ne` are exact complements."""
    match filter_:
        case Condition(Field.TEXT, _, value):
            return text(parse(value))
        case Condition(field, op, value):
            return {PATHS[field]: OPERATORS[op](_sayable(value))}
        case All(parts):
            return {"$and": [where(part) for part in parts]} if parts else {}
        case Any_():
            return _either(filter_)
        case Not(part):
            return {"$nor": [where(part)]}


class OneOf(NamedTuple):
    """A field that has one of some values; None stands for a call without it."""

    field: Field | Inner
    values: Sequence[Any]


def one_of(either: Any_) -> OneOf | None:
    """Return alternatives about one field as one condition, which an index answers alone; None where they are more.

    Documents hold no nulls, so that a null finds just those without the field.
    """
    values: list[Any] = []
    fields: set[Field | Inner] = set()
    for part in either.parts:
        match part:
            case Condition(field, Op.EQ, value):
                values.append(value)
            case Condition(field, Op.IN, several):
                values.extend(several)
            case Condition(field, Op.EXISTS, False):
                values.append(None)
            case _:
                return None
        fields.add(field)
    return OneOf(fields.pop(), values) if len(fields) == 1 else None


def _either(either: Any_) -> Document:
    if (alike := one_of(either)) is not None:
        return {PATHS[alike.field]: {"$in": [_sayable(value) for value in alike.values]}}
    return {"$or": [where(part) for part in either.parts]} if either.parts else NOTHING


def text(query: TextQuery) -> Document:
    """Return what finds the words of *query*: by terms, verified against the text where those may mislead."""
    if query.wordless:
        return NOTHING
    wanted = [_part(part) for part in query.wanted]
    unwanted = [{"$nor": [_part(part)]} for part in query.unwanted]
    return {"$and": [*wanted, *unwanted]} if wanted or unwanted else {}


def _part(part: Part) -> Document:
    terms: Document = {"text.terms": {"$all": sorted(part.terms)}} if part.terms else {}
    if part.exact:
        return terms
    path = "text.digits" if isinstance(part, Digits) else "text.words"
    return {"$and": [terms, {path: {"$regex": Regex(re.escape(part.needle[:LONGEST]))}}]}


def scope(tenant: str, filter_: Filter, *, units: tuple[str, ...] | None) -> Document:
    """Return the query for *filter_* among the calls that a key of *tenant*, bound to *units*, may see."""
    parts = [part for part in (where(filter_),) if part]
    if units is not None:
        parts.append({"unit.id": {"$in": list(units)}})
    return {"tenant": tenant, "$and": parts} if parts else {"tenant": tenant}


def _sayable(value: Any) -> Any:
    """Return *value* as BSON can hold it, comparing as it did."""
    match value:
        case bool() | datetime() | float():
            return value
        case int() if abs(value) > LARGEST:
            return float("inf") if value > 0 else float("-inf")
        case list() | tuple():
            return [_sayable(inner) for inner in value]
        case _:
            return spelled_out(value)
