"""Ruling 21: calls as they change, over a real server and a real change stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Self

import httpx
import msgspec
import pytest
import uvicorn

from query import live
from schemas.call import Unit
from schemas.query import EVERYTHING
from schemas.words import Direction
from storage.errors import Slow
from storage.mongo_feed import WAITING, MongoFeed
from tests.query.world import World

SOON_S = 60


@pytest.fixture
async def served(world: World) -> AsyncIterator[str]:
    """The URL of the app behind a real server."""
    config = uvicorn.Config(world.app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await serving


class Watching:
    """One connection to the live feed."""

    def __init__(self, url: str, key: str = "crm", query: str = "", last: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} | ({"Last-Event-ID": last} if last else {})
        self._client = httpx.AsyncClient(base_url=url, headers=headers, timeout=SOON_S)
        self._query = query

    async def __aenter__(self) -> Self:
        self._streaming = self._client.stream("GET", f"/v1/live?{self._query}")
        self.answer = await self._streaming.__aenter__()
        self._lines = self.answer.aiter_lines()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._streaming.__aexit__(None, None, None)
        await self._client.aclose()

    async def event(self) -> tuple[str, dict[str, Any]]:
        """Return the id and the call of the next event."""
        told: dict[str, str] = {}
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if not line and told:
                assert told["event"] == "call"
                return told["id"], json.loads(told["data"])
            if name and not line.startswith(":"):
                told[name] = value
        raise AssertionError("the stream ended")

    async def calls(self, count: int) -> list[str]:
        """Return the platform's ids of the next *count* calls."""
        return [(await self.event())[1]["platform_call_id"] for _ in range(count)]


async def nobody_watches(world: World) -> None:
    """Return when the feed has forgotten everybody and everything."""
    feed = world.stores.feed
    assert isinstance(feed, MongoFeed)
    async with asyncio.timeout(SOON_S):
        while feed._readers or feed._watching:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.02)


async def test_webhooks_and_edits_send_the_lists_view(world: World, served: str, crm: httpx.AsyncClient) -> None:
    async with Watching(served) as watching:
        uid = await world.call("c-1", summary="theirs")
        first = (await watching.event())[1]
        listed = (await crm.get("/v1/calls")).json()["calls"]
        await crm.patch(f"/v1/calls/{uid}", json={"summary": "mine"})
        second = (await watching.event())[1]

    assert watching.answer.headers["content-type"].startswith("text/event-stream")
    assert [first] == listed
    assert (second["uid"], second["summary"]) == (uid, "mine")


async def test_filters_units_and_tenants_bound_what_is_told(world: World, served: str) -> None:
    async with (
        Watching(served, query="direction=inbound&min_duration=5") as filtered,
        Watching(served, key="one-unit") as bound,
        Watching(served, key="other") as other,
    ):
        await world.call("c-1", direction=Direction.INBOUND, duration_s=1.0)
        await world.call("c-2", direction=Direction.INBOUND, duration_s=5.0)
        await world.call("c-3", unit=Unit(id="1"))
        await world.call("c-4", tenant=world.other)

        assert await filtered.calls(1) == ["c-2"]
        assert await bound.calls(1) == ["c-3"]
        assert await other.calls(1) == ["c-4"]


async def test_a_stream_ends_when_its_key_does(world: World, served: str) -> None:
    expiring = world.key("guest", expires_at=world.clock.now + timedelta(minutes=1))
    world.config = msgspec.structs.replace(world.config, keys=(*world.config.keys, expiring))
    async with Watching(served, key="guest") as guest, Watching(served) as staying:
        await world.call("c-1")
        assert await guest.calls(1) == ["c-1"]
        world.clock.pass_(61)
        await world.call("c-2")

        assert await staying.calls(2) == ["c-1", "c-2"]
        with pytest.raises(AssertionError, match="ended"):
            await guest.event()


@pytest.mark.parametrize("left", [None, {"scopes": ("write",)}, {"units": ("1",)}])
async def test_a_stream_ends_when_its_key_is_taken_away_or_narrowed(
    world: World, served: str, left: dict[str, Any] | None
) -> None:
    others = world.config.keys
    world.config = msgspec.structs.replace(world.config, keys=(*others, world.key("guest")))
    async with Watching(served, key="guest") as guest, Watching(served) as staying:
        await world.call("c-1")
        assert await guest.calls(1) == ["c-1"]
        changed = () if left is None else (world.key("guest", **left),)
        world.config = msgspec.structs.replace(world.config, keys=(*others, *changed))

        with pytest.raises(AssertionError, match="ended"):  # by itself: nothing more happens
            await guest.event()
        await world.call("c-2")
        assert await staying.calls(2) == ["c-1", "c-2"]


