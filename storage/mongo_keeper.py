"""Keep the database fit: set up, watched, and with the secrets that are made once and shared by every process."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pymongo import ReturnDocument, timeout
from pymongo.errors import DuplicateKeyError, PyMongoError

from storage.errors import TooSlow
from storage.mongo import Database, answering
from storage.mongo_setup import findings, set_up

READY_WITHIN_S: Final = 1.0
SECRET_BYTES: Final = 32
LOOK_FOR_MS: Final = 2_000
"""No index serves a question that only `doctor` asks; what was heard of lately is found at once."""


class MongoKeeper:
    """The half of the store that starting a process uses."""

    def __init__(self, database: Database) -> None:
        """Look after *database*."""
        self._database = database

    async def set_up(self, *, anew: bool = False) -> None:
        """Make the collections and indexes that are missing, *anew* those too that were made otherwise."""
        await set_up(self._database, anew=anew)

    async def ready(self) -> bool:
        """Tell whether the store answers and takes writes, within a second."""
        try:
            with timeout(READY_WITHIN_S):
                return bool((await self._database.client.admin.command("hello"))["isWritablePrimary"])
        except PyMongoError:
            return False

    async def signing_key(self) -> bytes:
        """Return the key that signs cursors and URLs: made once, the same for every process after."""
        return await secret(self._database, "signing")

    async def findings(self) -> Sequence[str]:
        """Return a sentence on each index that is missing or otherwise than it should be."""
        return await findings(self._database)

    async def last_heard(self, tenant: str, connection: str) -> datetime | None:
        """Return when a kept event of *connection* came; None where none is kept, or none was found soon enough."""
        newest_first = self._database["events"].find({"tenant": tenant, "connection": connection}, {"received_at": 1})
        try:
            with answering():
                async for event in newest_first.sort({"$natural": -1}).limit(1).max_time_ms(LOOK_FOR_MS):
                    at: datetime = event["received_at"]
                    return at
        except TooSlow:
            return None
        return None


async def secret(database: Database, name: str) -> bytes:
    """Return the secret called *name*: 32 random bytes, made by whoever asks first. Raises `Away`."""
    made = {"$setOnInsert": {"bytes": secrets.token_bytes(SECRET_BYTES)}}
    while True:
        try:
            with answering():
                kept = await database["secrets"].find_one_and_update(
                    {"_id": name}, made, upsert=True, return_document=ReturnDocument.AFTER
                )
        except DuplicateKeyError:
            continue  # another process made it at the same instant
        return bytes((kept or {})["bytes"])
