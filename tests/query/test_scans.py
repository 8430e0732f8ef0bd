"""No question scans a collection: MongoDB's profiler looks on while all is asked that the tables can make."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import product
from typing import Any, Final

import httpx
import pytest

from aftercall.stores import mongo_stores
from query.analytics import MEASURES
from query.buckets import Interval
from query.fields import FIELDS
from query.filters import FILTERS
from query.kinds import FLAG, INTEGER, MONEY, NUMBER, OPEN, PHONE, TEXT, TEXTUAL, TIME
from query.listing import ORDERS
from schemas.call import Batch, Customer, Turn, Unit
from schemas.query import Field, Op
from schemas.report import Group
from schemas.words import Role
from storage.mongo import Database, connect
from storage.mongo_retention import MongoRetention
from storage.mongo_setup import set_up
from tests.ports.stores import in_database
from tests.query.world import NOW, START, World

PROFILE_BYTES: Final = 64_000_000  # what the profiler notes while one test asks
KINDS: Final = {
    kind.name: value
    for kind, value in (
        (OPEN, "a"), (TEXTUAL, "a"), (PHONE, "+33612345678"), (INTEGER, 1_000_000_000), (FLAG, True),
        (TIME, "2026-01-31T08:00:00Z"), (NUMBER, 1), (MONEY, "1"), (TEXT, "monday"),
    )
}  # fmt: skip
TEXTS: Final = ("monday", '"good morning"', "-monday", '-"good morning"', "06 12 34 56 78", "预约", "chào -monday")


def value(field: Field) -> Any:
    kind = FIELDS[field].kind
    return kind.words[0] if kind.words else KINDS[kind.name]


def condition(field: Field, op: Op) -> dict[str, Any]:
    told = {Op.IN: [value(field)], Op.EXISTS: True}.get(op, value(field))
    return {"field": field.value, "op": op.value, "value": told}


CONDITIONS: Final = [condition(field, op) for field, row in FIELDS.items() for op in sorted(row.kind.operators)]
BOUNDS: Final = [condition(FILTERS[name].field, FILTERS[name].op) for name in FILTERS]


@pytest.fixture
async def world(mongo_url: str, database: str) -> AsyncIterator[World]:
    """A world whose database is watched by the profiler."""
    async with connect(in_database(mongo_url, database)) as opened:
        await set_up(opened)
        world = World(opened)
        said = [Turn(n=1, role=Role.CUSTOMER, text="Good morning, Monday 06 12 34 56 78, please.")]
        facts = {"from_": "+33612345678", "unit": Unit(id="1"), "batch": Batch(id="b-1"), "talk_s": 3.0, "turns": said}
        await world.calls(*((f"c-{n}", {"started_at": START, **facts}) for n in range(30)))
        yield world


@asynccontextmanager
async def unscanned(database: Database) -> AsyncIterator[None]:
    """Let the profiler look on until the end of the block, and be content with what it saw."""
    await database.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
    await database.command("profile", 2)
    yield
    await database.command("profile", 0)
    noted = database["system.profile"]
    scanned = noted.find({"planSummary": {"$regex": "COLLSCAN"}}, {"ns": 1, "op": 1, "planSummary": 1})
    assert await noted.estimated_document_count()
    assert await scanned.to_list() == []


async def well(answer: httpx.Response) -> Any:
    assert answer.is_success, (answer.request.url, answer.content)
    return answer.json() if "json" in answer.headers.get("content-type", "") else answer.content


@pytest.mark.parametrize("key", ["crm", "one-unit"])
async def test_no_list_scans_the_calls(world: World, key: str) -> None:
    async with world.ask(key) as client, unscanned(world.database):
        for name, order in product(FILTERS, ORDERS):
            shown = str(value(FILTERS[name].field))
            asked = {name: shown.lower() if shown == "True" else shown, "order": order, "include_total": "true"}
            await well(await client.get("/v1/calls", params=asked))
        for order in ORDERS:
            page = await well(await client.get("/v1/calls", params={"order": order, "limit": 3}))
            await well(await client.get("/v1/calls", params={"order": order, "cursor": page["next_cursor"]}))
        for asked_for in CONDITIONS:
            for filter_ in (asked_for, {"not": asked_for}, {"any": [asked_for, {"not": asked_for}]}):
                await well(await client.post("/v1/calls/search", json={"filter": filter_, "include_total": True}))
        for text, order in product(TEXTS, ORDERS):
            await well(await client.get("/v1/calls", params={"text": text, "order": order, "include": "matches"}))


def reports() -> Iterator[dict[str, Any]]:
    yield from ({"group_by": [group], "filter": filter_} for group, filter_ in product(Group, [None, *BOUNDS]))
    yield from ({"measures": [measure], "filter": filter_} for measure in MEASURES for filter_ in (None, *BOUNDS[:9]))
    yield from ({"interval": each.value, "filter": filter_} for each in Interval for filter_ in (None, *BOUNDS))
    yield {"measures": ["sum:cost", "p95:talk_s"], "group_by": ["unit", "agent", "tag"], "interval": "day"}


async def test_no_report_scans_the_calls(world: World) -> None:
    async with world.ask() as client, unscanned(world.database):
        for report in reports():
            await well(await client.post("/v1/analytics", json=report))


@pytest.mark.parametrize("key", ["crm", "one-unit"])
async def test_no_batch_scans_a_collection(world: World, key: str) -> None:
    async with world.ask(key) as client, unscanned(world.database):
        at = "2026-01-31T08:00:00Z"
        for asked in ({}, {"started_after": at}, {"started_before": at}, {"limit": "1"}):
            await well(await client.get("/v1/batches", params=asked))
        await well(await client.get("/v1/batches/b-1"))


async def test_no_export_scans_a_collection(world: World) -> None:
    async with world.ask() as client, unscanned(world.database):
        wanted: list[dict[str, Any]] = [{"ids": [world.uid("c-1"), "1000000001"]}]
        for each in (*wanted, *({"filter": filter_} for filter_ in BOUNDS)):
            order = {"format": "csv", "columns": ["uid", "transcript"], **each}
            ordered = await well(await client.post("/v1/exports", json=order))
            await well(await client.get(ordered["url"]))
            await well(await client.get(f"/v1/exports/{ordered['id']}"))


async def test_nothing_about_one_call_scans_a_collection(world: World) -> None:
    await world.keep("c-1", b"{}")
    async with world.ask() as client, unscanned(world.database):
        made = await well(await client.post("/v1/criteria", json={"name": "polite"}))
        for id_ in (world.uid("c-1"), "1000000001"):
            for path in ("", "/transcript", "/events", "/history"):
                await well(await client.get(f"/v1/calls/{id_}{path}"))
            await well(await client.patch(f"/v1/calls/{id_}", json={"note": "x"}))
            body = {"values": [{"criteria_id": made["id"], "point": 3}]}
            await well(await client.post(f"/v1/calls/{id_}/evaluations", json=body))
        event = (await well(await client.get(f"/v1/calls/{world.uid('c-1')}/events")))["events"][0]["id"]
        await well(await client.get(f"/v1/calls/{world.uid('c-1')}/events/{event}"))
        patch = {"filter": BOUNDS[0], "patch": {"read": True}}
        await well(await client.post("/v1/calls/bulk", json=patch))
        await well(await client.get("/v1/criteria"))


async def test_neither_erasure_nor_writing_after_it_scans_a_collection(world: World) -> None:
    async with world.ask() as client, unscanned(world.database):
        await well(await client.delete(f"/v1/calls/{world.uid('c-2')}"))
        await well(await client.post("/v1/erasures", json={"number": "+33 6 12 34 56 78"}))
        await world.calls(*((f"c-{n}", {"started_at": START, "from_": "+33612345678"}) for n in range(5)))
        await world.calls(
            *((f"d-{n}", {"started_at": NOW, "customer": Customer(number="0612345678")}) for n in range(5))
        )
        await MongoRetention(world.database).expire(world.acme, before=NOW)
        registers = mongo_stores(world.database).registers
        await registers.notes(world.acme, uid=world.uid("d-1"), skip=0, limit=1)
        await registers.hooks(world.acme)
        await registers.aliases(world.acme, "unit", ["a"])
        await registers.unalias(world.acme, "unit", 1_000_000_000)
