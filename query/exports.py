"""Exports over HTTP: ordered once, fixed at that moment, fetched by a signed URL that needs no key."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import msgspec
from starlette.responses import Response

from query import search, signing, views
from query.asked import Asked, json_response
from query.calls import name_of
from query.formats import FORMATS
from query.listing import words
from query.metrics import EXPORTED
from query.problems import BadValue, Expired, NotFound, Unavailable, unknown
from query.streamed import Streamed
from query.views import EXPORTABLE, LISTED, WHOLE, instant
from schemas.call import Call
from schemas.export import Export, Part, Status, Wanted
from storage.errors import Away, Lost, TooSlow
from storage.ports.query import ExportKeeper

LIVES: Final = timedelta(hours=24)  # long enough for a colleague to fetch it, short for what it holds
MOST_IDS: Final = 100_000
LARGEST_ORDER: Final = 5_000_000  # bytes: that many ids fit
MOST_RUNNING: Final = 8  # of a process: each holds a snapshot open
STALE: Final = timedelta(minutes=2)  # an export that has not grown for so long lost its process
TELL: Final = timedelta(seconds=1)  # between two reports of how far an export is
LOOK_AGAIN_S: Final = 0.1
_MEMBERS: Final = ("format", "columns", "filter", "ids")
_LOST: Final = "The process that wrote it has ended; order it again."
_WHY: Final[Mapping[type[Exception], str]] = {
    Lost: "MongoDB keeps too little history to read so many calls as they were when the export was ordered: "
    "order them in parts, by started_at, or set its minSnapshotHistoryWindowInSeconds higher.",
    TooSlow: "MongoDB took too long to find the next calls: narrow the filter by time, unit or batch.",
    Away: "MongoDB went away while calls were read; order it again.",
}
"""Why an export failed, and what to do."""
log = logging.getLogger(__name__)


class Exports:
    """The endpoints that make files."""

    def __init__(self, *, exports: ExportKeeper, clock: Callable[[], datetime], signing_key: bytes) -> None:
        """Keep rows in *exports*; sign URLs with *signing_key*."""
        self._exports = exports
        self._clock = clock
        self._key = signing_key
        self._running: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End what is being written: it has failed, and whoever ordered it is told to order again."""
        running = tuple(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def order(self, asked: Asked) -> Response:
        """Fix the calls of this moment and begin to write them; answer with the URL."""
        asked.only()
        body = await asked.object(_MEMBERS, largest=LARGEST_ORDER)
        export, wanted = self._ordered(asked, body)
        if len(self._running) >= MOST_RUNNING:
            raise Unavailable("Too many exports are being written; order again later.", headers={"Retry-After": "10"})
        async with AsyncExitStack() as opened:
            snapshot = await opened.enter_async_context(self._exports.snapshot(export.tenant, wanted))
            parts = snapshot.parts()
            first = await anext(parts)
            await self._exports.put(export)
            filling = self._fill(export, first, parts, around=views.around(asked), opened=opened.pop_all())
            task = asyncio.create_task(filling)
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return json_response(self._shown(asked, export), status=201)

    async def status(self, asked: Asked) -> Response:
        """Answer with how far an export is."""
        asked.only()
        export = await self._exports.get(asked.part("id"))
        mine = export is not None and export.tenant == asked.tenant.id
        if export is None or not mine or (asked.caller.units is not None and export.key != asked.caller.key.id):
            raise NotFound("There is no such export, or it has expired.")
        return json_response(self._shown(asked, export))

    async def file(self, asked: Asked) -> Response:
        """Answer with the file, as far as it has grown and on; needs no key, the URL is signed."""
        signing.check(asked.request, key=self._key, now=self._clock())
        export = await self._exports.get(asked.part("id"))
        if export is None or self._state(export) is Status.FAILED:
            raise Expired((export and export.why) or "This export is no longer kept; order it again.")
        name = f"calls-{export.ordered_at:%Y%m%d-%H%M%S}.{export.format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        media_type = FORMATS[export.format].media_type
        # Nobody knows the length of a file that grows: HEAD must not say that it is 0.
        written = iter(()) if asked.request.method == "HEAD" else self._written(export)
        return Streamed(written, headers=headers, media_type=media_type)

    def _ordered(self, asked: Asked, body: Mapping[str, object]) -> tuple[Export, Wanted]:
        name = body.get("format")
        if not isinstance(name, str):
            raise BadValue(f"'format' must be one of {', '.join(FORMATS)}.", field="format")
        if name not in FORMATS:
            raise unknown(name, FORMATS, what="format", field="format")
        columns = LISTED if body.get("columns") is None else words("columns", body["columns"], EXPORTABLE)
        if not columns:
            raise BadValue("'columns' must name at least one column.", field="columns")
        now = self._clock()
        export = Export(
            id=str(uuid4()),
            tenant=asked.tenant.id,
            key=asked.caller.key.id,
            format=name,
            columns=tuple(columns),
            ordered_at=now,
            expires_at=now + LIVES,
            grown_at=now,
        )
        return export, _wanted(asked, body, columns)

    async def _fill(
        self,
        export: Export,
        first: Sequence[Call],
        rest: AsyncIterator[Sequence[Call]],
        *,
        around: views.Around,
        opened: AsyncExitStack,
    ) -> None:
        """Keep the rows of a snapshot, part by part."""
        status, number, rows, told, why = Status.FAILED, 0, 0, export.ordered_at, None
        try:
            async with opened:
                calls = first
                while True:
                    if calls:
                        await self._exports.add(export, number, _part(export, calls, around))
                        number, rows = number + 1, rows + len(calls)
                        if self._clock() - told >= TELL:
                            told = self._clock()
                            await self._grown(export, rows=rows)
                    if (following := await anext(rest, None)) is None:
                        break
                    calls = following
            status = Status.DONE
        except asyncio.CancelledError:
            why = _LOST
        except Exception as error:
            log.exception("export_failed", extra={"format": export.format, "error": type(error).__name__})
            why = _WHY.get(type(error), "The fault is ours; it was logged. Order it again.")
        await self._grown(export, rows=rows, status=status, why=why)
        EXPORTED.labels(export.format).inc(rows)

    async def _grown(
        self, export: Export, *, rows: int, status: Status = Status.RUNNING, why: str | None = None
    ) -> None:
        grown = msgspec.structs.replace(export, rows=rows, status=status, why=why, grown_at=self._clock())
        await self._exports.put(grown)

    async def _written(self, export: Export) -> AsyncIterator[bytes]:
        """Yield the file; an export that will not be whole breaks off, so that nobody takes it for whole."""
        sink = FORMATS[export.format].open(export.columns)
        try:
            number = 0
            while True:
                ended = (known := await self._exports.get(export.id)) is None or self._state(known)
                while (part := await self._exports.part(export, number)) is not None:
                    number += 1
                    if piece := await asyncio.to_thread(sink.add, part.rows):
                        yield piece
                if ended is Status.DONE:
                    break
                if ended is not Status.RUNNING:
                    raise RuntimeError("the export ended before it was whole")
                await asyncio.sleep(LOOK_AGAIN_S)
            rest = sink.finish()
            while piece := await asyncio.to_thread(next, rest, b""):
                yield piece
        finally:
            await asyncio.to_thread(sink.close)

    def _state(self, export: Export) -> Status:
        lost = export.status is Status.RUNNING and self._clock() - export.grown_at > STALE
        return Status.FAILED if lost else export.status

    def _shown(self, asked: Asked, export: Export) -> Mapping[str, Any]:
        path = f"/v1/exports/{export.id}/calls.{export.format}"
        return {
            "id": export.id,
            "url": asked.base_url + signing.signed(path, key=self._key, until=export.expires_at),
            "expires_at": instant(export.expires_at),
            "status": self._state(export),
            "format": export.format,
            "rows": export.rows,
            "error": export.why or (_LOST if self._state(export) is Status.FAILED else None),
        }


def _wanted(asked: Asked, body: Mapping[str, object], columns: Sequence[str]) -> Wanted:
    whole = bool(WHOLE.intersection(columns))
    ids, filter_ = body.get("ids"), body.get("filter")
    if (ids is None) == (filter_ is None):
        raise BadValue("An export has either ids or a filter.")
    if ids is None:
        return Wanted(filter=search.read(filter_), units=asked.caller.units, whole=whole, columns=tuple(columns))
    if not isinstance(ids, list) or len(ids) > MOST_IDS:
        raise BadValue(f"'ids' must be a list of at most {MOST_IDS} uids or numbers.", field="ids")
    return Wanted(
        ids=tuple(dict.fromkeys(map(_id, ids))), units=asked.caller.units, whole=whole, columns=tuple(columns)
    )


def _id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadValue("An id is a uid or a number.", field="ids")
    return name_of(value) or ""  # of a number longer than any there is no call


def _part(export: Export, calls: Sequence[Call], around: views.Around) -> Part:
    return Part([call.uid for call in calls], views.rows(calls, around, export.columns))
