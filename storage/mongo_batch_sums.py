"""Sums of batches in MongoDB: kept, and only what changed is made anew.

Whoever changes calls marks their batches afterwards, so that a sum made in between is not believed; a worker that dies
before it marked gets the same records again. A batch of many calls is kept in stretches of their numbers, which never
change: each mark notes whose, and only those stretches are summed again that were marked since.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from pymongo import UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from schemas.batch import BatchSum
from storage.batch_sums import BLOCK, GROUP, GROUPED, added, as_kept, block, changed, kept, of_group, width
from storage.mongo import LONGEST_MS, Database, Document, answering

AT_ONCE: Final = 10
"""Batches that are summed by one question: what is summed is kept, so that who asks again waits for the rest only."""
FEW: Final = 1_000
"""Calls of a batch that is summed whole: some ten milliseconds, and no stretches to keep."""
NOTED: Final = 256
"""Changes that are noted of a batch until somebody asks: where there were more, it is summed whole."""


class MongoBatchSums:
    """Adds up the calls of batches."""

    def __init__(self, database: Database, *, few: int = FEW) -> None:
        """Keep sums in *database*, whose indexes are there; those of more than *few* calls in stretches."""
        self._batches = database["batches"]
        self._calls = database["calls"]
        self._few = few

    async def mark(self, calls: Iterable[tuple[str, str, int]], *, session: AsyncClientSession | None = None) -> None:
        """Tell that these calls (tenant, batch, number) have changed. Raises what MongoDB raised."""
        blocks: dict[tuple[str, str], set[int]] = {}
        for tenant, batch, number in calls:
            blocks.setdefault((tenant, batch), set()).add(block(number))
        writes = [_mark(tenant, batch, sorted(some)) for (tenant, batch), some in sorted(blocks.items())]
        if writes:
            await self._batches.bulk_write(writes, ordered=False, session=session)

    async def over(
        self, tenant: str, *, ids: Sequence[str] | None = None, units: tuple[str, ...] | None = None
    ) -> list[BatchSum]:
        """Return the sums of batches (no *ids*: all) over the calls that there are now."""
        seen: Document = {"tenant": tenant, "batch.id": {"$gt": ""} if ids is None else {"$in": list(ids)}}
        if units is not None:
            seen["unit.id"] = {"$in": list(units)}
        groups: dict[str, list[BatchSum]] = {}
        hint: Document = {} if ids is None else {"hint": "batch"}
        stages = [{"$match": seen}, {"$group": {"_id": GROUPED, **GROUP}}]
        with answering():
            async for row in await self._calls.aggregate(stages, maxTimeMS=LONGEST_MS, **hint):
                groups.setdefault(row["_id"]["id"], []).append(of_group(row))
        return [added(each) for each in groups.values()]

    async def refresh(self, tenant: str, batch: str | None = None) -> None:
        """Make what is kept as new as what was marked by now, of all batches or of one."""
        seen = {"tenant": tenant, "stale": True} | ({} if batch is None else {"_id": name(tenant, batch)})
        with answering():
            stale = [row["_id"] async for row in self._batches.find(seen, {"_id": 1}, max_time_ms=LONGEST_MS)]
            for start in range(0, len(stale), AT_ONCE):
                some = {"_id": {"$in": stale[start : start + AT_ONCE]}, "stale": True}
                rows = await self._batches.find(some, max_time_ms=LONGEST_MS).to_list()
                small = [row for row in rows if row.get("count", 0) <= self._few]
                writes = [await self._anew(row) for row in rows if row.get("count", 0) > self._few]
                if small:
                    sums = {each.id: each for each in await self.over(tenant, ids=[row["id"] for row in small])}
                    writes += [_keep(row, sums.get(row["id"])) for row in small]
                if writes:
                    await self._batches.bulk_write(writes, ordered=False)

    async def _anew(self, row: Document) -> UpdateOne:
        """Return the write that keeps a batch of many calls, summed where it changed."""
        firsts = changed(row)
        if firsts is None:
            wide = await self._width(row)
            stretches = await self._stretches(row, wide)
        else:
            wide = row["width"]
            stretches = {each["from"]: kept(each, row["id"]) for each in row["stretches"] if each["from"] not in firsts}
            stretches |= await self._stretches(row, wide, firsts)
        return _keep(row, added(list(stretches.values())) if stretches else None, stretches, wide)

    async def _width(self, row: Document) -> int:
        """Return how wide the stretches of a batch shall be."""
        calls = self._calls.find(_of(row), {"number": 1}, max_time_ms=LONGEST_MS).hint("batch_number").limit(1)
        ends = [each for way in (1, -1) async for each in calls.clone().sort("number", way)]
        return width(ends[0]["number"], ends[-1]["number"]) if ends else BLOCK

    async def _stretches(self, row: Document, wide: int, firsts: Collection[int] | None = None) -> dict[int, BatchSum]:
        """Return sums by the first number of each stretch, of all where *firsts* is None."""
        seen = _of(row)
        if firsts is not None:
            seen["$or"] = [{"number": {"$gte": first, "$lt": first + wide}} for first in sorted(firsts)]
        start = {"$subtract": ["$number", {"$mod": ["$number", wide]}]}
        stages = [{"$match": seen}, {"$group": {"_id": {**GROUPED, "from": start}, **GROUP}}]
        groups: dict[int, list[BatchSum]] = {}
        async for each in await self._calls.aggregate(stages, maxTimeMS=LONGEST_MS, hint="batch_number"):
            groups.setdefault(each["_id"]["from"], []).append(of_group(each))
        return {first: added(sums) for first, sums in groups.items()}


def name(tenant: str, batch: str) -> str:
    """Return the `_id` of what is kept of a batch."""
    return f"{tenant}:{batch}"


def _of(row: Document) -> Document:
    return {"tenant": row["tenant"], "batch.id": row["id"]}


def _mark(tenant: str, batch: str, blocks: Sequence[int]) -> UpdateOne:
    change: Document = {
        "$inc": {"marks": len(blocks)},
        "$push": {"changed": {"$each": blocks, "$slice": NOTED}},
        "$set": {"stale": True},
        "$setOnInsert": {"tenant": tenant, "id": batch},
    }
    return UpdateOne({"_id": name(tenant, batch)}, change, upsert=True)


def _keep(
    row: Document, found: BatchSum | None, stretches: Mapping[int, BatchSum] | None = None, wide: int = 0
) -> UpdateOne:
    """Return the write that keeps what was summed after *row* was read, unless what was read later is kept.

    What was marked meanwhile stays marked, and noted.
    """
    fields: Document = {"count": 0} if found is None else as_kept(found)
    fields["stretches"] = [{"from": first, **as_kept(each)} for first, each in (stretches or {}).items()]
    fields = {field: {"$literal": value} for field, value in fields.items()}
    marks = row["marks"]
    known = {"$max": [0, {"$subtract": [marks, {"$ifNull": ["$summed", 0]}]}]}
    rest = {"$slice": [{"$ifNull": ["$changed", []]}, known, NOTED]}
    fields |= {"width": wide, "summed": marks, "changed": rest, "stale": {"$gt": ["$marks", marks]}}
    return UpdateOne({"_id": row["_id"], "summed": {"$not": {"$gt": marks}}}, [{"$set": fields}])
