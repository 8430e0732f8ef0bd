"""Batches in MongoDB: the sums are kept, and made anew only after a call of theirs changed.

Whoever changes calls marks their batches afterwards, so that a sum made in between is not believed; a worker that dies
before it marked gets the same records again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pymongo import UpdateOne

from schemas.batch import BatchQuery, BatchSum
from schemas.query import Page, Position
from storage.mongo import FARTHEST, LONGEST_MS, Database, Document, answering

AT_ONCE: Final = 10
"""Batches that are summed by one question: what is summed is kept, so that who asks again waits for the rest only."""

_SHORT: Final[Document] = {"count": {"$gt": 0}, "begun_at": {"$exists": False}}
"""Sums that were kept by a version which did not know all that is told of a batch."""


class MongoBatches:
    """What is known of batches."""

    def __init__(self, database: Database) -> None:
        """Keep sums in *database*, whose indexes are there."""
        self._batches = database["batches"]
        self._calls = database["calls"]

    async def mark(self, changed: Iterable[tuple[str, str]]) -> None:
        """Tell that calls of these batches (tenant, id) have changed."""
        writes = [
            UpdateOne(
                {"_id": _name(tenant, batch)},
                {"$inc": {"marks": 1}, "$set": {"stale": True}, "$setOnInsert": {"tenant": tenant, "id": batch}},
                upsert=True,
            )
            for tenant, batch in sorted(set(changed))
        ]
        if writes:
            with answering():
                await self._batches.bulk_write(writes, ordered=False)

    async def page(self, tenant: str, query: BatchQuery, *, after: Position | None = None) -> Page[BatchSum]:
        """Return batches, newest first, those that never started last."""
        if query.units is not None:
            return _cut(await self._sums(tenant, units=query.units), query, after)
        await self._refresh(tenant)
        started = {"$gte": query.started_after, "$lt": query.started_before}
        bounds = {way: at for way, at in started.items() if at is not None}
        seen: list[Document] = [{"tenant": tenant, "count": {"$gt": 0}}]
        if bounds:
            seen.append({"first_started_at": bounds})
        if after is not None:
            seen.append(_behind(after, tenant))
        order = [("first_started_at", -1), ("_id", -1)]
        with answering():
            cursor = self._batches.find({"$and": seen}, max_time_ms=LONGEST_MS).sort(order).limit(query.limit + 1)
            rows = [_kept(row) for row in await cursor.to_list()]
        return _page(rows, query.limit)

    async def latest(
        self, tenant: str, *, units: tuple[str, ...] | None = None, skip: int = 0, limit: int | None = None
    ) -> tuple[list[BatchSum], int]:
        """Return batches by offset, those that began last first, and how many there are."""
        if units is not None:
            known = sorted(await self._sums(tenant, units=units), key=_latest, reverse=True)
            return known[skip:][:limit], len(known)
        rows, beside = await self._latest(tenant, skip=skip, limit=limit)
        if "short" in beside:
            with answering():
                await self._batches.update_many({"tenant": tenant, **_SHORT}, {"$set": {"stale": True}})
            rows, beside = await self._latest(tenant, skip=skip, limit=limit)
        return [_kept(row) for row in rows], beside.get("total", 0)

    async def _latest(self, tenant: str, *, skip: int, limit: int | None) -> tuple[list[Document], Mapping[str, int]]:
        """Return rows, and beside them how many there are in all and how many are `short`, where there are any."""
        await self._refresh(tenant)
        seen = {"$match": {"tenant": tenant, "count": {"$gt": 0}, "begun_at": {"$type": "date"}}}
        short = {"$match": {"tenant": tenant, **_SHORT}}
        stages: list[Document] = [seen, {"$sort": {"begun_at": -1, "_id": -1}}, {"$skip": min(skip, FARTHEST)}]
        stages += [] if limit is None else [{"$limit": limit}]
        for counted in ([seen, {"$count": "total"}], [short, {"$count": "short"}]):
            stages.append({"$unionWith": {"coll": "batches", "pipeline": counted}})
        with answering():
            found = await self._batches.aggregate(stages, hint="batches_begun", maxTimeMS=LONGEST_MS)
            told = await found.to_list()
        beside = {name: n for row in told if "_id" not in row for name, n in row.items()}
        return [row for row in told if "_id" in row], beside

    async def one(self, tenant: str, batch_id: str, *, units: tuple[str, ...] | None = None) -> BatchSum | None:
        """Return one batch, None where it has no calls."""
        sums = await self._sums(tenant, ids=[batch_id], units=units)
        return sums[0] if sums else None

    async def _refresh(self, tenant: str) -> None:
        with answering():
            stale = await self._batches.find(
                {"tenant": tenant, "stale": True}, {"id": 1, "marks": 1}, max_time_ms=LONGEST_MS
            ).to_list()
        for start in range(0, len(stale), AT_ONCE):
            some = stale[start : start + AT_ONCE]
            sums = {each.id: each for each in await self._sums(tenant, ids=[row["id"] for row in some])}
            # Where somebody marked meanwhile, nothing matches: the batch stays stale.
            writes = [
                UpdateOne({"_id": row["_id"], "marks": row["marks"]}, _as_kept(sums.get(row["id"]))) for row in some
            ]
            with answering():
                await self._batches.bulk_write(writes, ordered=False)

    async def _sums(
        self, tenant: str, *, ids: Sequence[str] | None = None, units: tuple[str, ...] | None = None
    ) -> list[BatchSum]:
        """Return sums over calls, newest first."""
        seen: Document = {"tenant": tenant, "batch.id": {"$gt": ""} if ids is None else {"$in": list(ids)}}
        if units is not None:
            seen["unit.id"] = {"$in": list(units)}
        group = {
            "_id": {"id": "$batch.id", "outcome": "$outcome", "currency": "$cost.currency"},
            "name": {"$max": "$batch.name"},
            "n": {"$sum": 1},
            "cost": {"$sum": "$cost.micros"},
            "talk_s": {"$sum": "$talk_s"},
            "first": {"$min": "$started_at"},
            "last": {"$max": "$started_at"},
            "direction": {"$max": "$direction"},
            "created": {"$min": "$created_at"},
            "begun": {"$min": "$keys.begun_at"},
            "talked": {"$sum": {"$cond": [{"$gt": ["$talk_s", 0]}, 1, 0]}},
        }
        with answering():
            hint: Document = {} if ids is None else {"hint": "batch"}
            found = await self._calls.aggregate([{"$match": seen}, {"$group": group}], maxTimeMS=LONGEST_MS, **hint)
            rows: dict[str, list[Document]] = {}
            async for row in found:
                rows.setdefault(row["_id"]["id"], []).append(row)
        return sorted((_summed(batch, parts) for batch, parts in rows.items()), key=_newest, reverse=True)


def _name(tenant: str, batch: str) -> str:
    return f"{tenant}:{batch}"


def _summed(batch: str, parts: Sequence[Document]) -> BatchSum:
    outcomes: dict[str, int] = {}
    cost: dict[str, int] = {}
    for part in parts:
        outcome, currency = part["_id"].get("outcome"), part["_id"].get("currency")
        if outcome is not None:
            outcomes[outcome] = outcomes.get(outcome, 0) + part["n"]
        if currency is not None:
            cost[currency] = cost.get(currency, 0) + int(part["cost"])

    def told(name: str) -> list[Any]:
        return [part[name] for part in parts if part[name] is not None]

    return BatchSum(
        id=batch,
        name=max(told("name"), default=None),
        count=sum(part["n"] for part in parts),
        outcomes=outcomes,
        cost=cost,
        talk_s=round(sum(part["talk_s"] for part in parts), 3),
        first_started_at=min(told("first"), default=None),
        last_started_at=max(told("last"), default=None),
        direction=max(told("direction"), default=None),
        created_at=min(told("created"), default=None),
        begun_at=min(told("begun"), default=None),
        talked=sum(part["talked"] for part in parts),
    )


def _as_kept(found: BatchSum | None) -> Document:
    """Return the update that keeps *found*; the maps as lists, for their keys are a sender's words."""
    if found is None:
        return {"$set": {"stale": False, "count": 0}}
    kept: dict[str, Any] = {
        "name": found.name,
        "count": found.count,
        "outcomes": [list(each) for each in found.outcomes.items()],
        "cost": [list(each) for each in found.cost.items()],
        "talk_s": found.talk_s,
        "first_started_at": found.first_started_at,
        "last_started_at": found.last_started_at,
        "direction": found.direction,
        "created_at": found.created_at,
        "begun_at": found.begun_at,
        "talked": found.talked,
    }
    return {"$set": {**kept, "stale": False}}


