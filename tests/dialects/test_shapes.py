"""Every field of every list and detail has its type, over a thousand calls of all platforms."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from schemas.call import Call
from schemas.query import CallQuery
from schemas.words import Outcome, Platform
from tests.dialects import shapes
from tests.dialects.shapes import Shape
from tests.dialects.varied import updates
from tests.dialects.walks import LARGEST, Client
from tests.dialects.world import DialectWorld

CALLS: Final = 1000
AT_ONCE: Final = 200
ALONE: Final = 9  # every ninth call is read alone too, in each dialect
LISTED: Final[Mapping[str, Shape]] = {
    "robotappel": shapes.ROBOTAPPEL,
    "omicall": shapes.OMICALL,
    "omicall-search": shapes.OMICALL_SEARCH,
    "toolzz": shapes.TOOLZZ,
    "tanyi": shapes.TANYI,
    "zenicall": shapes.ZENICALL,
}


def faults(shape: Shape, rows: Iterable[Any]) -> list[str]:
    """Return what is wrong with *rows*."""
    return [told for n, row in enumerate(rows) for told in shapes.wrong(shape, row, f"[{n}]")]


async def stored(world: DialectWorld, folder: Path, count: int = CALLS) -> list[Call]:
    """Return *count* calls of all platforms."""
    told = updates(world, count, folder)
    assert {update.platform for update in told} == set(Platform)
    for n in range(0, len(told), AT_ONCE):
        await world.tell(*told[n : n + AT_ONCE])
    calls: list[Call] = []
    after = None
    while True:
        page = await world.stores.reader.page(world.acme, CallQuery(limit=200, after=after))
        calls += page.rows
        if (after := page.next) is None:
            return calls


async def test_every_field_has_its_type_in_a_thousand_calls_of_all_platforms(
    world: DialectWorld, tmp_path: Path
) -> None:
    calls = await stored(world, tmp_path)
    ended = [call for call in calls if call.outcome is not Outcome.IN_PROGRESS]

    for name, (walk, size) in LARGEST.items():
        rows = await walk(world, calls, size)
        assert len(rows) == len(ended), name
        assert faults(LISTED[name], rows) == [], name

    client = Client(world)
    for call in calls[::ALONE]:
        assert faults(shapes.ROBOTAPPEL, [await client.send("GET", f"/callHistory/retrieveCallInfo/{call.uid}")]) == []
        told = await client.send("GET", f"/api/call_transaction/detail/{call.uid}")
        assert faults(shapes.OMICALL, [told["payload"]]) == []
        assert faults(shapes.TOOLZZ, [await client.send("GET", f"/api/v1/voice/call-logs/id/{call.uid}")]) == []
        assert faults(shapes.ZENICALL_DETAIL, [await client.send("GET", f"/api/v1/call-logs/{call.number}")]) == []
    for row in (await LARGEST["tanyi"][0](world, calls, 100))[::ALONE]:
        told = await client.send("GET", "/apiOpen/v1/callRecord/callDetail", callRecordId=row["callRecordId"])
        assert faults(shapes.TANYI_DETAIL, [told["data"]]) == []
    batches = await client.send("POST", "/callHistory/getBatchHistory", {"limit": 1000})
    assert faults(shapes.BATCH, batches["batches"]) == []
