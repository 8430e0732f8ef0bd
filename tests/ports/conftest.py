"""A database that is ready for the next test sooner than a new one: emptied, its collections and indexes left."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex

import pytest
from pymongo import MongoClient

from tests.ports.stores import prepare


@pytest.fixture(scope="session")
def standing(mongo_url: str) -> Iterator[str]:
    """The name of a database with its collections and indexes; it is `prepared` that tests ask for."""
    name = f"p{token_hex(4)}"
    with ThreadPoolExecutor(1) as hands:  # who asks may be inside a running loop
        hands.submit(asyncio.run, prepare(mongo_url, name)).result()
    yield name
    with MongoClient[dict[str, object]](mongo_url) as client:
        client.drop_database(name)


@pytest.fixture
def prepared(standing: str, mongo_url: str) -> str:
    """The name of a database with its collections and indexes and nothing in them."""
    with MongoClient[dict[str, object]](mongo_url) as client:
        database = client[standing]
        for name in database.list_collection_names(filter={"type": "collection"}):
            if not name.startswith("system."):
                database[name].delete_many({})
    return standing
