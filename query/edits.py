"""What people change over HTTP: one call, many calls, and the record of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response

from query import changes, search, views
from query.asked import Asked, etag, json_response, matches, tagged
from query.calls import name_of, named, no_call
from query.problems import ChangedMeanwhile, InvalidChange, Problem, TooMany
from query.views import instant
from schemas.edit import Entry
from schemas.query import CallQuery
from storage.errors import Changed
from storage.ports.query import CallEditor, CallReader

MOST_CHANGED: Final = 10_000  # calls of one request; more is asked for in parts
MOST_RETRIES: Final = 5  # of an edit with If-Match: each lost race means that somebody else got through


class Edits:
    """The endpoints that change calls."""

    def __init__(self, *, reader: CallReader, editor: CallEditor) -> None:
        """Read by *reader*, change by *editor*."""
        self._reader = reader
        self._editor = editor

    async def patch(self, asked: Asked) -> Response:
        """Lay a merge patch over one call; with `If-Match` only if nobody changed it meanwhile."""
        asked.only()
        patch = changes.read(await asked.json())
        wanted = asked.request.headers.get("if-match")
        for _ in range(MOST_RETRIES):
            revision = None if wanted is None else await self._matching(asked, wanted)
            try:
                call = await self._editor.edit(
                    asked.tenant.id,
                    asked.part("id"),
                    patch,
                    by=asked.caller.key.id,
                    units=asked.caller.units,
                    revision=revision,
                )
            except Changed:
                continue
            if call is None:
                raise no_call()
            return tagged(views.detailed(call, views.around(asked)), asked.request)
        raise _changed()

    async def _matching(self, asked: Asked, wanted: str) -> int:
        call = await named(asked, self._reader)
        tag = etag(views.encoded(call, views.around(asked)))
        if not matches(wanted, tag, weak=False):
            raise _changed()
        return call.revision

    async def bulk(self, asked: Asked) -> Response:
        """Lay one merge patch over many calls, named by ids or found by a filter."""
        asked.only()
        body = changes.members(await asked.json(), ("ids", "filter", "patch"), where="a bulk change")
        if "patch" not in body or ("ids" in body) == ("filter" in body):
            raise InvalidChange("A bulk change has a patch, and either ids or a filter.")
        patch = changes.read(body["patch"])
        ids = _ids(body["ids"]) if "ids" in body else await self._found(asked, body["filter"])
        names = [name for each in ids if (name := name_of(each)) is not None]
        known = await self._editor.edit_many(
            asked.tenant.id, names, patch, by=asked.caller.key.id, units=asked.caller.units
        )
        return json_response({"results": [_result(each, known) for each in ids]})

    async def _found(self, asked: Asked, filter_: object) -> Sequence[object]:
        try:
            wanted = search.read(filter_)
        except Problem as problem:
            raise changes.refusal(problem) from None
        query = CallQuery(filter=wanted, limit=MOST_CHANGED + 1, units=asked.caller.units)
        page = await self._reader.page(asked.tenant.id, query)
        if len(page.rows) > MOST_CHANGED:
            raise _too_many()
        return [call.uid for call in page.rows]

    async def history(self, asked: Asked) -> Response:
        """Answer with who changed what on a call, newest first."""
        asked.only()
        call = await named(asked, self._reader)
        return json_response({"history": [_entry(each) for each in await self._editor.history(call.tenant, call.key)]})


def _ids(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise InvalidChange("'ids' must be a list of uids or numbers.", field="ids")
    if len(value) > MOST_CHANGED:
        raise _too_many()
    return value


def _result(call_id: object, known: Mapping[str, bool]) -> Mapping[str, object]:
    name = name_of(call_id)
    if name is None:
        return {"id": call_id, "status": 422, "error": "An id is a uid or a number."}
    if not known.get(name):
        return {"id": call_id, "status": 404, "error": no_call().detail}
    return {"id": call_id, "status": 200, "error": None}


def _entry(entry: Entry) -> Mapping[str, object]:
    return {
        "at": instant(entry.at),
        "key": entry.key,
        "field": entry.field,
        "from": entry.before,
        "to": entry.after,
    }


def _changed() -> ChangedMeanwhile:
    return ChangedMeanwhile("The call has changed since; read it again and send its new ETag.")


def _too_many() -> TooMany:
    return TooMany(f"At most {MOST_CHANGED} calls in one change; ask in parts.", most=MOST_CHANGED)
