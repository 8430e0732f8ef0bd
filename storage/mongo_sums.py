"""Sums over calls in MongoDB, as dialects show them: of talk by group, and of batches."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.query import Field, Filter
from schemas.window import BatchTotals, TalkSum
from storage.mongo import LONGEST_MS, Database, Document, answering
from storage.mongo_covers import Units, way
from storage.mongo_filters import scope
from storage.mongo_totals import batch_totals, talk_sum

GROUPS: Final[Mapping[str, str]] = {
    "direction": "$direction",
    "outcome": "$outcome",
    "unit": "$unit.id",
    "agent": "$agent.id",
    "batch": "$batch.id",
}
_GROUPED: Final = {
    "direction": Field.DIRECTION,
    "outcome": Field.OUTCOME,
    "unit": Field.UNIT,
    "agent": Field.AGENT,
    "batch": Field.BATCH,
}


class MongoSums:
    """Adds up in the store what would be too many calls to fetch."""

    def __init__(self, database: Database) -> None:
        """Read from *database*, whose indexes are there."""
        self._calls = database["calls"]

    async def sums(self, tenant: str, filter_: Filter, *, units: Units, by: Sequence[str] = ()) -> list[TalkSum]:
        """Return counts and talk of all matching calls, grouped."""
        stages: list[Document] = [
            {"$match": scope(tenant, filter_, units=units)},
            {
                "$group": {
                    "_id": {name: GROUPS[name] for name in by} or None,
                    "count": {"$sum": 1},
                    "talk_s": {"$sum": {"$round": ["$talk_s", 3]}},
                    "talked": {"$sum": {"$cond": [{"$gt": ["$talk_s", 0]}, 1, 0]}},
                }
            },
        ]
        looked_at = (Field.TALK_S, *(_GROUPED[name] for name in by))
        index = way(filter_, units=units, also=looked_at).name
        hint: Document = {} if index is None else {"hint": index}
        with answering():
            cursor = await self._calls.aggregate(stages, maxTimeMS=LONGEST_MS, **hint)
            rows = await cursor.to_list()
        return [talk_sum(row, by) for row in rows]

    async def batches(self, tenant: str, filter_: Filter, *, units: Units) -> list[BatchTotals]:
        """Return the batches of all matching calls, those whose first call is newest first."""
        seen = {"$and": [scope(tenant, filter_, units=units), {"batch.id": {"$exists": True}}]}
        group = {
            "_id": {"id": "$batch.id", "outcome": {"$ifNull": ["$outcome", ""]}},
            "name": {"$max": "$batch.name"},
            "direction": {"$max": "$direction"},
            "created_at": {"$min": "$created_at"},
            "begun_at": {"$min": "$keys.begun_at"},
            "started_at": {"$min": "$started_at"},
            "count": {"$sum": 1},
            "talk_s": {"$sum": "$talk_s"},
            "talked": {"$sum": {"$cond": [{"$gt": ["$talk_s", 0]}, 1, 0]}},
        }
        with answering():
            cursor = await self._calls.aggregate([{"$match": seen}, {"$group": group}], maxTimeMS=LONGEST_MS)
            rows = await cursor.to_list()
        return batch_totals(rows)
