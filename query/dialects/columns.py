"""The fields of an answer as rows: what each is called, what it is made of, its type, and how it is shown."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from schemas.window import Narrow
from schemas.words import Platform

T = TypeVar("T")
Schema = Mapping[str, Any]

TEXT: Final[Schema] = {"type": "string"}
MAYBE_TEXT: Final[Schema] = {"type": ["string", "null"]}
INTEGER: Final[Schema] = {"type": "integer"}
NUMBER: Final[Schema] = {"type": "number"}
FLAG: Final[Schema] = {"type": "boolean"}
ANYTHING: Final[Schema] = {}


class Column(NamedTuple, Generic[T]):
    """One field: its name, the canonical field it comes from (for the docs), its JSON Schema, how a row shows it."""

    name: str
    of: str
    schema: Schema
    show: Callable[[T], Any]


def shown(columns: Sequence[Column[T]], row: T) -> dict[str, Any]:
    """Return *row* as an object of *columns*."""
    return {name: show(row) for name, _, _, show in columns}


def narrow(names: Iterable[str], read: Mapping[str, tuple[str, ...]], *, own: Platform) -> Narrow:
    """Return what a file of the columns *names* is read from, by *read*."""
    return Narrow(tuple(dict.fromkeys(field for name in names for field in read[name])), own)


def member_schema(schemas: Mapping[str, Schema], *, optional: bool = False) -> Schema:
    """Return the schema of an object with these members; *optional* where each may be missing."""
    told: dict[str, Any] = {"type": "object", "properties": dict(schemas)}
    return told if optional else {**told, "required": list(schemas)}


def columns_schema(columns: Sequence[Column[Any]]) -> Schema:
    """Return the schema of the object that `shown` makes."""
    return member_schema({column.name: column.schema for column in columns})


def list_schema(of: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": of}


def json_content(schema: Schema) -> Schema:
    """Return a body or an answer of JSON, as OpenAPI says it."""
    return {"content": {"application/json": {"schema": schema}}}


def answered(schema: Schema, *, error: Schema | None = None) -> Mapping[str, Any]:
    """Return the responses of a route that answers 200 with *schema*, and any other status with *error*."""
    told = {"200": {"description": "The answer.", **json_content(schema)}}
    return told if error is None else told | {"default": {"description": "An error.", **json_content(error)}}


def table(columns: Sequence[Column[Any]]) -> str:
    """Return the columns as a Markdown table, which the dialect's page of the docs holds."""
    rows = [f"| `{column.name}` | {column.of} |" for column in columns]
    return "\n".join(["| field | from |", "|---|---|", *rows])
