"""What was said in many calls is read by one command."""

from collections.abc import AsyncIterator

import pytest

from schemas.call import Turn
from schemas.words import Role
from storage.mongo import Database, connect
from storage.mongo_chunks import pieces
from storage.mongo_parts import part_name, read_parts
from storage.parts import Parts
from tests.ports.stores import in_database


@pytest.fixture
async def watched(mongo_url: str, prepared: str) -> AsyncIterator[Database]:
    """Yield a database that writes down each command."""
    async with connect(in_database(mongo_url, prepared)) as opened:
        await opened.command("profile", 2)
        yield opened
        await opened.command("profile", 0)
        await opened.drop_collection("system.profile")


async def test_the_parts_of_many_calls_come_at_once(watched: Database) -> None:
    said = Parts(turns=[Turn(n=1, role=Role.AGENT, text="Hello")])
    names = [part_name(f"call-{n}", "turns") for n in range(300)]
    await watched["transcripts"].insert_many([row for name in names for row in pieces(name, said.pack())])

    assert await read_parts(watched["transcripts"], names) == dict.fromkeys(names, said)

    told = watched["system.profile"].find({"ns": f"{watched.name}.transcripts", "op": {"$in": ["query", "getmore"]}})
    assert [row["op"] for row in await told.to_list()] == ["query"]
