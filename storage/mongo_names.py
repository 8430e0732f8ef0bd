"""Names in MongoDB: one call by any of its ids, and the units that have calls."""

from typing import Final

from pymongo import DESCENDING

from schemas.call import Call
from schemas.words import Platform
from storage.document import Document
from storage.mongo import LONGEST_MS, Database, answering
from storage.mongo_covers import Units
from storage.mongo_reader import name_of
from storage.mongo_whole import WHOLE, whole_calls

ALIKE: Final = 2 * len(Platform)
"""Calls that share a name: of each platform one by its call id, and hardly more by any other."""


class MongoNames:
    """By which names dialects ask for calls and units."""

    def __init__(self, database: Database) -> None:
        """Read from *database*, whose indexes are there."""
        self._calls = database["calls"]
        self._transcripts = database["transcripts"]
        self._units: dict[str, list[str]] = {}

    async def find(self, tenant: str, call_id: str, *, units: Units) -> Call | None:
        """Return one whole call by `platform_call_id`, else by `uid`, `number` or the platform's other name of it.

        Of several the one that started last.
        """
        seen = named(tenant, call_id, units=units)
        with answering():
            order = [("keys.begun_at", DESCENDING), ("_id", DESCENDING)]
            rows = await self._calls.find(seen, WHOLE, max_time_ms=LONGEST_MS).sort(order).limit(ALIKE).to_list()
            found = next((row for row in rows if row["platform_call_id"] == call_id), rows[0] if rows else None)
            return None if found is None else (await whole_calls(self._transcripts, [found]))[0]

    async def units(self, tenant: str, *, afresh: bool = True) -> list[str]:
        """Return the ids of the units that have calls; unless *afresh*, those that had some when it was last asked."""
        if afresh or tenant not in self._units:
            with answering():
                known = await self._calls.distinct("unit.id", {"tenant": tenant}, maxTimeMS=LONGEST_MS)
            # An index tells what is absent as null.
            self._units[tenant] = sorted(each for each in known if each is not None)
        return self._units[tenant]


def named(tenant: str, call_id: str, *, units: Units) -> Document:
    """Return the query for the calls of which *call_id* is any name; each name is looked up in its own index.

    MongoDB plans alternatives one by one only where there is nothing beside them, and uses a partial index only where
    the question says what the index does: otherwise it reads every call of the tenant.
    """
    seen: Document = {"tenant": tenant} if units is None else {"tenant": tenant, "unit.id": {"$in": list(units)}}
    names: list[Document] = [
        {"platform_call_id": call_id},
        {"keys.own_id": {"$eq": call_id, "$type": "string"}},
    ]
    if (name := name_of(call_id)) is not None:
        names.append(name)
    return {"$or": [{**seen, **each} for each in names]}
