"""Every ended call as each dialect lists it, page after page, in every unit, job and window that there is."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx

from schemas.call import Call
from tests.dialects.world import DialectWorld

KEY: Final = "walker"
DAY_MS: Final = 86_400_000
MONTH_MS: Final = 30 * DAY_MS
Rows = list[dict[str, Any]]
Answered = tuple[Rows, int]
Walk = Callable[[DialectWorld, Sequence[Call], int], Awaitable[Rows]]


class Client:
    """Asks with one key, each request signed for itself."""

    def __init__(self, world: DialectWorld) -> None:
        """Ask *world*."""
        self._world = world

    async def send(self, method: str, path: str, body: object = None, **params: Any) -> Any:
        """Return the answer's JSON."""
        self._world.clock.pass_(0.001)
        headers = {"Authorization": f"Bearer {KEY}"} | self._world.signed(KEY)
        content = None if body is None else json.dumps(body)
        async with httpx.AsyncClient(transport=self._world.transport, base_url="http://api") as client:
            answer = await client.request(method, path, content=content, params=params or None, headers=headers)
        assert answer.status_code in {200, 201}, (path, answer.text)
        return answer.json()


def unit_uuid(tenant: str, unit_id: str) -> str:
    """Return the UUID that stands for a unit."""
    try:
        return str(UUID(unit_id))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"{tenant}:unit:{unit_id}"))


def units(calls: Sequence[Call]) -> list[str]:
    """Return the units that have calls."""
    return sorted({(call.unit and call.unit.id) or "0" for call in calls})


async def robotappel(world: DialectWorld, calls: Sequence[Call], size: int) -> Rows:
    """Return RobotAppel's history."""

    async def page(number: int) -> Answered:
        told = await Client(world).send("POST", "/callHistory/GetCallHistory", {"page": number, "limit": size})
        return told["calls"], told["total"]

    assert calls
    return await _paged(page)


def windows(calls: Sequence[Call]) -> list[tuple[int, int]]:
    """Return windows of at most 30 days that hold every call once."""
    found: list[tuple[int, int]] = []
    for day in sorted({round(call.created_at.timestamp() * 1000) // DAY_MS * DAY_MS for call in calls}):
        if not found or day > found[-1][1]:
            found.append((day, day + MONTH_MS - 1))
    return found


async def omicall(world: DialectWorld, calls: Sequence[Call], size: int) -> Rows:
    """Return OMICall's lists."""
    rows: Rows = []
    for since, until in windows(calls):

        async def page(number: int, since: int = since, until: int = until) -> Answered:
            asked = {"from_date": since, "to_date": until, "size": size, "page": number}
            told = await Client(world).send("GET", "/api/call_transaction/list", **asked)
            return told["payload"]["items"], told["payload"]["total_items"]

        rows += await _paged(page)
    return rows


async def omicall_search(world: DialectWorld, calls: Sequence[Call], size: int) -> Rows:
    """Return OMICall's searches."""
    rows: Rows = []
    for since, until in windows(calls):

        async def page(number: int, since: int = since, until: int = until) -> Answered:
            body = {"from_date": since, "to_date": until, "user_uuids": []}
            path = "/api/call_transaction/search"
            told = await Client(world).send("POST", path, body, page=number, size=size)
            return told["payload"]["items"], told["payload"]["totalItems"]

        rows += await _paged(page)
    return rows


async def toolzz(world: DialectWorld, calls: Sequence[Call], size: int) -> Rows:
    """Return Toolzz' searches of every unit."""
    rows: Rows = []
    for unit_id in units(calls):

        async def page(number: int, unit_id: str = unit_id) -> Answered:
            path = f"/api/v1/voice/call-logs/search/{unit_uuid(world.acme, unit_id)}"
            told = await Client(world).send("POST", path, {"pagination": {"page": number, "pageSize": size}})
            return told["items"], told["pagination"]["totalItems"]

        rows += await _paged(page)
    return rows


async def tanyi(world: DialectWorld, calls: Sequence[Call], size: int) -> Rows:
    """Return Tanyi's lists of every job."""
    rows: Rows = []
    batches = sorted({(call.batch and call.batch.id) or "0" for call in calls})
    for job in (await world.stores.registers.aliases(world.acme, "job", batches)).values():

        async def page(number: int, job: int = job) -> Answered:
            body = {"robotCallJobId": job, "pageSize": size, "pageNum": number}
            told = await Client(world).send("POST", "/apiOpen/v1/callRecord/getCallRecordInfoList", body)
            return told["data"]["content"], told["data"]["totalElements"]

        rows += await _paged(page)
    return rows


async def zenicall(world: DialectWorld, calls: Sequence[Call], size: int) -> Rows:
    """Return Zenicall's lists of every clinic."""
    rows: Rows = []
    for clinic in (await world.stores.registers.aliases(world.acme, "unit", units(calls))).values():

        async def page(number: int, clinic: int = clinic) -> Answered:
            path = f"/api/v1/call-logs/by-clinic/{clinic}"
            told = await Client(world).send("GET", path, page=number, limit=size)
            return told["items"], told["total"]

        rows += await _paged(page)
    return rows


async def _paged(page: Callable[[int], Awaitable[Answered]]) -> Rows:
    """Return the rows of all pages; there are as many as the total tells."""
    rows, total = await page(1)
    number = 1
    while len(rows) < total:
        number += 1
        more, total = await page(number)
        assert more, "a page before the last one is empty"
        rows += more
    assert len(rows) == total
    return rows


LARGEST: Final[Mapping[str, tuple[Walk, int]]] = {
    "robotappel": (robotappel, 1000),
    "omicall": (omicall, 50),
    "omicall-search": (omicall_search, 50),
    "toolzz": (toolzz, 100),
    "tanyi": (tanyi, 100),
    "zenicall": (zenicall, 100),
}
"""How each list is walked, and its largest page."""
