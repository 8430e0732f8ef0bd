"""Give each new call a number of its tenant, never twice; blocks are taken ahead, so there may be gaps."""

import asyncio
from collections import defaultdict
from typing import Final

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from storage.mongo import Database, Document
from storage.numbering import FIRST_NUMBER, LAST_NUMBER

BLOCK: Final = 256
"""Numbers taken at a time: a restart leaves at most this gap, a batch of new calls asks at most once."""


class Exhausted(Exception):
    """A tenant has had a thousand million calls; no number is left that its clients could hold."""


class MongoNumbers:
    """Counters by tenant."""

    def __init__(self, database: Database) -> None:
        """Begin with no block in hand."""
        self._counters = database["counters"]
        self._calls = database["calls"]
        self._free: dict[str, list[range]] = defaultdict(list)
        self._lock = asyncio.Lock()

    async def take(self, tenant: str, count: int) -> list[int]:
        """Return *count* numbers, ascending, that no call has had. Raises `Exhausted`."""
        async with self._lock:
            free = self._free[tenant]
            lacking = count - sum(map(len, free))
            if lacking > 0:
                free.append(await self._block(tenant, max(lacking, BLOCK)))
            taken: list[int] = []
            while len(taken) < count:
                first = free.pop(0)
                here = first[: count - len(taken)]
                taken.extend(here)
                if rest := first[len(here) :]:
                    free.insert(0, rest)
            return taken

    async def move_on(self, tenant: str) -> None:
        """Leave the numbers behind that calls have (the counter was lost or restored older than the calls)."""
        async with self._lock:
            self._free[tenant].clear()
            newest = await self._calls.find_one({"tenant": tenant}, {"number": 1}, sort=[("number", -1)])
            used = newest["number"] + 1 - FIRST_NUMBER if newest else 0
            await self._count(tenant, {"$max": {"used": used}})

    async def _block(self, tenant: str, count: int) -> range:
        after = FIRST_NUMBER + (await self._count(tenant, {"$inc": {"used": count}}))["used"]
        if after - 1 > LAST_NUMBER:
            raise Exhausted(tenant)
        return range(after - count, after)

    async def _count(self, tenant: str, change: Document) -> Document:
        key = {"_id": f"number:{tenant}"}
        while True:
            try:
                counter = await self._counters.find_one_and_update(
                    key, change, upsert=True, return_document=ReturnDocument.AFTER
                )
            except DuplicateKeyError:
                continue  # somebody else made the counter at the same instant
            return counter or {}
