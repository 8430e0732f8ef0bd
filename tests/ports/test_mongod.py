"""Our own mongod keeps its calls and its address over all that may happen to one machine."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from runtime.errors import CannotStart
from storage.mongod import Mongod

WITHIN_S = 90
PARENT = """
import asyncio, pathlib, sys
from storage.mongod import Mongod

async def main():
    async with Mongod(pathlib.Path(sys.argv[1])):
        print("ready", flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture
async def mongod(tmp_path: Path) -> AsyncIterator[Mongod]:
    async with Mongod(tmp_path / "mongo") as running:
        yield running


async def test_calls_and_address_outlive_a_stop(mongod: Mongod) -> None:
    await _insert(mongod.url)
    url = mongod.url

    await mongod.stop()
    await mongod.start()

    assert mongod.url == url
    assert await _count(mongod.url) == 1


async def test_a_taken_port_moves_the_set_and_keeps_its_calls(mongod: Mongod) -> None:
    await _insert(mongod.url)
    url = mongod.url
    await mongod.stop()

    async with await asyncio.start_server(_hang_up, "127.0.0.1", _port(url)):
        await mongod.start()

    assert mongod.url != url
    assert await _count(mongod.url) == 1
    await _insert(mongod.url)


async def test_it_comes_back_after_it_was_killed(mongod: Mongod) -> None:
    await _insert(mongod.url)

    os.kill(await _pid(mongod.url), signal.SIGKILL)

    assert await _count(mongod.url) == 1


async def test_it_comes_back_once_the_disk_lets_it(
    mongod: Mongod, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await _insert(mongod.url)
    log = tmp_path / "mongo" / "mongod.log"
    log.rename(log.with_suffix(".old"))
    log.mkdir()  # like a full disk: what it says cannot be written

    os.kill(await _pid(mongod.url), signal.SIGKILL)
    async with asyncio.timeout(WITHIN_S):
        while "mongod_not_restarted" not in caplog.text:  # noqa: ASYNC110 - a log tells nobody
            await asyncio.sleep(0.05)
    log.rmdir()

    assert await _count(mongod.url) == 1


async def test_it_dies_with_a_parent_that_is_killed_and_lets_the_next_one_in(tmp_path: Path) -> None:
    directory = tmp_path / "mongo"
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(directory), stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await asyncio.wait_for(parent.stdout.readline(), WITHIN_S) == b"ready\n"

    parent.kill()
    await parent.communicate()

    async with Mongod(directory) as mongod:
        assert await _count(mongod.url) == 0


async def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStart, match="choose another --data"):
        await Mongod(tmp_path / "file" / "mongo").start()


async def test_nothing_runs_after_a_start_that_failed(tmp_path: Path) -> None:
    (tmp_path / "storage" / "mongod.lock").mkdir(parents=True)
    mongod = Mongod(tmp_path)

    with pytest.raises(CannotStart, match="MongoDB cannot start"):
        await mongod.start()

    await mongod.stop()


async def _hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def _port(url: str) -> int:
    return int(url.split("/")[2].split(":")[1])


async def _insert(url: str) -> None:
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        await client.get_database("t").get_collection("calls").insert_one({})


async def _count(url: str) -> int:
    async with AsyncMongoClient[dict[str, Any]](url) as client, asyncio.timeout(WITHIN_S):
        while True:
            try:
                return await client.get_database("t").get_collection("calls").count_documents({})
            except PyMongoError:
                await asyncio.sleep(0.1)


async def _pid(url: str) -> int:
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        return int((await client.admin.command("serverStatus"))["pid"])
