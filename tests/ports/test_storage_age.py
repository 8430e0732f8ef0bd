"""Calls made anew from raw events, and calls that end by age."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest

from aftercall.retention import end_old_calls
from runtime.config import Config, Tenant
from schemas.batch import BatchQuery
from schemas.call import Agent, Batch
from schemas.edit import Patch
from schemas.envelope import Envelope
from schemas.query import CallQuery
from schemas.update import CallUpdate, Facts, OrderKey
from schemas.words import Platform, Role
from storage.mongo import Database, connect
from storage.mongo_batches import MongoBatches
from storage.mongo_edits import MongoEditor
from storage.mongo_erasure import MongoEraser
from storage.mongo_reader import MongoReader
from storage.mongo_rebuild import MongoRebuilder, Rebuilt
from storage.mongo_retention import MongoRetention
from storage.mongo_writer import MongoWriter
from tests.ports.stores import in_database
from tests.pure.storage.updates import START, START_MS, at, make_update, say


class World(NamedTuple):
    """A database and what works on it."""

    database: Database
    writer: MongoWriter
    reader: MongoReader
    editor: MongoEditor
    rebuilder: MongoRebuilder

    async def receive(self, event: Envelope, **said: Any) -> None:
        """Keep and fold *event*, which says *said*."""
        await self.writer.keep([event])
        await self.writer.apply([means(event, **said)])

    async def rebuild(self, **said: dict[str, Any]) -> Sequence[Rebuilt]:
        """Rebuild every call, its events now meaning *said* by event id, nothing where that is missing."""
        uids = [uid async for uid in self.rebuilder.calls(tenant="acme")]

        def normalise(event: Envelope) -> CallUpdate | None:
            return means(event, **said[event.event_id]) if event.event_id in said else None

        return [await self.rebuilder.rebuild(uid, normalise) for uid in uids]

    async def only(self) -> Any:
        """Return the one call that there is, whole."""
        [row] = (await self.reader.page("acme", CallQuery())).rows
        return await self.reader.get("acme", row.uid)


@pytest.fixture
async def world(mongo_url: str, prepared: str) -> AsyncIterator[World]:
    async with connect(in_database(mongo_url, prepared)) as opened:
        writer = MongoWriter(opened, raw_days=lambda _: 30_000)
        rebuilder = MongoRebuilder(opened, writer=writer)
        yield World(opened, writer, MongoReader(opened), MongoEditor(opened), rebuilder)


def event(name: str, *, received: int = 0, call: str = "c-1", body: bytes = b"{}") -> Envelope:
    return Envelope(
        event_id=name, platform=Platform.VAPI, connection="acme-vapi", tenant="acme", call_id=call,
        event_type="end", received_at=START_MS + received, content_type="application/json", body=body,
    )  # fmt: skip


def means(event: Envelope, *, rank: int = 1, **said: Any) -> CallUpdate:
    order = OrderKey(rank, event.received_at, event.received_at, event.event_id, event.digest)
    return CallUpdate(
        tenant=event.tenant, platform=event.platform, platform_call_id=event.call_id, order=order,
        facts=Facts(rank=rank, **said),
    )  # fmt: skip


async def test_a_better_reading_replaces_the_whole_of_the_old_one(world: World) -> None:
    await world.receive(event("e1"), rank=9, summary="misread", title="never said", turns=[say(Role.AGENT, "wrong")])
    await world.receive(event("e2", received=1), rank=2, summary="right", turns=[say(Role.AGENT, "right")])
    before = await world.only()
    await world.editor.edit("acme", before.uid, Patch({"note": "ours"}), by="crm")

    told = await world.rebuild(e1={"rank": 1}, e2={"rank": 2, "summary": "right", "turns": [say(Role.AGENT, "right")]})
    after = await world.only()

    assert told == [Rebuilt.ANEW]
    assert (after.summary, after.title, [turn.text for turn in after.turns]) == ("right", None, ["right"])
    assert (after.number, after.note, after.updated_by) == (before.number, "ours", "crm")
    assert await world.database["transcripts"].count_documents({}) == 1


async def test_a_rebuild_by_the_same_reading_changes_nothing(world: World) -> None:
    first = event("e1")
    await world.receive(first, summary="one")
    await world.receive(event("e2", received=1), summary="two", rank=0)
    await world.receive(event("e1", received=5), summary="one")
    before = await world.only()

    assert await world.rebuild(e1={"summary": "one"}, e2={"summary": "two", "rank": 0}) == [Rebuilt.ANEW]
    assert await world.only() == before


async def test_what_is_shown_follows_todays_rules_though_the_events_say_the_same(world: World) -> None:
    await world.receive(event("e1"), summary="one")
    before = await world.only()
    await world.database["calls"].update_one({}, {"$set": {"talk_s": 999.0, "outcome": "busy"}})

    assert await world.rebuild(e1={"summary": "one"}) == [Rebuilt.ANEW]
    after = await world.only()
    assert (after.talk_s, after.outcome) == (before.talk_s, before.outcome)


async def test_a_call_whose_first_raw_event_is_gone_is_left_as_it_is(world: World) -> None:
    await world.receive(event("e1"), summary="first")
    await world.receive(event("e2", received=1), title="second")
    await world.database["events"].delete_one({"event_id": "e1"})
    before = await world.only()

    assert await world.rebuild(e2={"title": "better"}) == [Rebuilt.INCOMPLETE]
    assert await world.only() == before


async def test_a_call_whose_fact_nobody_can_say_again_is_left_as_it_is(world: World) -> None:
    await world.receive(event("e1"), title="first")
    await world.receive(event("e2"), summary="second")
    await world.database["events"].delete_one({"event_id": "e2"})
    before = await world.only()

    assert await world.rebuild(e1={"title": "better"}) == [Rebuilt.INCOMPLETE]
    assert await world.only() == before


async def test_lost_calls_come_back_and_erased_ones_do_not(world: World) -> None:
    await world.receive(event("e1", call="lost"), title="lost")
    await world.receive(event("e1", call="erased"), title="erased")
    [erased] = [c for c in (await world.reader.page("acme", CallQuery())).rows if c.platform_call_id == "erased"]
    await MongoEraser(world.database).erase("acme", erased.uid)
    await world.writer.keep([event("e1", call="erased")])
    await world.database["calls"].delete_many({})

    assert await world.rebuild(e1={"title": "again"}) == [Rebuilt.ANEW]
    assert (await world.only()).title == "again"


async def test_a_call_that_nobody_understands_any_more_is_left_as_it_is(world: World) -> None:
    await world.receive(event("e1"), title="told")

    assert await world.rebuild() == [Rebuilt.SILENT]
    assert (await world.only()).title == "told"


async def test_an_event_that_comes_while_a_call_is_rebuilt_is_not_lost(world: World) -> None:
    await world.receive(event("e1"), title="told")
    [uid] = [uid async for uid in world.rebuilder.calls()]
    before = await world.database["calls"].find_one({})
    await world.receive(event("e2", received=1), summary="late")
    readings: dict[str, dict[str, Any]] = {"e1": {"title": "better"}, "e2": {"summary": "late"}}

    assert not await world.writer.refold(before, [means(event("e1"), title="better")])
    assert await world.rebuilder.rebuild(uid, lambda read: means(read, **readings[read.event_id])) is Rebuilt.ANEW
    assert ((await world.only()).title, (await world.only()).summary) == ("better", "late")


async def test_calls_end_by_age_with_all_that_lies_behind_them(world: World) -> None:
    batch = Batch(id="b")
    turns = [say(Role.AGENT, "hi")]
    await world.writer.keep([event("e1", call="old"), event("e1", call="young")])
    await world.writer.apply([
        make_update(call="old", started_at=at(0), turns=turns, batch=batch),
        make_update(call="young", started_at=at(100), turns=turns, batch=batch),
        make_update(call="old, no start", received=0, agent=Agent(id="a")),
        make_update(call="young, no start", received=100),
        make_update(call="old", tenant="other", started_at=at(0)),
    ])  # fmt: skip

    retention = MongoRetention(world.database)

    assert await retention.expire("acme", before=at(50)) == 2
    assert await retention.expire("acme", before=at(50)) == 0
    left = {row.platform_call_id for row in (await world.reader.page("acme", CallQuery())).rows}
    assert left == {"young", "young, no start"}
    assert (await world.reader.page("other", CallQuery(total=True))).total == 1
    assert await world.database["transcripts"].count_documents({}) == 1
    assert await world.database["events"].count_documents({}) == 1
    [row] = (await MongoBatches(world.database).page("acme", BatchQuery())).rows
    assert row.count == 1


async def test_each_tenant_keeps_its_calls_as_long_as_it_says(world: World) -> None:
    calls = [make_update(call=f"c-{day}", started_at=START + timedelta(days=day)) for day in range(4)]
    await world.writer.apply(calls)
    await world.writer.apply([msgspec.structs.replace(call, tenant="other") for call in calls])
    config = Config(tenants=(Tenant(id="acme", retention_days=2), Tenant(id="other")))

    ageing = asyncio.create_task(
        end_old_calls(world.database, lambda: config, clock=lambda: START + timedelta(days=4, seconds=-1))
    )
    async with asyncio.timeout(60):
        while (await world.reader.page("acme", CallQuery(total=True))).total != 2:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)
    ageing.cancel()

    left = (await world.reader.page("acme", CallQuery())).rows
    assert [call.platform_call_id for call in left] == ["c-3", "c-2"]
    assert (await world.reader.page("other", CallQuery(total=True))).total == 4


async def test_a_fault_with_one_tenant_keeps_no_other_tenants_calls(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await world.writer.apply([make_update(started_at=START)])
    config = Config(tenants=(Tenant(id="faulty", retention_days=1), Tenant(id="acme", retention_days=1)))
    times = iter([None, START + timedelta(days=2)])

    def clock() -> datetime:
        now = next(times)
        if now is None:
            raise RuntimeError
        return now

    ageing = asyncio.create_task(end_old_calls(world.database, lambda: config, clock=clock))
    async with asyncio.timeout(60):
        while (await world.reader.page("acme", CallQuery(total=True))).total:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)
    ageing.cancel()

    assert [line.message for line in caplog.records if line.levelname == "ERROR"] == ["retention_failed"]
