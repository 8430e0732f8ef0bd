"""Batches in MongoDB, by page: of sums that are kept, for a key of some units of its own calls' sums."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.batch import BatchQuery, BatchSum
from schemas.query import Page, Position
from storage.batch_sums import kept
from storage.mongo import FARTHEST, LONGEST_MS, Database, Document, answering
from storage.mongo_batch_sums import FEW, MongoBatchSums, name

_SHORT: Final[Document] = {"count": {"$gt": 0}, "begun_at": {"$exists": False}}
"""Sums that were kept by a version which did not know all that is told of a batch."""
_UNSHOWN: Final = {"stretches": 0, "changed": 0}
"""What is long, and only for who sums."""


class MongoBatches:
    """What is known of batches."""

    def __init__(self, database: Database, *, few: int = FEW) -> None:
        """Read from *database*, whose indexes are there; a batch of *few* calls is summed whole."""
        self._batches = database["batches"]
        self._sums = MongoBatchSums(database, few=few)

    async def page(self, tenant: str, query: BatchQuery, *, after: Position | None = None) -> Page[BatchSum]:
        """Return batches, newest first, those that never started last."""
        if query.units is not None:
            return _cut(await self._sums.over(tenant, units=query.units), query, after)
        await self._sums.refresh(tenant)
        started = {"$gte": query.started_after, "$lt": query.started_before}
        bounds = {way: at for way, at in started.items() if at is not None}
        seen: list[Document] = [{"tenant": tenant, "count": {"$gt": 0}}]
        if bounds:
            seen.append({"first_started_at": bounds})
        if after is not None:
            seen.append(_behind(after, tenant))
        order = [("first_started_at", -1), ("_id", -1)]
        with answering():
            cursor = (
                self._batches.find({"$and": seen}, _UNSHOWN, max_time_ms=LONGEST_MS).sort(order).limit(query.limit + 1)
            )
            rows = [kept(row, row["id"]) for row in await cursor.to_list()]
        return _page(rows, query.limit)

    async def latest(
        self, tenant: str, *, units: tuple[str, ...] | None = None, skip: int = 0, limit: int | None = None
    ) -> tuple[list[BatchSum], int]:
        """Return batches by offset, those that began last first, and how many there are."""
        if units is not None:
            known = sorted(await self._sums.over(tenant, units=units), key=_latest, reverse=True)
            return known[skip:][:limit], len(known)
        rows, beside = await self._latest(tenant, skip=skip, limit=limit)
        if "short" in beside:
            with answering():
                await self._batches.update_many({"tenant": tenant, **_SHORT}, {"$set": {"stale": True}})
            rows, beside = await self._latest(tenant, skip=skip, limit=limit)
        return [kept(row, row["id"]) for row in rows], beside.get("total", 0)

    async def _latest(self, tenant: str, *, skip: int, limit: int | None) -> tuple[list[Document], Mapping[str, int]]:
        """Return rows, and beside them how many there are in all and how many are `short`, where there are any."""
        await self._sums.refresh(tenant)
        seen = {"$match": {"tenant": tenant, "count": {"$gt": 0}, "begun_at": {"$type": "date"}}}
        short = {"$match": {"tenant": tenant, **_SHORT}}
        stages: list[Document] = [seen, {"$sort": {"begun_at": -1, "_id": -1}}, {"$skip": min(skip, FARTHEST)}]
        stages += [] if limit is None else [{"$limit": limit}]
        stages.append({"$project": _UNSHOWN})
        for counted in ([seen, {"$count": "total"}], [short, {"$count": "short"}]):
            stages.append({"$unionWith": {"coll": "batches", "pipeline": counted}})
        with answering():
            found = await self._batches.aggregate(stages, hint="batches_begun", maxTimeMS=LONGEST_MS)
            told = await found.to_list()
        beside = {name: n for row in told if "_id" not in row for name, n in row.items()}
        return [row for row in told if "_id" in row], beside

    async def one(self, tenant: str, batch_id: str, *, units: tuple[str, ...] | None = None) -> BatchSum | None:
        """Return one batch, None where it has no calls."""
        if units is not None:
            sums = await self._sums.over(tenant, ids=[batch_id], units=units)
            return sums[0] if sums else None
        await self._sums.refresh(tenant, batch_id)
        seen = {"_id": name(tenant, batch_id), "count": {"$gt": 0}}
        with answering():
            row = await self._batches.find_one(seen, _UNSHOWN, max_time_ms=LONGEST_MS)
        return kept(row, batch_id) if row else None


def _behind(after: Position, tenant: str) -> Document:
    behind = {"$lt": name(tenant, after.id)}
    if after.value is None:
        return {"first_started_at": None, "_id": behind}
    earlier = {"first_started_at": {"$lt": after.value}}
    return {"$or": [earlier, {"first_started_at": after.value, "_id": behind}, {"first_started_at": None}]}


def _newest(batch: BatchSum) -> tuple[bool, float, str]:
    first = batch.first_started_at
    return (first is not None, first.timestamp() if first else 0.0, batch.id)


def _latest(batch: BatchSum) -> tuple[float, str]:
    return (batch.begun_at.timestamp() if batch.begun_at else 0.0, batch.id)


def _cut(rows: Sequence[BatchSum], query: BatchQuery, after: Position | None) -> Page[BatchSum]:
    """Return a page of *rows*, newest first."""
    rows = sorted(rows, key=_newest, reverse=True)
    if query.started_after is not None:
        rows = [row for row in rows if row.first_started_at and row.first_started_at >= query.started_after]
    if query.started_before is not None:
        rows = [row for row in rows if row.first_started_at and row.first_started_at < query.started_before]
    if after is not None:
        place = (after.value is not None, after.value.timestamp() if after.value else 0.0, after.id)
        rows = [row for row in rows if _newest(row) < place]
    return _page(list(rows[: query.limit + 1]), query.limit)


def _page(rows: list[BatchSum], limit: int) -> Page[BatchSum]:
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(shown, Position(shown[-1].first_started_at, shown[-1].id) if more else None)
