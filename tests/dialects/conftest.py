"""A world whose app serves the dialects, in one database that was set up once."""

from collections.abc import AsyncIterator

import httpx
import pytest

from storage.mongo import connect
from tests.dialects.world import DialectWorld
from tests.query.world import prepared_database


@pytest.fixture(scope="session")
def prepared(mongo_url: str) -> str:
    """The URL of a database with collections and indexes."""
    return prepared_database(mongo_url, prefix="d")


@pytest.fixture
async def world(prepared: str) -> AsyncIterator[DialectWorld]:
    """Two tenants without calls."""
    async with connect(prepared) as database:
        yield DialectWorld(database)


@pytest.fixture
async def emptied(prepared: str) -> AsyncIterator[DialectWorld]:
    """A world whose tenant is `acme` and whose database is empty, so that every id in it is the same each time."""
    async with connect(prepared) as database:
        for name in await database.list_collection_names(filter={"type": "collection"}):
            if not name.startswith("system."):
                await database[name].delete_many({})
        yield DialectWorld(database, acme="acme")


@pytest.fixture
async def crm(world: DialectWorld) -> AsyncIterator[httpx.AsyncClient]:
    """A client of acme with every scope."""
    async with world.ask("crm") as client:
        yield client
