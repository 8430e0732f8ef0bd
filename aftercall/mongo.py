"""Where MongoDB is: the server that was set, or one of our own below the data directory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Final

from runtime.errors import CannotStart
from runtime.settings import Settings
from storage.mongod import Mongod, running_url

DIRECTORY: Final = "mongod"


@asynccontextmanager
async def own_mongod(settings: Settings) -> AsyncIterator[Awaitable[str]]:
    """Start the MongoDB below the data directory while the block goes on; yields where it is, once it takes writes.

    A server that was set is not started: it is where it is. Awaiting raises `CannotStart`.
    """
    child = Mongod(settings.data / DIRECTORY) if settings.mongo_url is None else None
    starting = asyncio.create_task(_url(settings, child), name="mongod")
    try:
        yield starting
    finally:
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        if child is not None:
            await child.stop()


async def _url(settings: Settings, child: Mongod | None) -> str:
    if child is None:
        return mongo_url(settings)
    await child.start()
    return child.url


def mongo_url(settings: Settings) -> str:
    """Return where the calls are: the server that was set, else our own that `up` has started; raises `CannotStart`."""
    if settings.mongo_url is not None:
        return settings.mongo_url.reveal()
    url = running_url(settings.data / DIRECTORY)
    if url is None:
        raise CannotStart(
            "There is no MongoDB: set AFTERCALL_MONGO_URL, or start `aftercall up`, which brings its own, "
            f"with the same data directory ({settings.data})."
        )
    return url
