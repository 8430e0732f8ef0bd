"""The routes of Toolzz, its answers and its errors."""

from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from query.auth import Scope
from query.dialects.bearer import bearer
from query.dialects.columns import shown
from query.dialects.dialect import Ask, Asked, Dialect, Fault, Faulted, Refused, Reply, Route
from query.dialects.matching import every, of_unit
from query.dialects.pages import Numbered
from query.dialects.shelf import uuid_of
from query.dialects.statuses import KEYS, STATUS, headers
from query.dialects.toolzz import schemas
from query.dialects.toolzz.asking import Wrong, search
from query.dialects.toolzz.items import COLUMNS, Row
from query.zones import zone_named
from runtime.config import Tenant
from schemas.window import Window
from schemas.words import Platform

FOUND: Final = "Call logs retrieved successfully"
READ: Final = "Call log retrieved successfully"
ZONE: Final = "America/Sao_Paulo"
"""Of tenants that name none: Toolzz' own."""


async def search_unit(asked: Asked) -> Reply:
    """Answer with one page of a unit's calls."""
    unit_id = await _unit(asked, afresh=False)
    zone = _zone(asked.tenant)
    try:
        wanted = search(asked.ask.body, now=asked.ask.now, zone=zone)
    except Wrong as wrong:
        raise _refused(wrong.path, wrong.message) from None
    filter_ = every([of_unit(unit_id), wanted.filter])
    skip = (wanted.page - 1) * wanted.size
    window = Window(sort=wanted.sort, skip=skip, limit=wanted.size, own=Platform.TOOLZZ, said=True)
    calls, total = await asked.shelf.page(filter_, window)
    if total == 0:
        await _unit(asked, afresh=True)
    page = Numbered(wanted.page, wanted.size, total)
    base_url = asked.ask.base_url
    rows = [Row(call=call, tenant=asked.tenant, zone=zone, base_url=base_url) for call in calls]
    items = [shown(COLUMNS, row) for row in rows]
    return Reply(body={"message": FOUND, "items": items, "pagination": _pagination(page)})


async def one(asked: Asked) -> Reply:
    """Answer with one call, found by the provider's id, else by ours."""
    call = await asked.shelf.find(asked.ask.parts["callId"])
    if call is None:
        raise _missing()
    zone, base_url = _zone(asked.tenant), asked.ask.base_url
    row = Row(call=call, tenant=asked.tenant, zone=zone, base_url=base_url, alone=True, message=READ)
    return Reply(body=shown(COLUMNS, row))


async def _unit(asked: Asked, *, afresh: bool) -> str:
    """Return the id of the unit in the path; unless *afresh* it may have lost its calls since."""
    try:
        wanted = str(UUID(asked.ask.parts["unityId"]))
    except ValueError:
        raise _refused("unityId", "must be a UUID") from None
    tenant = asked.tenant.id
    found = await asked.shelf.unit(lambda id_: uuid_of(tenant=tenant, kind="unit", id_=id_) == wanted, afresh=afresh)
    if found is None:
        raise _missing()
    return found


def _zone(tenant: Tenant) -> ZoneInfo:
    return zone_named(tenant.time_zone or ZONE) or ZoneInfo(ZONE)


def _pagination(page: Numbered) -> dict[str, Any]:
    return {
        "currentPage": page.page,
        "hasNextPage": page.has_next,
        "hasPreviousPage": page.has_previous,
        "pageSize": page.size,
        "totalItems": page.total,
        "totalPages": page.pages,
    }


def _missing() -> Refused:
    """Return the one 404 that the contract has, of calls and of units."""
    return Refused(Reply(body={"message": "Call log not found"}, status=404))


def _refused(path: str, message: str) -> Refused:
    errors = [{"path": path, "message": message}]
    told = f"{path} {message}" if path else message
    return Refused(Reply(body={"message": told, "errors": errors}, status=400))


def fault(faulted: Faulted, ask: Ask) -> Reply:
    """Return `{"message"}`, which every answer of Toolzz has."""
    message = MESSAGES.get(faulted.fault) or faulted.detail or "Not found"
    if faulted.fault in KEYS:
        message = "Unauthorized"
    return Reply(body={"message": message}, status=STATUS[faulted.fault], headers=headers(faulted))


MESSAGES: Final = {
    Fault.NO_PATH: "Not found",
    Fault.SWITCHED_OFF: "Not found",
    Fault.METHOD: "Method not allowed",
    Fault.INTERNAL: "Internal server error",
}

TOOLZZ: Final = Dialect(
    name="toolzz",
    title="Toolzz voice call logs",
    under=("/api/v1/voice/call-logs",),
    routes=(
        Route(
            method="POST",
            path="/api/v1/voice/call-logs/search/{unityId}",
            tells="Search a unit's calls.",
            scope=Scope.READ,
            answer=search_unit,
            schema=schemas.SEARCH,
        ),
        Route(
            method="GET",
            path="/api/v1/voice/call-logs/id/{callId}",
            tells="Read one call.",
            scope=Scope.READ,
            answer=one,
            schema=schemas.ONE,
        ),
    ),
    authenticate=bearer,
    fault=fault,
)
