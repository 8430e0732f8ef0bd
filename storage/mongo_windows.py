"""Calls by offset, as dialects list them: orders of their columns, exact counts, sums, one call by any of its ids."""

from asyncio import gather
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from pymongo import ASCENDING, DESCENDING

from schemas.call import Call
from schemas.query import Field, Filter
from schemas.window import BatchTotals, Narrow, Sort, SortBy, TalkSum
from schemas.words import Platform
from storage.document import Document, heard, summary, whole
from storage.fold import unpack
from storage.mongo import LONGEST_MS, Database, answering, piecewise
from storage.mongo_chunks import read
from storage.mongo_counts import MongoCounts
from storage.mongo_covers import Units, Way, way
from storage.mongo_endings import ENDING
from storage.mongo_filters import scope, where
from storage.mongo_parts import part_name
from storage.mongo_reader import NEEDED, name_of
from storage.mongo_totals import batch_totals, talk_sum
from storage.parts import Parts, unpack_parts

AT_ONCE: Final = 200
"""Calls whose parts are fetched together."""
NEAR: Final = 200
"""Calls whose documents are skipped rather than asked for apart: a question costs as much."""
SHORT_AT_ONCE: Final = 1000
"""Calls of which a few fields are read: some 300 KB."""

_PATHS: Final[Mapping[SortBy, str]] = {
    SortBy.STARTED_AT: "started_at",
    SortBy.BEGUN_AT: "keys.begun_at",
    SortBy.CREATED_AT: "created_at",
    SortBy.UPDATED_AT: "updated_at",
    SortBy.NUMBER: "number",
    SortBy.TALK_S: "talk_s",
    SortBy.COST: "cost.micros",
    SortBy.TITLE: "title",
    SortBy.CHANNEL: "channel",
    SortBy.ENDING: "ending",
    SortBy.CUSTOMER_NUMBER: "customer_number",
    SortBy.SUCCESS: "success",
    SortBy.WORKFLOW: "workflow",
    SortBy.CUSTOMER_LAST: "customer.last",
}
_RECORD: Final = (("keys.record", -1), ("number", 1))
"""Tanyi's own integers are kept negated, and lie below all numbers."""
SORTS: Final[Mapping[SortBy, tuple[tuple[str, int], ...]]] = {
    **{by: ((path, 1), ("_id", 1)) for by, path in _PATHS.items()},
    SortBy.RECORD_ID: _RECORD,
}
"""What each order compares, and which way when it rises."""
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
_WHOLE: Final = {"edits": 0, "keys": 0, "text": 0}
_LIGHT: Final = {**_WHOLE, "registers": 0}
_BY_RECORD: Final = Sort(SortBy.RECORD_ID)


