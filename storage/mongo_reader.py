"""Read calls from MongoDB: pages by keyset, exact totals, one call with all its parts."""

from typing import Any, Final

from pymongo import ASCENDING, DESCENDING

from schemas.call import Call
from schemas.query import CallQuery, Page, Position
from storage.document import Document, heard, summary, whole
from storage.fields import ORDERS
from storage.fold import unpack
from storage.mongo import LONGEST_MS, Database, answering
from storage.mongo_filters import scope
from storage.mongo_parts import part_name, read_parts
from storage.mongo_ways import fork, way
from storage.pages import key_of, position
from storage.parts import Parts

SORTED: Final = 20_000
"""Calls that are sorted rather than found along an index that has their order: a tenth of a second."""
ATTEMPTS: Final = 5
"""A call whose parts were replaced while it was read is read again; then what is there is shown."""
NEEDED: Final = ("uid", "number", "tenant", "platform", "platform_call_id", "created_at", "updated_at")
"""What every call shows."""
_NOT_SHOWN: Final = {"registers": 0, "edits": 0, "keys": 0, "text": 0}
_UID_LENGTH: Final = 36
_NUMBER_LENGTH: Final = 10


class MongoReader:
    """The half of the store that query uses."""

    def __init__(self, database: Database) -> None:
        """Read from *database*, whose indexes are there."""
        self._database = database
        self._calls = database["calls"]
        self._transcripts = database["transcripts"]

    async def page(self, tenant: str, query: CallQuery) -> Page[Call]:
        """Return calls in the query's order, those without a sort key at the end."""
        seen = scope(tenant, query.filter, units=query.units)
        with answering():
            rows = await self._rows(tenant, query)
            total = await self._count(seen) if query.total else None
        shown = rows[: query.limit]
        return Page(
            rows=[summary(row) for row in shown],
            next=position(shown[-1], query.order.by) if len(rows) > query.limit else None,
            total=total,
        )

    async def get(self, tenant: str, call_id: str, *, units: tuple[str, ...] | None = None) -> Call | None:
        """Return one whole call by `uid` or `number`."""
        name = name_of(call_id)
        if name is None:
            return None
        seen = {"tenant": tenant, **name} if units is None else {"tenant": tenant, **name, "unit.id": {"$in": units}}
        parts: dict[str, Parts] = {}
        names: dict[str, str] = {}
        document: Document | None = None
        with answering():
            for _ in range(ATTEMPTS):
                document = await self._calls.find_one(seen, max_time_ms=LONGEST_MS)
                if document is None:
                    return None
                named = heard(unpack(document["registers"]))
                names = {part_name(document["uid"], ref): ref for ref in named}
                parts = await read_parts(self._transcripts, names, longest_ms=LONGEST_MS)
                if parts.keys() == names.keys():
                    break
        return None if document is None else whole(document, {names[name]: part for name, part in parts.items()})

    async def _rows(self, tenant: str, query: CallQuery) -> list[Document]:
        """Return up to one row more than the page holds."""
        rows: list[Document] = []
        chosen = await self._chosen(tenant, query)
        for find in plan(tenant, query):
            if len(rows) <= query.limit:
                hint = find.get("hint", chosen)
                cursor = self._calls.find(find["filter"], shown(query), hint=hint, max_time_ms=LONGEST_MS)
                lacking = query.limit + 1 - len(rows)
                rows += await cursor.sort(list(find["sort"].items())).limit(lacking).to_list()
        return rows

    async def _chosen(self, tenant: str, query: CallQuery) -> str | None:
        """Return the shorter of two ways: few calls are sorted sooner than found along the order."""
        ways = fork(query)
        if ways is None:
            return None
        seen = scope(tenant, ways.condition, units=None)
        found = await self._database.command(
            "count", "calls", query=seen, hint=ways.few, limit=SORTED, maxTimeMS=LONGEST_MS
        )
        return ways.few if found["n"] < SORTED else ways.many

    async def _count(self, seen: Document) -> int:
        # `count` walks an index where the driver's own way, an aggregation, may fetch; with a query it is exact.
        answer = await self._database.command("count", "calls", query=seen, maxTimeMS=LONGEST_MS)
        return int(answer["n"])


def shown(query: CallQuery) -> dict[str, int]:
    """Return what is read of each call: a field less is one less to decode, which most of a page's time goes to."""
    if not query.columns:
        return _NOT_SHOWN
    return dict.fromkeys((*NEEDED, *(key.partition(".")[0] for key in ORDERS[query.order.by]), *query.columns), 1)


def plan(tenant: str, query: CallQuery) -> list[Document]:
    """Return the finds that answer *query*, one after the other: calls with a sort key, then those without."""
    hint = {} if (index := way(query)) is None else {"hint": index}
    seen = scope(tenant, query.filter, units=query.units)
    keys, after = ORDERS[query.order.by], query.after
    # Also where the key is absent: the same for all, it lets MongoDB see that an index has the order.
    sort = dict.fromkeys((*keys, "_id"), DESCENDING if query.order.descending else ASCENDING)
    if after is not None and key_of(after) is None:
        return [{"filter": {"$and": [seen, _absent(keys, after, query)]}, "sort": sort, **hint}]
    places = _present(keys, after, query), _absent(keys, None, query)
    return [{"filter": {"$and": [seen, place]}, "sort": sort, **hint} for place in places]


def name_of(call_id: str) -> Document | None:
    """Return how a call named *call_id* is found, None where no call can have that name."""
    if len(call_id) == _UID_LENGTH and call_id.isascii():
        return {"uid": call_id}
    if len(call_id) == _NUMBER_LENGTH and call_id.isascii() and call_id.isdigit():
        return {"number": int(call_id)}
    return None


def _present(keys: tuple[str, ...], after: Position | None, query: CallQuery) -> Document:
    """Return the query for calls that have a sort key, behind *after* in the order."""
    if after is None:
        return {keys[0]: {"$ne": None}}
    way = "$lt" if query.order.descending else "$gt"
    names, values = (*keys, "_id"), (*(key_of(after) or ()), after.id)
    ties = [
        {**dict(zip(names[:place], values[:place], strict=True)), names[place]: {way: values[place]}}
        for place in range(len(names))
    ]
    # The bound of the first key is what the index begins at; the alternatives are looked at in the index alone.
    return {keys[0]: {f"{way}e": values[0]}, "$or": ties}


def _absent(keys: tuple[str, ...], after: Position | None, query: CallQuery) -> Document:
    """Return the query for calls without a sort key, behind *after* among them."""
    place: dict[str, Any] = {keys[0]: None}
    if after is not None:
        place["_id"] = {"$lt" if query.order.descending else "$gt": after.id}
    return place
