"""The files of RobotAppel's exports: CSV by RFC 4180, written while they are fetched."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from query.dialects.columns import Column, narrow
from query.dialects.dialect import File
from query.dialects.robotappel.bodies import Reader, calls_filter
from query.dialects.robotappel.calls import EXPORTED
from query.dialects.shelf import Shelf
from query.formats.csv import Csv
from schemas.call import Call
from schemas.query import Any_, Condition, Field, Op
from schemas.window import Narrow, Sort, SortBy
from schemas.words import Outcome, Platform

AT_ONCE: Final = 100  # rows of a piece: whole calls may be long
NEWEST_FIRST: Final = Sort(SortBy.BEGUN_AT)
PHONES: Final = frozenset({"from", "to"})
"""Columns whose `+` is no formula's."""
RECORDING: Final = "record_url"
READ: Final[Mapping[str, tuple[str, ...]]] = {
    "callSid": (),
    "batchId": ("batch",),
    "batchName": ("batch",),
    "clientOrgId": (),
    "createdAt": (),
    "ended_status": ("end_reason",),
    "from": ("from",),
    "to": ("to",),
    "clean_interraction": ("turns", "transcript"),
    "interraction": ("turns", "started_at"),
    "qualification": ("extracted",),
    RECORDING: ("recording",),
    "sendDate": ("started_at",),
    "status": ("outcome", "answered_at"),
    "summary": ("summary",),
    "duration": ("talk_s",),
}
"""What each column is read from, beside what every call has."""
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
    only = narrow(wanted.header, READ, own=Platform.ROBOTAPPEL)
    if wanted.ids is None:
        chosen = shelf.stream(calls_filter(Reader(wanted.body)), sort=NEWEST_FIRST, narrow=only)
    else:
        chosen = _named(wanted.ids, shelf, narrow=only)
    content = _content(wanted.header, chosen, shelf)
    return File(name="calls.csv", content_type="text/csv; charset=utf-8", content=content)


async def _content(header: Sequence[str], calls: AsyncIterator[Call], shelf: Shelf) -> AsyncIterator[bytes]:
    sheet = Csv(header)
    cells = [_cell(_BY_NAME[name], shelf) for name in header]
    rows: list[list[Any]] = []
    async for call in calls:
        rows.append([show(call) for show in cells])
        if len(rows) == AT_ONCE:
            yield sheet.add(rows)
            rows.clear()
    yield sheet.add(rows)


def _cell(column: Column[Call], shelf: Shelf) -> Callable[[Call], Any]:
    """Return what shows *column* of a call."""
    show = column.show
    if column.name in PHONES:
        return show
    if column.name == RECORDING:
        return lambda call: _text(shelf.whole_url(call.recording.full))
    return lambda call: _text(show(call))


def _text(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


async def _named(ids: Sequence[str], shelf: Shelf, *, narrow: Narrow) -> AsyncIterator[Call]:
    """The calls in the order of their ids, each once; who is unknown or still in progress is left out."""
    given: set[str] = set()
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        known = await _by_id(some, shelf, narrow=narrow)
        for call in filter(None, map(known.get, some)):
            if call.outcome is not Outcome.IN_PROGRESS and call.uid not in given:
                given.add(call.uid)
                yield call


async def _by_id(ids: Sequence[str], shelf: Shelf, *, narrow: Narrow) -> Mapping[str, Call]:
    """Return the calls of these ids at once; of several with one id the one that started last."""
    named = Any_([Condition(Field.PLATFORM_CALL_ID, Op.IN, ids), Condition(Field.UID, Op.IN, ids)])
    calls = [call async for call in shelf.stream(named, sort=NEWEST_FIRST, narrow=narrow)]
    known = {name: call for call in reversed(calls) for name in (call.platform_call_id, call.uid)}
    others = [each for each in ids if each not in known]  # a number, a platform's other name, or nothing
    found = await asyncio.gather(*map(shelf.find, others))
    return known | {name: call for name, call in zip(others, found, strict=True) if call is not None}
