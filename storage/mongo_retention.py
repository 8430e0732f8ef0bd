"""Delete calls that are older than their tenant keeps them, with all that lies behind them."""

from datetime import datetime
from typing import Final

from storage.mongo import Database, Document, answering
from storage.mongo_tombstones import MongoTombstones

AT_ONCE: Final = 500
"""Calls deleted by one command: short enough that nobody waits behind it."""
_NEEDED: Final = {"uid": 1, "tenant": 1}


class MongoRetention:
    """Ends calls by age."""

    def __init__(self, database: Database) -> None:
        """Delete in *database*, whose indexes are there."""
        self._calls = database["calls"]
        self._tombstones = MongoTombstones(database)

    async def expire(self, tenant: str, *, before: datetime) -> int:
        """Delete the calls that started (or, without start, were created) before *before*; returns how many.

        No tombstone is left: what comes again of such a call makes it again, until the next time. Raises `Away`.
        """
        expired = 0
        for seen in (_started(tenant, before), _created(tenant, before)):
            while documents := await self._some(seen):
                await self._tombstones.take_away(documents)
                expired += len(documents)
        return expired

    async def _some(self, seen: Document) -> list[Document]:
        with answering():
            return await self._calls.find(seen, _NEEDED).limit(AT_ONCE).to_list()


def _started(tenant: str, before: datetime) -> Document:
    return {"tenant": tenant, "started_at": {"$lt": before}}


def _created(tenant: str, before: datetime) -> Document:
    return {"tenant": tenant, "started_at": None, "created_at": {"$lt": before}}
