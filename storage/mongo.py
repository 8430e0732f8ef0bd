"""Reach MongoDB: which servers will do, how durable a write is, and what its errors mean to us."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
)

from runtime.errors import CannotStart, Misconfigured
from storage.errors import Away, Refused, TooSlow

DATABASE: Final = "aftercall"
"""Where the URL names none."""
REACHED_WITHIN_MS: Final = 3_000
"""How long to look for a server that takes writes: shorter than a caller's patience, longer than an election's gap."""
ANSWERED_WITHIN_MS: Final = 30_000
"""How long a reply may take: a frozen server must not hold a worker for ever."""
LONGEST_S: Final = 10.0
"""How long one question may take: whoever asked waits no longer, and others need what it uses."""
LONGEST_MS: Final = round(LONGEST_S * 1000)
"""The same, as each command tells it to MongoDB, which itself cancels what takes longer.

Not by `pymongo.timeout`: with it a server that is away is looked for until the time is over, instead of being told.
"""
FARTHEST: Final = 2**40
"""Rows to skip: nobody has as many, and MongoDB takes no more than 64 bits."""
DURABLE: Final = WriteConcern(w="majority", j=True)
_CODEC: Final = CodecOptions[dict[str, Any]](tz_aware=True)  # in UTC: named again, each time is converted once more

DUPLICATE: Final = 11000
"""MongoDB's code for a key that is taken."""
_REFUSED: Final = frozenset({13, 18, 8000})
"""MongoDB's codes for a user, a password or a right that it does not know (now)."""
REFUSED: Final = (
    "MongoDB refuses our user or password: see that AFTERCALL_MONGO_URL has both and the user's authSource, "
    "and that the user may read and write this database (role readWrite)"
)
_AWAY: Final = frozenset({
    6, 7, 89, 9001,  # the network between its members
    91, 11600, 11602,  # shutting down
    189, 10058, 10107, 13435, 13436,  # no longer, or not yet, the primary
    64, 79, 100,  # too few members to make a write durable
    24, 46, 112, 202, 251, 262, 50,  # too busy, or in each other's way
    388,  # its cache is full of what the disk has not taken yet
    14031, 15914,  # its disk is full
    *_REFUSED,
})  # fmt: skip
"""MongoDB's codes that say nothing of what was asked: the same may be asked again."""

Document = dict[str, Any]
Database = AsyncDatabase[Document]
Collection = AsyncCollection[Document]


@asynccontextmanager
async def connect(url: str) -> AsyncIterator[Database]:
    """Yield the database that *url* names; raises `CannotStart` where it will not do, `Away` where none answers."""
    try:
        client = AsyncMongoClient[Document](
            url,
            appname="aftercall",
            serverSelectionTimeoutMS=REACHED_WITHIN_MS,
            connectTimeoutMS=REACHED_WITHIN_MS,
            socketTimeoutMS=ANSWERED_WITHIN_MS,
        )
    except (ValueError, PyMongoError) as error:
        raise Misconfigured(_unreadable(url, error)) from None
    async with client:
        with admitted():
            hello = await client.admin.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise CannotStart(
                "MongoDB runs standalone, without transactions and change streams: "
                "start mongod with --replSet, then run rs.initiate() once"
            )
        yield client.get_default_database(DATABASE).with_options(codec_options=_CODEC, write_concern=DURABLE)


def _unreadable(url: str, error: Exception) -> str:
    # The driver quotes what it stumbles over: of a password with a slash in it, all behind the slash.
    why = "" if "@" in url else f" ({error})"
    return (
        f"AFTERCALL_MONGO_URL cannot be read{why}: write mongodb://USER:PASSWORD@HOST:27017/DATABASE?replicaSet=NAME, "
        "with %2F for a slash in user or password, %3A for a colon, %40 for an @ and %25 for a percent sign."
    )


@contextmanager
def answering() -> Iterator[None]:
    """Let MongoDB's errors out as `TooSlow` and `Away` where they are no fault of what was asked."""
    try:
        yield
    except ExecutionTimeout as error:
        raise TooSlow from error
    except PyMongoError as error:
        if isinstance(error, OperationFailure) and error.code in _REFUSED:
            raise Refused(REFUSED) from error  # MongoDB's own words quote the command, documents and all
        if _is_away(error):
            raise Away(_words(error)) from error
        raise


@contextmanager
def admitted() -> Iterator[None]:
    """As `answering`, for what a process begins with; raises `CannotStart` where MongoDB refuses our user."""
    try:
        with answering():
            yield
    except Refused as error:
        raise CannotStart(f"{error}.") from error


async def piecewise(
    cursor: AsyncCursor[Document], *, size: int, longest_s: float = LONGEST_S
) -> AsyncIterator[list[Document]]:
    """Yield documents piece by piece, however many there are; raise `TooSlow` where one piece takes longer.

    MongoDB cancels what it still did for it: it is told to forget the cursor, or finds nobody at the other end.
    """
    try:
        while documents := await _within(longest_s, cursor.to_list(size)):
            yield documents
    finally:
        await cursor.close()


async def _within(longest_s: float, reading: Coroutine[Any, Any, list[Document]]) -> list[Document]:
    """Return what is read; raise `TooSlow` where it takes longer.

    In a task of its own: on Python 3.11 the driver at times goes on where it is cancelled, and so would who asked.
    """
    task = asyncio.create_task(reading)
    try:
        done, _ = await asyncio.wait({task}, timeout=longest_s)
    finally:
        task.cancel()
        await asyncio.wait({task})
    if not done:
        raise TooSlow
    return task.result()


def _is_away(error: PyMongoError) -> bool:
    match error:
        case ConnectionFailure() | NetworkTimeout() | ConfigurationError():  # the last: DNS knows no such +srv (now)
            return True
        case BulkWriteError():
            failed = [row["code"] for row in error.details["writeErrors"] if row["code"] != DUPLICATE]
            return all(code in _AWAY for code in failed)
        case OperationFailure():
            return error.code in _AWAY
        case _:
            return False


def _words(error: PyMongoError) -> str:
    """Return what happened without what was asked: a driver's message may hold documents."""
    if isinstance(error, BulkWriteError):
        concerns = error.details["writeConcernErrors"] or error.details["writeErrors"]
        return f"MongoDB: {concerns[0].get('errmsg', 'write failed')[:200]}"
    return f"MongoDB: {str(error)[:200]}"
