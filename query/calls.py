"""Calls over HTTP: list, search, one."""

import asyncio
from collections.abc import Sequence
from typing import Final

from starlette.responses import Response

from query import cursors, listing, matched, views
from query.asked import Asked, json_response, tagged
from query.listing import Listing
from query.metrics import ROWS
from query.problems import NotFound
from query.snippets import Match, found_in
from schemas.call import Call
from storage.ports.query import CallReader

_LONG: Final = 64  # bits: no number is as long, and printing a huge one costs
AT_ONCE: Final = 10  # calls that are read at the same time to show where they were found


class Calls:
    """The endpoints that read calls."""

    def __init__(self, *, reader: CallReader, signing_key: bytes) -> None:
        """Ask *reader*; sign cursors with *signing_key*."""
        self._reader = reader
        self._key = signing_key

    async def page(self, asked: Asked) -> Response:
        """Answer a URL's filters with a page of calls."""
        return await self._answer(asked, listing.from_url(asked, signing_key=self._key))

    async def search(self, asked: Asked) -> Response:
        """Answer a body's nested conditions with a page of calls."""
        return await self._answer(asked, await listing.from_body(asked, signing_key=self._key))

    async def one(self, asked: Asked) -> Response:
        """Answer with one whole call."""
        asked.only()
        call = await named(asked, self._reader)
        return tagged(views.detailed(call, views.around(asked)), asked.request)

    async def _answer(self, asked: Asked, wanted: Listing) -> Response:
        page = await self._reader.page(asked.tenant.id, wanted.query)
        onward = page.next and cursors.write(page.next, question=wanted.question, key=self._key)
        calls = views.listed(page.rows, views.around(asked), wanted.fields)
        if "matches" in wanted.include:
            found = await self._matches(asked, wanted, page.rows)
            calls = [call | {"matches": each} for call, each in zip(calls, found, strict=True)]
        ROWS.labels("/v1/calls").inc(len(calls))
        return json_response({"calls": calls, "next_cursor": onward, "total": page.total})

    async def _matches(self, asked: Asked, wanted: Listing, calls: Sequence[Call]) -> list[list[Match]]:
        """Return where each call was found, [] for one that is gone meanwhile or where no text was asked for."""
        query = matched.asked_for(wanted.query.filter)
        if query is None:
            return [[] for _ in calls]
        found: list[list[Match]] = []
        for start in range(0, len(calls), AT_ONCE):
            some = calls[start : start + AT_ONCE]
            reading = (self._reader.get(asked.tenant.id, call.uid, units=asked.caller.units) for call in some)
            found += [found_in(matched.places(call), query) if call else [] for call in await asyncio.gather(*reading)]
        return found


async def named(asked: Asked, reader: CallReader) -> Call:
    """Return the whole call that the path names; raise `NotFound` where the caller may see none."""
    call = await reader.get(asked.tenant.id, asked.part("id"), units=asked.caller.units)
    if call is None:
        raise no_call()
    return call


def name_of(call_id: object) -> str | None:
    """Return how a body's *call_id* names a call, None where it is neither a uid nor a number."""
    if isinstance(call_id, int) and not isinstance(call_id, bool):
        return str(call_id) if call_id.bit_length() < _LONG else None
    return call_id if isinstance(call_id, str) else None


def no_call() -> NotFound:
    """Return the one answer for an unknown call and for another tenant's."""
    return NotFound("There is no such call; give its uid or its number.")
