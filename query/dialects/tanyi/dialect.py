"""The routes of Tanyi and its answers."""

from asyncio import gather
from collections.abc import Mapping
from typing import Any, Final

from query.auth import Scope
from query.dialects.columns import (
    FLAG,
    INTEGER,
    TEXT,
    Schema,
    answered,
    columns_schema,
    json_content,
    list_schema,
    member_schema,
    shown,
)
from query.dialects.dialect import Asked, Dialect, Reply, Route
from query.dialects.matching import every
from query.dialects.pages import Numbered
from query.dialects.tanyi import asking, envelope, signature
from query.dialects.tanyi.asking import Listing
from query.dialects.tanyi.records import DETAILED, FIRST_NUMBER, LISTED, rows
from query.dialects.tanyi.words import LEVELS, LIST_OK, NOT_FOUND, RESULTS
from schemas.call import Call
from schemas.edit import Patch
from schemas.window import Sort, SortBy, Window
from schemas.words import Platform


async def listed(asked: Asked) -> Reply:
    """Answer with one page of a job's calls, the largest record id first."""
    # The answer is made while the signature is looked up and kept; a replay is refused before anything else is.
    kept, reply = await gather(signature.first_time(asked), _listed(asked), return_exceptions=True)
    if isinstance(kept, BaseException):
        raise kept
    if isinstance(reply, BaseException):
        raise reply
    return reply


async def _listed(asked: Asked) -> Reply:
    listing = await asking.listing(asked)
    calls, total = await _found(asked, listing)
    if total == 0 and not await _known(asked, listing):
        raise envelope.refused(asked.ask, NOT_FOUND)
    page = Numbered(listing.page, listing.size, total)
    data = {
        "number": page.page,
        "pageSize": page.size,
        "totalElements": page.total,
        "pages": page.pages,
        "content": [shown(LISTED, row) for row in await rows(asked, calls)],
    }
    return envelope.answered(asked.ask, data, message=LIST_OK)


async def _found(asked: Asked, listing: Listing) -> tuple[list[Call], int]:
    window = _window(skip=(listing.page - 1) * listing.size, limit=listing.size)
    if listing.each:
        return await asked.shelf.newest(listing.job, window, then=listing.filter)
    return await asked.shelf.page(every([listing.job, listing.filter]), window)


def _window(*, skip: int, limit: int) -> Window:
    return Window(sort=Sort(SortBy.RECORD_ID), skip=skip, limit=limit, own=Platform.TANYI, said=True)


async def _known(asked: Asked, listing: Listing) -> bool:
    """Tell whether there is such a job; one whose calls all go on is known, and job 0 always is."""
    return listing.no_job or bool(await asked.shelf.batches(listing.job))


async def detail(asked: Asked) -> Reply:
    """Answer with one call, which is read from now on."""
    await signature.first_time(asked)
    number = asking.record_of_query(asked.ask)
    call = await _record(asked, number)
    if call is None:
        raise envelope.refused(asked.ask, NOT_FOUND)
    (row,) = await rows(asked, [call])
    if asked.key.dialect.tanyi_mark_read and not call.read:
        await asked.shelf.edit(call, Patch({"read": True}))
    return envelope.answered(asked.ask, shown(DETAILED, row))


async def _record(asked: Asked, number: int) -> Call | None:
    if number >= FIRST_NUMBER:
        return await asked.shelf.get(str(number))
    found = await asked.shelf.window(asking.record(number), _window(skip=0, limit=1))
    return found[0] if found else None


def _told(data: Schema) -> Mapping[str, Any]:
    members = {
        "code": INTEGER,
        "data": {"anyOf": [data, {"type": "null"}]},
        "requestId": TEXT,
        "resultMsg": TEXT,
        "errorStackTrace": {"type": "null"},
    }
    return {"responses": answered(member_schema(members))}


def _words(known: Mapping[Any, str] | list[str]) -> Schema:
    return list_schema({"type": "string", "enum": sorted(set(known.values() if isinstance(known, Mapping) else known))})


_PAGE: Final = member_schema(
    {
        **dict.fromkeys(("number", "pageSize", "totalElements", "pages"), INTEGER),
        "content": list_schema(columns_schema(LISTED)),
    }
)
_BODY: Final = {
    **member_schema(
        {
            **dict.fromkeys(("robotCallJobId", "customerGroupId", "dialogFlowId", "callRecordId"), INTEGER),
            "resultStatuses": _words(RESULTS),
            "intentLevels": _words(list(LEVELS)),
            "customerConcern": list_schema(TEXT),
            **dict.fromkeys(("searchWords", "hangupBy", "calledPhoneNumber", "customerPersonName", "readStatus"), TEXT),
            **dict.fromkeys(("realIntent", "lastCallRecord"), FLAG),
            **dict.fromkeys(("chatDurationMin", "chatDurationMax", "redialTimes"), INTEGER),
            "pageNum": {"type": "integer", "minimum": 1},
            "pageSize": {"type": "integer", "minimum": 1, "maximum": asking.LARGEST_PAGE},
        },
        optional=True,
    ),
    "required": ["robotCallJobId"],
}
_SIGNED: Final = [
    {"name": name, "in": "header", "required": name != "version", "schema": TEXT}
    for name in ("appKey", "timestamp", "version", "signature")
]
LIST: Final = {
    "parameters": _SIGNED,
    "requestBody": {"required": True, **json_content(_BODY)},
    **_told(_PAGE),
}
DETAIL: Final = {
    "parameters": [*_SIGNED, {"name": "callRecordId", "in": "query", "required": True, "schema": INTEGER}],
    **_told(columns_schema(DETAILED)),
}


def _list_route(path: str) -> Route:
    return Route(method="POST", path=path, tells="List a job's calls.", scope=Scope.READ, answer=listed, schema=LIST)


TANYI: Final = Dialect(
    name="tanyi",
    title="Tanyi robot call records",
    under=("/apiOpen/v1",),
    routes=(
        _list_route("/apiOpen/v1/callRecord/getCallRecordInfoList"),
        _list_route("/apiOpen/v1/task/getCallRecordInfoList"),
        Route(
            method="GET",
            path="/apiOpen/v1/callRecord/callDetail",
            tells="Read one call.",
            scope=Scope.READ,
            answer=detail,
            schema=DETAIL,
        ),
    ),
    authenticate=signature.authenticate,
    proofs=(("appKey", "signature"),),
    fault=envelope.fault,
)
