"""What can be asked for: conditions on every field, and how its answer is listed."""

from collections.abc import Iterator
from typing import Final

from query.fields import FIELDS
from query.kinds import Kind
from query.listing import INCLUDES, MOST_ROWS, ORDERS
from query.openapi.schema import FLAG, INTEGER, NUMBER, RANGE, TEXT, TIME, Schema, listed, members, or_null, ref, words
from query.views import CHOOSABLE
from schemas.query import Op


def _operand(kind: Kind) -> Schema:
    """Return the schema of a value that a field of *kind* is compared with."""
    plain: dict[str, Schema] = {
        "integer": INTEGER | RANGE,
        "flag": FLAG,
        "time": TIME,
        "number": NUMBER | RANGE,
        "money": {"anyOf": [NUMBER | RANGE, {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}]},
    }
    return words(kind.words) if kind.words else plain.get(kind.name, TEXT)


def _conditions() -> list[Schema]:
    """Return one schema for all fields of a kind and the operators whose value has one shape."""
    kinds = {(row.kind.name, row.kind.words, row.kind.operators): row.kind for row in FIELDS.values()}
    return [shape for key, kind in kinds.items() for shape in _of_kind(kind, key)]


def _of_kind(kind: Kind, key: tuple[object, ...]) -> Iterator[Schema]:
    rows = ((field.value, row.kind) for field, row in FIELDS.items())
    fields = [name for name, each in rows if (each.name, each.words, each.operators) == key]
    value = _operand(kind)
    shapes: dict[Op, Schema] = {Op.EXISTS: FLAG, Op.IN: listed(value)}
    alone = [op for op in kind.operators if op in shapes]
    rest = sorted(op.value for op in kind.operators if op not in shapes)
    yield members({"field": words(fields), "op": words(rest), "value": value})
    yield from (members({"field": words(fields), "op": words([op]), "value": shapes[op]}) for op in sorted(alone))


_QUESTION: Final[dict[str, Schema]] = {
    "order": words(ORDERS),
    "limit": INTEGER | {"minimum": 1, "maximum": MOST_ROWS, "default": 50},
    "cursor": TEXT,
    "include_total": FLAG,
    "fields": listed(words(CHOOSABLE)),
    "include": listed(words(INCLUDES)),
}

FILTERS: Final[dict[str, Schema]] = {
    "Filter": {
        "anyOf": [
            *_conditions(),
            members({"all": listed(ref("Filter"))}),
            members({"any": listed(ref("Filter"))}),
            members({"not": ref("Filter")}),
        ]
    },
    "Search": members({"filter": or_null(ref("Filter"))} | {k: or_null(v) for k, v in _QUESTION.items()}, required=()),
}