async def test_a_reader_comes_back_without_a_gap(world: World, served: str) -> None:
    async with Watching(served) as staying:
        async with Watching(served) as watching:
            await world.call("c-1")
            last, _ = await watching.event()
        for n in (2, 3):
            await world.call(f"c-{n}")

        async with Watching(served, last=last) as again:
            await world.call("c-4")
            assert await again.calls(3) == ["c-2", "c-3", "c-4"]
        assert await staying.calls(4) == ["c-1", "c-2", "c-3", "c-4"]


async def test_a_reader_comes_back_to_a_process_that_remembers_nothing(
    world: World, served: str, crm: httpx.AsyncClient
) -> None:
    async with Watching(served) as watching:
        await world.call("c-1")
        last, _ = await watching.event()
    await nobody_watches(world)
    await world.call("c-2", summary="erased meanwhile")
    await crm.delete(f"/v1/calls/{world.uid('c-2')}")
    await world.call("c-3")

    async with Watching(served, last=last) as again:
        await world.call("c-4")
        assert await again.calls(2) == ["c-3", "c-4"]


async def test_what_was_erased_is_not_told_to_one_who_comes_back(
    world: World, served: str, crm: httpx.AsyncClient
) -> None:
    async with Watching(served) as staying:
        await world.call("c-1")
        last, _ = await staying.event()
        await world.call("c-2")
        await crm.delete(f"/v1/calls/{world.uid('c-2')}")
        await world.call("c-3")
        assert await staying.calls(2) == ["c-2", "c-3"]

        async with Watching(served, last=last) as again:
            assert await again.calls(1) == ["c-3"]


@pytest.mark.parametrize("last", ["x", "AAAA", "0" * 400])
async def test_an_unusable_last_event_id_is_400(crm: httpx.AsyncClient, last: str) -> None:
    answer = await crm.get("/v1/live", headers={"Last-Event-ID": last})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_event_id")


async def test_another_tenants_event_id_is_400(world: World, served: str) -> None:
    async with Watching(served) as watching:
        await world.call("c-1")
        last, _ = await watching.event()

    async with world.ask("other") as other:
        assert (await other.get("/v1/live", headers={"Last-Event-ID": last})).status_code == 400


@pytest.mark.parametrize(("query", "code"), [("limit=5", "unknown_parameter"), ("outcome=x", "bad_value")])
async def test_wrong_filters_are_400(crm: httpx.AsyncClient, query: str, code: str) -> None:
    assert (await crm.get(f"/v1/live?{query}")).json()["code"] == code


async def test_a_heartbeat_comes_while_nothing_happens(
    world: World, served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
    async with Watching(served) as watching:
        beats = [await anext(watching._lines) for _ in range(6)]

    assert beats == [":", ""] * 3


async def test_a_reader_for_whom_too_many_wait_is_cut_off(world: World) -> None:
    feed = MongoFeed(world.database)
    async with feed.listen(world.acme, EVERYTHING) as slow:
        for start in range(0, WAITING + 50, 50):
            await world.calls(*((f"c-{n}", {}) for n in range(start, start + 50)))

        async with feed.listen(world.acme, EVERYTHING) as later, asyncio.timeout(SOON_S):
            await world.call("last")
            while (await later.next()).call.platform_call_id != "last":
                pass  # behind it, all before it have come to the slow one, too
        with pytest.raises(Slow):
            await slow.next()


async def test_a_fault_of_ours_ends_the_streams_so_that_their_readers_come_again(
    world: World, served: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with Watching(served) as watching:
        await world.database["calls"].insert_one({"_id": "nobody's"})  # no tenant: nothing of ours writes such a call
        with pytest.raises(AssertionError, match="ended"):
            await watching.event()
    async with Watching(served) as again:
        await world.call()

        assert await again.calls(1) == ["c-1"]
    assert "live_feed_failed" in caplog.text


async def test_a_connection_that_ends_leaves_nothing_behind(world: World, served: str) -> None:
    async with Watching(served):
        pass

    await nobody_watches(world)


async def test_a_process_that_stops_lets_its_readers_go(world: World, served: str) -> None:
    async with Watching(served) as watching:
        await world.call("c-1")
        last, _ = await watching.event()

        await world.stores.feed.close()

        assert [line async for line in watching._lines if line and not line.startswith(":")] == []
    async with Watching(served, last=last) as again:
        await world.call("c-2")
        assert await again.calls(1) == ["c-2"]
