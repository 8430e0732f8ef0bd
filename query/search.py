"""Nested conditions: JSON in, a filter out; fields and operators by the same table as the URL's filters."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Final

from query.fields import FIELDS, compare
from query.kinds import Unfit, complaint, flag
from query.problems import BadValue, TooComplex, UnknownParameter, unknown
from schemas.query import All, Any_, Condition, Field, Filter, Not, Op
from storage.text import words_in

DEEPEST: Final = 8  # no person nests deeper, and each level costs the database a level
MOST_CONDITIONS: Final = 200  # a page of conditions; longer lists of values go into one `in`
MOST_LISTED: Final = 10_000  # values of one `in`
MOST_WORDS: Final = 5_000  # of all texts: MongoDB plans 10 000 in a second, 100 000 in a minute that nothing cuts short

_SHAPES: Final = ("all", "any", "field", "not")
_CONDITION: Final = frozenset({"field", "op", "value"})


def read(node: object) -> Filter:
    """Return the filter that *node* spells; raise a problem whose `field` is the position at fault."""
    return _Reader().filter(node, where="filter", depth=1)


class _Reader:
    """Counts the conditions of one filter, and the words of its texts, while reading it."""

    def __init__(self) -> None:
        self._conditions = 0
        self._words = 0

    def filter(self, node: object, *, where: str, depth: int) -> Filter:
        if depth > DEEPEST:
            raise TooComplex(f"The filter nests deeper than {DEEPEST} levels.", field=where)
        if not isinstance(node, Mapping):
            raise BadValue(f"{where} must be an object with one of {', '.join(_SHAPES)}.", field=where)
        if "field" in node or "op" in node:
            return self._condition(node, where)
        _only(node, _SHAPES, where)
        if len(node) != 1:
            raise BadValue(f"{where} must have exactly one of {', '.join(_SHAPES)}.", field=where)
        ((word, value),) = node.items()
        if word == "not":
            return Not(self.filter(value, where=f"{where}.not", depth=depth + 1))
        parts = self._parts(value, where=f"{where}.{word}", depth=depth + 1)
        return All(parts) if word == "all" else Any_(parts)

    def _parts(self, value: object, *, where: str, depth: int) -> list[Filter]:
        if not isinstance(value, list):
            raise BadValue(f"{where} must be a list of filters.", field=where)
        if len(value) > MOST_CONDITIONS:
            raise _too_many(where)
        return [self.filter(part, where=f"{where}[{n}]", depth=depth) for n, part in enumerate(value)]

    def _condition(self, node: Mapping[str, Any], where: str) -> Filter:
        self._conditions += 1
        if self._conditions > MOST_CONDITIONS:
            raise _too_many(where)
        _only(node, _CONDITION, where)
        missing = sorted(_CONDITION - set(node))
        if missing:
            raise BadValue(f"{where} lacks {', '.join(missing)}.", field=where)
        field = Field(_word(node["field"], list(Field), what="field", where=f"{where}.field"))
        row = FIELDS[field]
        op = Op(_word(node["op"], row.kind.operators, what=f"operator of {field.value}", where=f"{where}.op"))
        compared = _compared(field, op, node["value"], where=f"{where}.value")
        if op is Op.TEXT:
            self._count_words(node["value"], where)
        return compared

    def _count_words(self, text: str, where: str) -> None:
        self._words += words_in(text)
        if self._words > MOST_WORDS:
            raise TooComplex(f"At most {MOST_WORDS} words in the texts of a filter.", field=where)


def _compared(field: Field, op: Op, value: object, *, where: str) -> Filter:
    read_one = FIELDS[field].kind.from_json
    try:
        if op is Op.EXISTS:
            return Condition(field, op, flag(value))
        if op is Op.IN:
            return Condition(field, op, [read_one(each) for each in _listed(value)])
        return compare(field, op, read_one(value))
    except Unfit as error:
        told, facts = complaint(error)
        hint = ' (absent values are found by {"op": "exists", "value": false})' if value is None else ""
        raise BadValue(f"{where} of {field.value!r} {told}{hint}.", field=where, **facts) from None


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Unfit("must be a list")
    if len(value) > MOST_LISTED:
        raise Unfit(f"must be a list of at most {MOST_LISTED} values")
    return value


def _word(value: object, known: Collection[StrEnum], *, what: str, where: str) -> str:
    words = [word.value for word in known]
    if not isinstance(value, str):
        raise BadValue(f"{where} must be one of {', '.join(sorted(words))}.", field=where)
    if value not in words:
        raise unknown(value, words, what=what, field=where)
    return value


def _only(node: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for name in node:
        if name not in known:
            raise unknown(
                name, known, what=f"member of {where}", problem=UnknownParameter, field=f"{where}.{name[:100]}"
            )


def _too_many(where: str) -> TooComplex:
    return TooComplex(f"At most {MOST_CONDITIONS} conditions in a filter.", field=where)
