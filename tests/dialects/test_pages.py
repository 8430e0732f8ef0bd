"""Pages hold every row once at every size while calls arrive and change, and sums are those of the native analytics."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from schemas.call import Batch, Unit
from schemas.words import Direction, Outcome, Stage
from tests.dialects.test_shapes import stored
from tests.dialects.walks import Client, unit_uuid, windows
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START

ROWS: Final = 23
SIZES: Final = (1, 7, 22, 24)
SINCE: Final = START - timedelta(days=1)
UNTIL: Final = START + timedelta(days=1)
SPAN: Final = {"from_date": round(SINCE.timestamp() * 1000), "to_date": round(UNTIL.timestamp() * 1000)}
DAYS: Final = (SINCE.isoformat(), UNTIL.isoformat())
Rows = tuple[list[Any], int]
Asking = Callable[[Client, DialectWorld, int, int], Awaitable[Rows]]


async def robotappel(client: Client, _: DialectWorld, page: int, size: int) -> Rows:
    body = {"startDate_from": DAYS[0], "startDate_to": DAYS[1], "page": page, "limit": size}
    told = await client.send("POST", "/callHistory/GetCallHistory", body)
    return [row["callSid"] for row in told["calls"]], told["totalPages"]


async def omicall(client: Client, _: DialectWorld, page: int, size: int) -> Rows:
    told = await client.send("GET", "/api/call_transaction/list", page=page, size=size, **SPAN)
    return [row["transaction_id"] for row in told["payload"]["items"]], told["payload"]["total_pages"]


async def omicall_search(client: Client, _: DialectWorld, page: int, size: int) -> Rows:
    body = {**SPAN, "user_uuids": []}
    told = await client.send("POST", "/api/call_transaction/search", body, page=page, size=size)
    return [row["transaction_id"] for row in told["payload"]["items"]], told["payload"]["totalPages"]


async def toolzz(client: Client, world: DialectWorld, page: int, size: int) -> Rows:
    body = {
        "filters": {"startDate": DAYS[0], "endDate": DAYS[1]},
        "pagination": {"page": page, "pageSize": size},
        "orderBy": {"column": "duration", "direction": "ASC"},
    }
    told = await client.send("POST", f"/api/v1/voice/call-logs/search/{unit_uuid(world.acme, 'busy')}", body)
    return [row["callId"] for row in told["items"]], told["pagination"]["totalPages"]


async def tanyi(client: Client, _: DialectWorld, page: int, size: int) -> Rows:
    body = {"robotCallJobId": 50, "pageNum": page, "pageSize": size}
    told = await client.send("POST", "/apiOpen/v1/callRecord/getCallRecordInfoList", body)
    return [row["callRecordId"] for row in told["data"]["content"]], told["data"]["pages"]


async def zenicall(client: Client, world: DialectWorld, page: int, size: int) -> Rows:
    body = {"clinic_id": unit_uuid(world.acme, "busy"), "start_date": DAYS[0], "end_date": DAYS[1]}
    order = {"order_by": "caller_last_name", "order_direction": "asc"}
    told = await client.send("POST", "/api/v1/call-logs/search", body, page=page, limit=size, **order)
    return [row["external_call_id"] for row in told["items"]], told["pages"]


LISTS: Final[Mapping[str, Asking]] = {
    "robotappel": robotappel,
    "omicall": omicall,
    "omicall search": omicall_search,
    "toolzz": toolzz,
    "tanyi": tanyi,
    "zenicall": zenicall,
}


async def arrive(world: DialectWorld, n: int) -> None:
    """Store a call outside the window, one that still goes on inside of it, and what is told of an old one again."""
    late = {"received": NOW, "unit": Unit(id="busy"), "stage": Stage.ENDED, "outcome": Outcome.ANSWERED}
    await world.calls(
        (f"late-{n}", late | {"started_at": NOW, "batch": Batch(id="51")}),
        (f"going-{n}", {"received": START, "stage": Stage.PROGRESS, "unit": Unit(id="busy"), "batch": Batch(id="50")}),
        (f"old-{n % ROWS:02d}", {**row(n % ROWS), "summary": "again", "event": f"again-{n}", "rank": 20}),
    )


def row(n: int) -> dict[str, Any]:
    """Return the facts of a call of the window; several are alike in all that a list is ordered by."""
    return {
        "stage": Stage.ENDED,
        "outcome": Outcome.ANSWERED,
        "received": START + timedelta(seconds=n // 3),
        "started_at": START + timedelta(seconds=n // 4),
        "talk_s": float(n // 5),
        "unit": Unit(id="busy"),
        "batch": Batch(id="50"),
    }


@pytest.mark.parametrize("name", LISTS)
async def test_a_closed_window_holds_every_row_once_at_every_size_while_calls_arrive(
    world: DialectWorld, name: str
) -> None:
    await world.calls(*((f"old-{n:02d}", row(n)) for n in range(ROWS)))
    client, arrived = Client(world), 0
    orders = []
    for size in SIZES:
        found: list[Any] = []
        for page in range(1, -(-ROWS // size) + 1):
            rows, pages = await LISTS[name](client, world, page, size)
            assert (len(rows), pages) == (min(size, ROWS - len(found)), -(-ROWS // size))
            found += rows
            await arrive(world, arrived := arrived + 1)
        beyond, _ = await LISTS[name](client, world, pages + 1, size)
        assert beyond == []
        orders.append(found)

    assert len(set(orders[0])) == ROWS
    assert all(order == orders[0] for order in orders)


async def test_sums_are_those_of_the_native_analytics(world: DialectWorld, tmp_path: Path) -> None:
    calls = await stored(world, tmp_path, count=400)
    client = Client(world)
    over = {"not": {"field": "outcome", "op": "eq", "value": "in_progress"}}
    body = {"group_by": ["direction"], "measures": ["count", "sum:talk_s"], "filter": over}
    native = (await client.send("POST", "/v1/analytics", body))["rows"]

    history = await client.send("POST", "/callHistory/GetCallHistory", {})
    assert history["total"] == sum(each["count"] for each in native)
    assert history["total_call_time"] == pytest.approx(sum(each["sum:talk_s"] for each in native))

    reports = [
        (await client.send("GET", "/api/call_transaction/report", from_date=since, to_date=until))["payload"]
        for since, until in windows(calls)
    ]
    for way in (Direction.INBOUND, Direction.OUTBOUND):
        mine = [each for told in reports for each in told["categorized_by_direction"] if each["_id"] == way]
        (known,) = (each for each in native if each["direction"] == way)
        assert sum(each["total_count"] for each in mine) == known["count"]
        assert sum(each["total_time"] for each in mine) == pytest.approx(known["sum:talk_s"], abs=len(reports) / 2)
    local = sum(told["categorized_by_local_direction"]["total_call"] for told in reports)
    assert local == sum(each["count"] for each in native if each["direction"] == Direction.LOCAL)
