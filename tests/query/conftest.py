"""A world for each test, in one database that was set up once."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import httpx
import pytest

from storage.mongo import connect
from storage.mongo_setup import set_up
from tests.query.world import World, open_world


@pytest.fixture(scope="session")
def prepared(mongo_url: str) -> str:
    """The URL of a database with collections and indexes."""
    address, _, options = mongo_url.partition("/?")
    url = f"{address.rstrip('/')}/q{secrets.token_hex(4)}?{options}"

    async def prepare() -> None:
        async with connect(url) as database:
            await set_up(database)

    asyncio.run(prepare())
    return url


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
