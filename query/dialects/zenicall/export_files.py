"""The files of Zenicall's exports: which fields there are, and how rows become CSV, Excel or JSON."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from query.dialects.columns import narrow
from query.dialects.dialect import File
from query.dialects.matching import every, of_unit
from query.dialects.shelf import Shelf
from query.dialects.speech import begun_at
from query.dialects.zenicall import asking
from query.dialects.zenicall.items import DETAILED, Json, Row, Style
from query.formats.csv import Csv
from query.formats.format import Columns, Rows, Sink
from query.formats.xlsx import Xlsx
from runtime.config import Tenant
from schemas.query import Filter
from schemas.words import Platform

AT_ONCE: Final = 100  # rows of a piece: whole calls may be long
DATES: Final = "%Y-%m-%d %H:%M:%S"
DEFAULTS: Final = (
    *("external_call_id", "caller_first_name", "caller_last_name", "caller_phone_number"),
    *("call_started_at", "reason_for_call", "summary"),
)
FIELDS: Final = (
    *("id", "external_call_id", "caller_first_name", "caller_last_name", "caller_phone_number"),
    *("is_existing_patient", "call_started_at", "call_ended_at", "call_duration_seconds", "reason_for_call"),
    *("callback_preference", "summary", "detailed_reason", "preferred_dentist", "status", "cost", "ended_reason"),
    *("transcript_text", "audio_recording_url", "created_at", "updated_at", "updated_by", "clinic_name"),
)
_TIMES: Final[Mapping[str, Callable[[Row], datetime | None]]] = {
    "call_started_at": lambda row: begun_at(row.call),
    "call_ended_at": lambda row: row.call.ended_at,
    "created_at": lambda row: row.call.created_at,
    "updated_at": lambda row: row.call.edited_at,
}
_SHOWN: Final[Mapping[str, Callable[[Row], Any]]] = {
    **{column.name: column.show for column in DETAILED if column.name in FIELDS},
    "updated_by": lambda row: row.call.updated_by,
    "clinic_name": lambda row: row.unit.name,
}
READ: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (),
    "external_call_id": (),
    "caller_first_name": ("customer",),
    "caller_last_name": ("customer",),
    "caller_phone_number": ("customer_number",),
    "is_existing_patient": ("existing_patient",),
    "call_started_at": ("started_at",),
    "call_ended_at": ("ended_at",),
    "call_duration_seconds": ("talk_s",),
    "reason_for_call": ("reason",),
    "callback_preference": ("callback_pref",),
    "summary": ("summary",),
    "detailed_reason": ("reason_detail",),
    "preferred_dentist": ("preferred_person",),
    "status": ("workflow",),
    "cost": ("cost",),
    "ended_reason": ("end_reason",),
    "transcript_text": ("turns", "transcript"),
    "audio_recording_url": ("recording",),
    "created_at": (),
    "updated_at": ("edited_at",),
    "updated_by": ("updated_by",),
    "clinic_name": ("unit",),
}
"""What each field is read from, beside what every call has."""


class JsonArray:
    """An array of objects that grows row by row."""

    def __init__(self, columns: Columns) -> None:
        """Name the members by *columns*."""
        self._columns: Final = columns
        self._before = b"["

    def add(self, rows: Rows) -> bytes:
        """Return the objects of *rows*."""
        told = b""
        for row in rows:
            told += self._before + msgspec.json.encode(dict(zip(self._columns, row, strict=True)))
            self._before = b",\n"
        return told

    def finish(self) -> Iterator[bytes]:
        """Yield the end."""
        yield b"[]" if self._before == b"[" else b"]"

    def close(self) -> None:
        """Nothing is held."""


class Kind(msgspec.Struct, frozen=True):
    """One format: its ending, media type, and what makes a file of some columns, with a header or without."""

    ending: str
    content_type: str
    open: Callable[[Columns, bool], Sink]


FORMATS: Final[Mapping[str, Kind]] = {
    "csv": Kind("csv", "text/csv; charset=utf-8", lambda columns, header: Csv(columns, header=header)),
    "excel": Kind(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda columns, header: Xlsx(columns, header=header, times=frozenset()),
    ),
    "json": Kind("json", "application/json", lambda columns, _: JsonArray(columns)),
}


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """All that a file is made of, kept until it is fetched; `filters` are the body's."""

    tenant: Tenant
    style: Style
    unit_id: str
    filters: dict[str, Any]
    order: dict[str, Any]
    format: str
    fields: tuple[str, ...]
    limit: int | None
    filename: str
    header: bool
    dates: str

    @property
    def filter(self) -> Filter:
        """Which calls."""
        return every([of_unit(self.unit_id), asking.filters(self.filters)])


def write(recipe: bytes, shelf: Shelf) -> File:
    """Return the file that a kept recipe asks for."""
    return file_of(msgspec.msgpack.decode(recipe, type=Recipe), shelf)


def file_of(recipe: Recipe, shelf: Shelf) -> File:
    """Return a file that is written while it is read."""
    content_type = FORMATS[recipe.format].content_type
    return File(name=recipe.filename, content_type=content_type, content=written(recipe, shelf, limit=recipe.limit))


async def written(recipe: Recipe, shelf: Shelf, *, limit: int | None) -> AsyncIterator[bytes]:
    """Yield the file's bytes, of at most *limit* calls."""
    sink = FORMATS[recipe.format].open(recipe.fields, recipe.header)
    rows: list[list[Any]] = []
    try:
        async for row in exported(recipe, shelf, limit=limit):
            rows.append([row[name] for name in recipe.fields])
            if len(rows) == AT_ONCE:
                yield await asyncio.to_thread(sink.add, rows)
                rows.clear()
        yield await asyncio.to_thread(sink.add, rows)
        for piece in sink.finish():
            yield piece
    finally:
        sink.close()


async def exported(recipe: Recipe, shelf: Shelf, *, limit: int | None) -> AsyncIterator[Json]:
    """Yield the chosen fields of each call."""
    order = asking.sort(recipe.order, "body")
    cells = [(name, _cell(name, recipe.dates)) for name in recipe.fields]
    only = narrow(recipe.fields, READ, own=Platform.ZENICALL)
    async for call in shelf.stream(recipe.filter, sort=order, narrow=only, limit=limit):
        row = Row(call=call, tenant=recipe.tenant, style=recipe.style, clinics={}, users={})
        yield {name: show(row) for name, show in cells}


def _cell(name: str, dates: str) -> Callable[[Row], Any]:
    """Return what shows a field, times in the format *dates*."""
    if (at := _TIMES.get(name)) is not None:
        return lambda row: _dated(at(row), dates)
    return _SHOWN[name]


def _dated(at: datetime | None, dates: str) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime(dates)