class MongoWindows:
    """The half of the store that dialects read."""

    def __init__(self, database: Database) -> None:
        """Read from *database*, whose indexes are there."""
        self._database = database
        self._calls = database["calls"]
        self._transcripts = database["transcripts"]
        self._counts = MongoCounts(database)

    async def window(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: Units,
        sort: Sort,
        skip: int,
        limit: int,
        whole: bool = False,
        words: bool = True,
    ) -> list[Call]:
        """Return the calls from *skip* on; the order is total, so that a closed window never shifts."""
        seen = scope(tenant, filter_, units=units)
        found = way(filter_, units=units, by=sort.by)
        fields = _WHOLE if whole else _LIGHT
        with answering():
            if sort.by is SortBy.ENDING:
                names, _ = await self._passed(seen, found, sort, skip=skip, limit=limit)
                documents = await self._named(names, fields)
            else:
                documents = await self._found(seen, found, sort, fields, skip=skip, limit=limit)
            return await self._shown(documents, words=words) if whole else [summary(each) for each in documents]

    async def page(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: Units,
        sort: Sort,
        skip: int,
        limit: int,
        whole: bool = False,
        words: bool = True,
        own: Platform | None = None,
    ) -> tuple[list[Call], int]:
        """Return the calls from *skip* on, and how many match, exactly."""
        seen = scope(tenant, filter_, units=units)
        found = way(filter_, units=units, by=sort.by)
        fields = _WHOLE if whole else _LIGHT
        with answering():
            if found.alone and sort.by is not SortBy.ENDING:
                documents, total = await gather(
                    self._found(seen, found, sort, fields, skip=skip, limit=limit),
                    self._counts.total(tenant, filter_, units=units, found=found),
                )
            else:
                names, total = await self._passed(seen, found, sort, skip=skip, limit=limit)
                documents = await self._named(names, fields)
            if whole:
                return await self._shown(documents, words=words, own=own), total
            return [summary(each) for each in documents], total

    async def _found(
        self, seen: Document, found: Way, sort: Sort, fields: Document, *, skip: int, limit: int
    ) -> list[Document]:
        """Return the documents of a page; far skipping is done over the index alone."""
        near = found.alone and skip <= NEAR
        cursor = self._calls.find(seen, fields if near else {"_id": 1}, hint=found.name, max_time_ms=LONGEST_MS)
        rows = await cursor.sort(order_of(sort)).skip(skip).limit(limit).to_list()
        return rows if near else await self._named([row["_id"] for row in rows], fields)

    async def _named(self, names: Sequence[str], fields: Document) -> list[Document]:
        if not names:
            return []
        rows = await self._calls.find({"_id": {"$in": names}}, fields, max_time_ms=LONGEST_MS).to_list()
        by_name = {row["_id"]: row for row in rows}
        return [by_name[name] for name in names if name in by_name]

    async def _passed(self, seen: Document, found: Way, sort: Sort, *, skip: int, limit: int) -> tuple[list[str], int]:
        """Return the names of a page and how many match, in one pass: looking at documents twice costs twice."""
        stages: list[Document] = [
            {"$match": seen},
            *([{"$project": {"ending": ENDING}}] if sort.by is SortBy.ENDING else []),
            {"$sort": dict(order_of(sort))},
            {
                "$facet": {
                    "page": [{"$skip": skip}, {"$limit": limit}, {"$project": {"_id": 1}}],
                    "total": [{"$count": "n"}],
                }
            },
        ]
        hint: Document = {} if found.name is None else {"hint": found.name}
        (row,) = await (await self._calls.aggregate(stages, allowDiskUse=True, maxTimeMS=LONGEST_MS, **hint)).to_list()
        return [each["_id"] for each in row["page"]], sum(each["n"] for each in row["total"])

    async def _shown(self, documents: Sequence[Document], *, words: bool, own: Platform | None = None) -> list[Call]:
        """Return whole calls; with *own* only its are whole."""
        entire = [each for each in documents if own in {None, each["platform"]}]
        read = {call.uid: call for call in await self._whole(entire, words=words)} if entire else {}
        return [read[each["uid"]] if each["uid"] in read else summary(each) for each in documents]

    async def newest(
        self, tenant: str, filter_: Filter, *, units: Units, then: Filter, skip: int, limit: int
    ) -> tuple[list[Call], int]:
        """Return each customer's newest whole call of those that match, if *then* holds for it; and how many."""
        order = order_of(_BY_RECORD)
        customer = {"$ifNull": ["$customer_e164", "$customer_number", "$_id"]}
        stages: list[Document] = [
            {"$match": scope(tenant, filter_, units=units)},
            {"$sort": dict(order)},
            {"$group": {"_id": customer, "name": {"$first": "$_id"}}},
        ]
        with answering():
            cursor = await self._calls.aggregate(stages, allowDiskUse=True, maxTimeMS=LONGEST_MS)
            names = [row["name"] for row in await cursor.to_list()]
            last = {"$and": [{"_id": {"$in": names}}, where(then)]}
            total = await self._calls.count_documents(last, maxTimeMS=LONGEST_MS)
            rows = self._calls.find(last, _WHOLE, max_time_ms=LONGEST_MS).sort(order).skip(skip).limit(limit)
            documents = await rows.to_list()
        return await self._whole(documents), total

    async def count(self, tenant: str, filter_: Filter, *, units: Units) -> int:
        """Return how many calls match, exactly."""
        with answering():
            return await self._counts.total(tenant, filter_, units=units, found=way(filter_, units=units))

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

    async def find(self, tenant: str, call_id: str, *, units: Units) -> Call | None:
        """Return one whole call by `platform_call_id`, `uid`, `number` or the platform's other name of it.

        Of several the one that started last.
        """
        seen = named(tenant, call_id, units=units)
        with answering():
            order = [("keys.begun_at", DESCENDING), ("_id", DESCENDING)]
            rows = await self._calls.find(seen, _WHOLE, max_time_ms=LONGEST_MS).sort(order).limit(1).to_list()
        return (await self._whole(rows))[0] if rows else None

    async def stream(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: Units,
        sort: Sort,
        limit: int | None = None,
        words: bool = True,
        narrow: Narrow | None = None,
    ) -> AsyncIterator[Call]:
        """Yield calls in order, a few hundred in memory at a time."""
        seen, shown = scope(tenant, filter_, units=units), _WHOLE if narrow is None else _narrowed(narrow)
        size, hint = AT_ONCE if narrow is None else SHORT_AT_ONCE, way(filter_, units=units, by=sort.by).name
        with answering():
            cursor = self._calls.find(seen, shown, batch_size=size, allow_disk_use=True, hint=hint)
            async for documents in piecewise(cursor.sort(order_of(sort)).limit(limit or 0), size=size):
                if narrow is None:
                    for call in await self._whole(documents, words=words):
                        yield call
                else:
                    for each in documents:
                        yield whole(each, {}) if "registers" in each else summary(each)

    async def units(self, tenant: str) -> list[str]:
        """Return the ids of the units that have calls."""
        with answering():
            known = await self._calls.distinct("unit.id", {"tenant": tenant}, maxTimeMS=LONGEST_MS)
        return sorted(each for each in known if each is not None)  # an index tells what is absent as null

    async def _whole(self, documents: Sequence[Document], *, words: bool = True) -> list[Call]:
        """Read what lies beside the documents; without *words* the calls have no turns and no transcript."""
        if not words:
            return [whole(each, {}) for each in documents]
        known = {each["uid"]: unpack(each["registers"]) for each in documents}
        named = {uid: heard(registers) for uid, registers in known.items()}
        names = [part_name(uid, ref) for uid, refs in named.items() for ref in refs]
        parts: dict[str, Parts] = {}
        with answering():
            async for first in self._transcripts.find({"_id": {"$in": names}}, max_time_ms=LONGEST_MS):
                content = b"".join([piece async for piece in read(self._transcripts, first)])
                if len(content) == first["size"]:  # else it is being replaced
                    parts[first["_id"]] = unpack_parts(content)
        return [whole(each, _of(each, named[each["uid"]], parts), registers=known[each["uid"]]) for each in documents]


def _narrowed(narrow: Narrow) -> Document:
    """Return what is read of each call; of the platform's own calls all that was said of it, where `ext` is from."""
    own = {"$cond": [{"$eq": ["$platform", str(narrow.own)]}, "$registers", "$$REMOVE"]}
    return {**dict.fromkeys((*NEEDED, *narrow.fields), 1), "registers": own}


def order_of(sort: Sort) -> list[tuple[str, int]]:
    """Return the keys of a total order."""
    way = DESCENDING if sort.descending else ASCENDING
    return [(path, way * sign) for path, sign in SORTS[sort.by]]


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


def _of(document: Document, refs: frozenset[str], parts: Mapping[str, Parts]) -> dict[str, Parts]:
    names = {ref: part_name(document["uid"], ref) for ref in refs}
    return {ref: parts[name] for ref, name in names.items() if name in parts}
