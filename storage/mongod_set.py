"""A replica set of one: made where it is missing, moved where its port changed, awaited until it takes writes."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import AutoReconnect, OperationFailure

from storage.mongod_binary import REPLICA_SET

ALREADY_INITIALIZED: Final = 23
"""MongoDB's code for a set that has a configuration."""
POLL_S: Final = 0.02


def url(port: int) -> str:
    """Return the address of the set that listens on *port*."""
    return f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


async def become_primary(port: int) -> None:
    """Return when the mongod on *port* is a set of one that takes writes; waits for as long as that needs."""
    await _listening(port)
    async with AsyncMongoClient[dict[str, Any]]("127.0.0.1", port, directConnection=True) as client:
        while True:
            # A set that changes its configuration closes its connections.
            with suppress(AutoReconnect):
                if await _is_primary(client.admin, port=port):
                    return
            await asyncio.sleep(POLL_S)


async def _is_primary(admin: AsyncDatabase[dict[str, Any]], *, port: int) -> bool:
    """Return whether the set takes writes; one without a configuration for *port* is given one."""
    hello = await admin.command("hello")
    if "setName" not in hello:
        await _configure(admin, port=port)
    return bool(hello["isWritablePrimary"])


async def _listening(port: int) -> None:
    """Return when somebody listens; the driver itself looks only twice a second."""
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(POLL_S)
        else:
            writer.close()
            await writer.wait_closed()
            return


async def _configure(admin: AsyncDatabase[dict[str, Any]], *, port: int) -> None:
    """Make this server the set's only member under *port*."""
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    try:
        await admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
        await _move(admin, host=member["host"])


async def _move(admin: AsyncDatabase[dict[str, Any]], *, host: object) -> None:
    """Give the only member its new address; a member under a foreign address would never take writes."""
    config = (await admin.command("replSetGetConfig"))["config"]
    if config["members"][0]["host"] != host:
        config["members"][0]["host"] = host
        config["version"] += 1
        await admin.command("replSetReconfig", config, force=True)
