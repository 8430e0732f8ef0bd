"""Every store that the suite runs on, and what it needs to be asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from runtime.clock import Clock, utc_now
from storage.memory import MemoryStore
from storage.mongo import connect
from storage.mongo_criteria import MongoCriteria
from storage.mongo_edits import MongoEditor
from storage.mongo_erasure import MongoEraser
from storage.mongo_raw import MongoRaw
from storage.mongo_reader import MongoReader
from storage.mongo_setup import findings, set_up
from storage.mongo_writer import MongoWriter
from storage.ports.query import CallEditor, CallReader, CriteriaKeeper, Eraser, EventReader
from storage.ports.workers import CallWriter

NAMES = ("memory", "mongo")


class Store(NamedTuple):
    """Both halves of one store."""

    writer: CallWriter
    reader: CallReader


class People(NamedTuple):
    """A store in MongoDB with all that people do there."""

    writer: CallWriter
    reader: CallReader
    editor: CallEditor
    events: EventReader
    criteria: CriteriaKeeper
    eraser: Eraser


@asynccontextmanager
async def open_store(name: str, request: pytest.FixtureRequest, *, clock: Clock = utc_now) -> AsyncIterator[Store]:
    """Yield an empty store; MongoDB is started only for the test that needs it."""
    if name == "memory":
        memory = MemoryStore(clock=clock)
        yield Store(memory, memory)
        return
    url, prepared = request.getfixturevalue("mongo_url"), request.getfixturevalue("prepared")
    async with mongo_store(url, prepared, clock=clock) as store:
        yield store


async def prepare(url: str, database: str) -> None:
    """Make collections and indexes in *database*."""
    async with connect(in_database(url, database)) as opened:
        await set_up(opened)
        assert await findings(opened) == []


@asynccontextmanager
async def mongo_store(url: str, database: str, *, clock: Clock = utc_now) -> AsyncIterator[Store]:
    """Yield a store in *database*, which is prepared, with a client of its own."""
    async with connect(in_database(url, database)) as opened:
        yield Store(MongoWriter(opened, raw_days=lambda _: 30, clock=clock), MongoReader(opened))


def in_database(url: str, database: str) -> str:
    """Return *url* with *database* in its path."""
    address, _, options = url.partition("/?")
    return f"{address.rstrip('/')}/{database}?{options}"


@asynccontextmanager
async def people_store(url: str, database: str) -> AsyncIterator[People]:
    """Yield all halves of the store in *database*, which is prepared, with a client of their own."""
    async with connect(in_database(url, database)) as opened:
        yield People(
            MongoWriter(opened, raw_days=lambda _: 30),
            MongoReader(opened),
            MongoEditor(opened),
            MongoRaw(opened),
            MongoCriteria(opened),
            MongoEraser(opened),
        )
