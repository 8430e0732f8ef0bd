"""Ruling 22: a question that takes too long is given up with a hint, and MongoDB cancels what it does for it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import pytest

from schemas.call import Batch, Unit
from schemas.export import Wanted
from storage.errors import TooSlow
from storage.mongo import Database, connect
from storage.mongo_exports import AT_ONCE, MongoExports
from storage.mongo_setup import set_up
from tests.ports.stores import in_database
from tests.query.world import START, World
from tests.servers.mongo import FailingMongo

TALKING: Final = {"field": "text", "op": "text", "value": "monday"}
QUESTIONS: Final[dict[str, tuple[str, Any]]] = {
    "list": ("/v1/calls", None),
    "list in another order": ("/v1/calls?order=cost&outcome=busy", None),
    "total": ("/v1/calls?limit=1&include_total=true", None),
    "text": ("/v1/calls?text=monday+-tuesday", None),
    "search": ("/v1/calls/search", {"filter": {"not": TALKING}}),
    "detail": ("/v1/calls/UID", None),
    "transcript": ("/v1/calls/UID/transcript", None),
    "events": ("/v1/calls/UID/events", None),
    "history": ("/v1/calls/UID/history", None),
    "criteria": ("/v1/criteria", None),
    "report": ("/v1/analytics", {"measures": ["count"], "group_by": ["outcome"]}),
    "percentile": ("/v1/analytics", {"measures": ["p95:talk_s"], "filter": TALKING}),
    "batches": ("/v1/batches", None),
    "batch": ("/v1/batches/b-1", None),
    "export of ids": ("/v1/exports", {"format": "csv", "ids": ["UID"]}),
}


@pytest.fixture(scope="module")
def failing() -> Iterator[FailingMongo]:
    with FailingMongo() as server:
        yield server


@pytest.fixture
async def opened(failing: FailingMongo) -> AsyncIterator[Database]:
    async with connect(in_database(failing.url, "slow")) as opened:
        await set_up(opened)
        yield opened


@asynccontextmanager
async def failing_at(database: Database, point: str, **details: Any) -> AsyncIterator[None]:
    """Let MongoDB fail at *point* until the end of the block."""
    admin = database.client.admin
    await admin.command({"configureFailPoint": point, "mode": "alwaysOn", **details})
    try:
        yield
    finally:
        await admin.command({"configureFailPoint": point, "mode": "off"})


async def ask(client: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    return await (client.get(path) if body is None else client.post(path, json=body))


@pytest.mark.parametrize("name", QUESTIONS)
async def test_every_question_is_bounded_and_given_up_with_a_hint(opened: Database, name: str) -> None:
    world = World(opened)
    uid = await world.call("c-1", unit=Unit(id="1"), batch=Batch(id="b-1"), started_at=START, talk_s=3.0)
    path, body = QUESTIONS[name]
    if body is not None and body.get("ids"):
        body = body | {"ids": [uid]}
    async with world.ask() as client, failing_at(opened, "maxTimeAlwaysTimeOut"):
        answer = await ask(client, path.replace("UID", uid), body)

    assert answer.status_code == 503
    assert answer.json()["code"] == "too_slow"
    assert "narrow" in answer.json()["detail"]


@pytest.mark.parametrize("point", ["waitInFindBeforeMakingBatch", "waitAfterPinningCursorBeforeGetMoreBatch"])
async def test_an_export_whose_next_piece_takes_too_long_is_given_up_and_cancelled(
    opened: Database, point: str
) -> None:
    world = World(opened)
    await world.calls(*((f"c-{n}", {"started_at": START}) for n in range(AT_ONCE + 1)))
    exports = MongoExports(opened, longest_s=0.2)
    async with failing_at(opened, point, data={"shouldCheckForInterrupt": True}):
        async with exports.snapshot(world.acme, Wanted()) as snapshot:
            with pytest.raises(TooSlow):
                async for _ in snapshot.parts():
                    pass

        while await at_work(opened):  # noqa: ASYNC110 - MongoDB tells nobody when it has ended
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(("code", "remedy"), [(239, "minSnapshotHistoryWindowInSeconds"), (50, "narrow")])
async def test_an_export_that_fails_on_its_way_tells_why_and_what_to_do(
    opened: Database, code: int, remedy: str
) -> None:
    world = World(opened)
    await world.calls(*((f"c-{n}", {"started_at": START}) for n in range(AT_ONCE + 1)))
    failed = {"failCommands": ["getMore"], "errorCode": code, "namespace": "slow.calls"}
    async with world.ask() as client, failing_at(opened, "failCommand", data=failed):
        order = await client.post("/v1/exports", json={"format": "csv", "filter": {"all": []}})
        path = f"/v1/exports/{order.json()['id']}"
        while (told := (await client.get(path)).json())["status"] == "running":  # noqa: ASYNC110 - as a client looks
            await asyncio.sleep(0.05)
        file = await client.get(told["url"])

    assert (told["status"], file.status_code) == ("failed", 410)
    assert remedy in told["error"]
    assert file.json()["detail"] == told["error"]


async def at_work(database: Database) -> bool:
    """Return whether MongoDB still reads calls for somebody."""
    mine = {"$match": {"active": True, "ns": f"{database.name}.calls"}}
    found = await database.client.admin.aggregate([{"$currentOp": {}}, mine])
    return bool(await found.to_list())