def _kept(row: Mapping[str, Any]) -> BatchSum:
    return BatchSum(
        id=row["id"],
        name=row["name"],
        count=row["count"],
        outcomes=dict(row["outcomes"]),
        cost=dict(row["cost"]),
        talk_s=row["talk_s"],
        first_started_at=row["first_started_at"],
        last_started_at=row["last_started_at"],
        **{name: row[name] for name in ("direction", "created_at", "begun_at", "talked") if name in row},
    )


def _behind(after: Position, tenant: str) -> Document:
    name = {"$lt": _name(tenant, after.id)}
    if after.value is None:
        return {"first_started_at": None, "_id": name}
    earlier = {"first_started_at": {"$lt": after.value}}
    return {"$or": [earlier, {"first_started_at": after.value, "_id": name}, {"first_started_at": None}]}


def _newest(batch: BatchSum) -> tuple[bool, float, str]:
    first = batch.first_started_at
    return (first is not None, first.timestamp() if first else 0.0, batch.id)


def _latest(batch: BatchSum) -> tuple[float, str]:
    return (batch.begun_at.timestamp() if batch.begun_at else 0.0, batch.id)


def _cut(rows: Sequence[BatchSum], query: BatchQuery, after: Position | None) -> Page[BatchSum]:
    """Return a page of sorted *rows*."""
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
