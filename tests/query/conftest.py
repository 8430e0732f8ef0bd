"""A world for each test, in one database that was set up once."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.query.world import World, open_world, prepared_database


@pytest.fixture(scope="session")
def prepared(mongo_url: str) -> str:
    """The URL of a database with collections and indexes."""
    return prepared_database(mongo_url, prefix="q")


@pytest.fixture
async def world(prepared: str) -> AsyncIterator[World]:
    """Two tenants without calls."""
    async with open_world(prepared) as opened:
        yield opened


@pytest.fixture
async def crm(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A client of acme with every scope."""
    async with world.ask("crm") as client:
        yield client
