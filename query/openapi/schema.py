"""What JSON schemas are written in: plain values, words, lists, objects, references."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from query.kinds import LARGEST

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
NUMBER: Final[Schema] = {"type": "number"}
INTEGER: Final[Schema] = {"type": "integer"}
ANYTHING: Final[Schema] = {}
TIME: Final[Schema] = {"type": "string", "format": "date-time", "description": "UTC with milliseconds."}
AMOUNT: Final[Schema] = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{6}$"}
RANGE: Final = {"minimum": -LARGEST, "maximum": LARGEST}


def words(known: Iterable[str]) -> Schema:
    """Return the schema of a closed word."""
    return {"type": "string", "enum": [str(word) for word in known]}


def or_null(schema: Schema) -> Schema:
    """Return *schema* with null beside it."""
    if "enum" in schema:
        return schema | {"type": ["string", "null"], "enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]} if "type" in schema else {"anyOf": [schema, {"type": "null"}]}


def listed(schema: Schema, **bounds: int) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": schema, **bounds}


def members(properties: Mapping[str, Schema], *, required: Iterable[str] | None = None, open_: bool = False) -> Schema:
    """Return the schema of an object; all members are required unless told otherwise, no others are allowed."""
    needed = list(properties) if required is None else list(required)
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": open_}
    return schema | ({"required": needed} if needed else {})


def by_name(schema: Schema) -> Schema:
    """Return the schema of an object whose members' names are open."""
    return {"type": "object", "additionalProperties": schema}


def ref(name: str) -> Schema:
    """Return a reference to a schema of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


MAYBE_TEXT: Final = or_null(TEXT)
VISIBLE: Final = r"[^\s\u001c-\u001f\u0085]"
"""The pattern of a text that is not blank: those five are blanks to us, and none to JavaScript's `\\s`."""
