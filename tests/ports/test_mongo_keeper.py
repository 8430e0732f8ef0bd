"""A database is set up once, watched, and keeps its secrets."""

import asyncio
import gc
from contextlib import suppress
from pathlib import Path

import pytest

from runtime.errors import CannotStart, Misconfigured
from storage.errors import Away
from storage.mongo import connect
from storage.mongo_indexes import INDEXES
from storage.mongo_keeper import MongoKeeper
from storage.mongo_writer import MongoWriter
from storage.mongod_binary import find
from tests.ports.stores import in_database
from tests.pure.storage.updates import make_update
from tests.servers.hosts import Child
from tests.servers.mongo import MongoServer
from tests.servers.ports import free_port

# The driver forgets to close a socket whose server goes away while it is being opened.
LEFT_OPEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


async def test_setting_up_twice_changes_nothing(mongo_url: str, database: str) -> None:
    async with connect(in_database(mongo_url, database)) as opened:
        keeper = MongoKeeper(opened)
        assert len(await keeper.findings()) == len(INDEXES)

        await asyncio.gather(keeper.set_up(), MongoKeeper(opened).set_up())
        await keeper.set_up()

        assert await keeper.findings() == []
        assert await keeper.ready()


async def test_an_index_made_otherwise_is_told_with_its_remedy(mongo_url: str, database: str) -> None:
    async with connect(in_database(mongo_url, database)) as opened:
        await opened["calls"].create_index([("tenant", 1), ("number", -1)], name="number")
        keeper = MongoKeeper(opened)
        await keeper.set_up()

        [finding] = await keeper.findings()

        assert "db.calls.dropIndex('number')" in finding
        assert "aftercall setup --anew" in finding
        assert await MongoKeeper(opened).findings() == [finding]  # by who did not set up, too


async def test_an_index_of_an_older_name_is_told_by_that_name(mongo_url: str, database: str) -> None:
    async with connect(in_database(mongo_url, database)) as opened:
        await opened["batches"].create_index([("tenant", 1), ("stale", 1)], name="to_sum")
        keeper = MongoKeeper(opened)
        await keeper.set_up()

        assert any("db.batches.dropIndex('to_sum')" in finding for finding in await keeper.findings())


async def test_what_an_older_version_made_is_made_again_where_that_is_asked_for(mongo_url: str, database: str) -> None:
    async with connect(in_database(mongo_url, database)) as opened:
        await opened["calls"].create_index([("tenant", 1), ("number", -1)], name="number")
        await opened["batches"].create_index([("tenant", 1), ("stale", 1)], name="to_sum")
        await opened["exports"].create_index([("expires_at", 1)], name="exports_expiry", expireAfterSeconds=9)
        await opened["calls"].create_index([("of_people", 1)], name="made_by_people")
        keeper = MongoKeeper(opened)
        await keeper.set_up()
        assert len(await keeper.findings()) == 3

        await keeper.set_up(anew=True)

        assert await keeper.findings() == []
        assert "made_by_people" in await opened["calls"].index_information()


async def test_the_signing_key_is_made_once(mongo_url: str, database: str) -> None:
    async with connect(in_database(mongo_url, database)) as opened:
        keys = await asyncio.gather(*(MongoKeeper(opened).signing_key() for _ in range(8)))

        assert len(set(keys)) == 1
        assert len(keys[0]) == 32


@LEFT_OPEN
async def test_a_server_that_is_away_is_told_apart(own_mongo: MongoServer) -> None:
    async with connect(in_database(own_mongo.url, "aftercall")) as opened:
        keeper, writer = MongoKeeper(opened), MongoWriter(opened, raw_days=lambda _: 30)
        await keeper.set_up()
        own_mongo.stop()

        assert not await keeper.ready()
        with pytest.raises(Away):
            await writer.apply([make_update()])

    with pytest.raises(Away):
        async with connect(own_mongo.url):
            pass
    gc.collect()


async def test_an_address_that_cannot_be_read_is_a_wrong_setting() -> None:
    with pytest.raises(Misconfigured, match="AFTERCALL_MONGO_URL"):
        async with connect("mongodb://[nowhere"):
            pass


async def test_numbers_go_on_behind_those_that_calls_have(mongo_url: str, database: str) -> None:
    async with connect(in_database(mongo_url, database)) as opened:
        await MongoKeeper(opened).set_up()
        await MongoWriter(opened, raw_days=lambda _: 30).apply([make_update(call=f"c-{n}") for n in range(3)])
        await opened["counters"].delete_many({})

        await MongoWriter(opened, raw_days=lambda _: 30).apply([make_update(call=f"d-{n}") for n in range(3)])

        numbers = [row["number"] async for row in opened["calls"].find().sort("number")]
        assert len(set(numbers)) == 6


@LEFT_OPEN
async def test_a_standalone_server_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    port = free_port()
    command = [str(find()), "--dbpath", str(tmp_path / "storage"), "--port", str(port), "--bind_ip", "127.0.0.1"]
    server = Child(command, log=tmp_path / "log")
    server.start()
    try:
        with pytest.raises(CannotStart, match=r"--replSet.*rs\.initiate"):
            await reach(f"mongodb://127.0.0.1:{port}")
    finally:
        server.remove()
        gc.collect()


async def reach(url: str) -> None:
    """Connect once the server listens."""
    while True:
        with suppress(Away):
            async with connect(url):
                return
