"""The files of RobotAppel's exports: CSV by RFC 4180, written while they are fetched."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from query.dialects.columns import Column
from query.dialects.dialect import File
from query.dialects.robotappel.bodies import Reader, calls_filter
from query.dialects.robotappel.calls import EXPORTED
from query.dialects.shelf import Shelf
from query.formats.csv import Csv
from schemas.call import Call
from schemas.window import Sort, SortBy
from schemas.words import Outcome

AT_ONCE: Final = 100  # rows of a piece: whole calls may be long
NEWEST_FIRST: Final = Sort(SortBy.BEGUN_AT)
PHONES: Final = frozenset({"from", "to"})
"""Columns whose `+` is no formula's."""
RECORDING: Final = "record_url"
SPOKEN: Final = frozenset({"clean_interraction", "interraction"})
"""Columns that what was said is read for."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_BY_NAME: Final = {column.name: column for column in EXPORTED}


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is made of: columns, and the ids or the body whose filters choose its calls."""

    header: tuple[str, ...]
    ids: tuple[str, ...] | None = None
    body: bytes = b""


def write(recipe: bytes, shelf: Shelf) -> File:
    """Return the file that *recipe* asks for."""
    wanted = msgspec.msgpack.decode(recipe, type=Recipe)
    words = not SPOKEN.isdisjoint(wanted.header)
    calls = shelf.stream(calls_filter(Reader(wanted.body)), sort=NEWEST_FIRST, words=words)
    content = _content(wanted.header, calls if wanted.ids is None else _named(wanted.ids, shelf), shelf)
    return File(name="calls.csv", content_type="text/csv; charset=utf-8", content=content)


async def _content(header: Sequence[str], calls: AsyncIterator[Call], shelf: Shelf) -> AsyncIterator[bytes]:
    sheet = Csv(header)
    columns = [_BY_NAME[name] for name in header]
    rows: list[list[Any]] = []
    async for call in calls:
        rows.append([_cell(column, call, shelf) for column in columns])
        if len(rows) == AT_ONCE:
            yield sheet.add(rows)
            rows.clear()
    yield sheet.add(rows)


def _cell(column: Column[Call], call: Call, shelf: Shelf) -> Any:
    value = shelf.whole_url(call.recording.full) if column.name == RECORDING else column.show(call)
    formula = isinstance(value, str) and value.startswith(_FORMULA) and column.name not in PHONES
    return f"'{value}" if formula else value


async def _named(ids: Sequence[str], shelf: Shelf) -> AsyncIterator[Call]:
    """The calls in the order of their ids, each once; who is unknown or still in progress is left out."""
    given: set[str] = set()
    for call_id in ids:
        call = await shelf.find(call_id)
        if call is not None and call.outcome is not Outcome.IN_PROGRESS and call.uid not in given:
            given.add(call.uid)
            yield call
