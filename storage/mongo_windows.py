"""Calls by offset in MongoDB, as dialects list them, and exactly how many there are."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from typing import Any, Final

from schemas.call import Call
from schemas.query import Filter
from schemas.window import Narrow, Window
from storage.document import HEARD, Document, summary, whole
from storage.mongo import FARTHEST, LONGEST_MS, Database, answering
from storage.mongo_counts import MongoCounts
from storage.mongo_covers import Units, Way, way
from storage.mongo_filters import scope, where
from storage.mongo_orders import COMPUTED, order_of
from storage.mongo_whole import WHOLE, narrow_calls

NEAR: Final = 200
"""Calls whose documents are skipped rather than asked for apart: a question costs as much."""
_LISTED: Final[Mapping[str, int]] = {**WHOLE, "registers": 0}


class MongoWindows:
    """The half of the store that dialects read."""

    def __init__(self, database: Database) -> None:
        """Read from *database*, whose indexes are there."""
        self._calls = database["calls"]
        self._transcripts = database["transcripts"]
        self._counts = MongoCounts(database)

    async def window(self, tenant: str, filter_: Filter, window: Window, *, units: Units) -> list[Call]:
        """Return the calls of *window*; the order is total, so that a closed one never shifts."""
        seen = scope(tenant, filter_, units=units)
        found = way(filter_, units=units, by=window.sort.by)
        with answering():
            if window.sort.by in COMPUTED:
                names, _ = await self._passed(seen, found, window)
                return await self._shown(await self._named(names, window), window)
            return await self._windowed(seen, found, window)

    async def page(self, tenant: str, filter_: Filter, window: Window, *, units: Units) -> tuple[list[Call], int]:
        """Return the calls of *window*, and how many match, exactly."""
        seen = scope(tenant, filter_, units=units)
        found = way(filter_, units=units, by=window.sort.by)
        with answering():
            if found.alone and window.sort.by not in COMPUTED:
                return await gather(
                    self._windowed(seen, found, window), self._counts.total(tenant, filter_, units=units, found=found)
                )
            names, total = await self._passed(seen, found, window)
            return await self._shown(await self._named(names, window), window), total

    async def _windowed(self, seen: Document, found: Way, window: Window) -> list[Call]:
        return await self._shown(await self._found(seen, found, window), window)

    async def _found(self, seen: Document, found: Way, window: Window) -> list[Document]:
        """Return the documents of a window; far skipping is done over the index alone."""
        near = found.alone and window.skip <= NEAR
        fields = _fields(window) if near else {"_id": 1}
        cursor = self._calls.find(seen, fields, hint=found.name, max_time_ms=LONGEST_MS).sort(order_of(window.sort))
        rows = await cursor.skip(min(window.skip, FARTHEST)).limit(window.limit).to_list()
        return rows if near else await self._named([row["_id"] for row in rows], window)

    async def _named(self, names: Sequence[str], window: Window) -> list[Document]:
        if not names:
            return []
        rows = await self._calls.find({"_id": {"$in": names}}, _fields(window), max_time_ms=LONGEST_MS).to_list()
        by_name = {row["_id"]: row for row in rows}
        return [by_name[name] for name in names if name in by_name]

    async def _passed(self, seen: Document, found: Way, window: Window) -> tuple[list[str], int]:
        """Return the names of a window and how many match, in one pass: looking at documents twice costs twice."""
        skip, computed = min(window.skip, FARTHEST), COMPUTED.get(window.sort.by)
        stages: list[Document] = [
            {"$match": seen},
            *([{"$project": {window.sort.by.value: computed}}] if computed else []),
            {"$sort": dict(order_of(window.sort))},
            {
                "$facet": {
                    "page": [{"$skip": skip}, {"$limit": window.limit}, {"$project": {"_id": 1}}],
                    "total": [{"$count": "n"}],
                }
            },
        ]
        hint: Document = {} if found.name is None else {"hint": found.name}
        (row,) = await (await self._calls.aggregate(stages, allowDiskUse=True, maxTimeMS=LONGEST_MS, **hint)).to_list()
        return [each["_id"] for each in row["page"]], sum(each["n"] for each in row["total"])

    async def _shown(self, documents: Sequence[Document], window: Window) -> list[Call]:
        if window.own is not None and window.said:
            return await narrow_calls(self._transcripts, documents, Narrow(HEARD, window.own))
        return [whole(each, {}) if each["platform"] == window.own else summary(each) for each in documents]

    async def newest(
        self, tenant: str, filter_: Filter, window: Window, *, units: Units, then: Filter
    ) -> tuple[list[Call], int]:
        """Return each customer's first call of those that match, if *then* holds for it; and how many."""
        order = order_of(window.sort)
        customer = {"$ifNull": ["$customer_e164", "$customer_number", "$_id"]}
        stages: list[Document] = [
            {"$match": scope(tenant, filter_, units=units)},
            {"$sort": dict(order)},
            {"$group": {"_id": customer, "name": {"$first": "$_id"}}},
        ]
        with answering():
            found = await self._calls.aggregate(stages, allowDiskUse=True, maxTimeMS=LONGEST_MS)
            names = [row["name"] for row in await found.to_list()]
            last = {"$and": [{"_id": {"$in": names}}, where(then)]}
            total = await self._calls.count_documents(last, maxTimeMS=LONGEST_MS)
            cursor = self._calls.find(last, _fields(window), max_time_ms=LONGEST_MS).sort(order)
            documents = await cursor.skip(min(window.skip, FARTHEST)).limit(window.limit).to_list()
            return await self._shown(documents, window), total

    async def count(self, tenant: str, filter_: Filter, *, units: Units) -> int:
        """Return how many calls match, exactly."""
        with answering():
            return await self._counts.total(tenant, filter_, units=units, found=way(filter_, units=units))


def _fields(window: Window) -> Mapping[str, Any]:
    return _LISTED if window.own is None else WHOLE
