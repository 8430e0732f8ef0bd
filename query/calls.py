"""Calls over HTTP: list, search, one."""

from starlette.responses import Response

from query import cursors, listing, views
from query.asked import Asked, json_response, tagged
from query.listing import Listing
from query.metrics import ROWS
from query.problems import NotFound
from storage.ports import CallReader


class Calls:
    """The endpoints that read calls."""

    def __init__(self, *, reader: CallReader, signing_key: bytes) -> None:
        """Ask *reader*; sign cursors with *signing_key*."""
        self._reader = reader
        self._key = signing_key

    async def list(self, asked: Asked) -> Response:
        """Answer a URL's filters with a page of calls."""
        return await self._page(asked, listing.from_url(asked, signing_key=self._key))

    async def search(self, asked: Asked) -> Response:
        """Answer a body's nested conditions with a page of calls."""
        return await self._page(asked, await listing.from_body(asked, signing_key=self._key))

    async def one(self, asked: Asked) -> Response:
        """Answer with one whole call."""
        call = await self._reader.get(asked.tenant.id, asked.part("id"), units=asked.caller.units)
        if call is None:
            raise no_call()
        return tagged(views.detailed(call, views.units_of(asked.tenant)), asked.request)

    async def _page(self, asked: Asked, wanted: Listing) -> Response:
        page = await self._reader.page(asked.tenant.id, wanted.query)
        units = views.units_of(asked.tenant)
        onward = page.next and cursors.write(page.next, question=wanted.question, key=self._key)
        calls = [views.listed(call, units, wanted.fields) for call in page.rows]
        ROWS.labels("/v1/calls").inc(len(calls))
        return json_response({"calls": calls, "next_cursor": onward, "total": page.total})


def no_call() -> NotFound:
    """Return the one answer for an unknown call and for another tenant's."""
    return NotFound("There is no such call; give its uid or its number.")
