"""Streams of calls from MongoDB: all that match, a few hundred in memory at a time."""

from collections.abc import AsyncIterator
from typing import Final

from schemas.call import Call
from schemas.query import Filter
from schemas.window import Narrow, Sort
from storage.document import HEARD, Document
from storage.mongo import Database, answering, piecewise
from storage.mongo_covers import Units, way
from storage.mongo_filters import scope
from storage.mongo_orders import order_of
from storage.mongo_reader import NEEDED
from storage.mongo_whole import narrow_calls

AT_ONCE: Final = 200
"""Calls whose parts are fetched together."""
SHORT_AT_ONCE: Final = 1000
"""Calls of which a few fields are read: some 300 KB."""
BEHIND: Final = frozenset({*HEARD, "extracted"})
"""What documents do not hold by its name."""


class MongoStreams:
    """What dialects write files from."""

    def __init__(self, database: Database) -> None:
        """Read from *database*, whose indexes are there."""
        self._calls = database["calls"]
        self._transcripts = database["transcripts"]

    async def stream(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: Units,
        sort: Sort,
        narrow: Narrow,
        limit: int | None = None,
    ) -> AsyncIterator[Call]:
        """Yield calls in order, with what *narrow* names; a few hundred in memory at a time."""
        seen, hint = scope(tenant, filter_, units=units), way(filter_, units=units, by=sort.by).name
        size = SHORT_AT_ONCE if BEHIND.isdisjoint(narrow.fields) else AT_ONCE
        with answering():
            cursor = self._calls.find(seen, _read(narrow), batch_size=size, allow_disk_use=True, hint=hint)
            async for documents in piecewise(cursor.sort(order_of(sort)).limit(limit or 0), size=size):
                for call in await narrow_calls(self._transcripts, documents, narrow):
                    yield call


def _read(narrow: Narrow) -> Document:
    """Return what is read of each call; what lies behind it, and its `ext`, is told by its registers."""
    own = {"$cond": [{"$eq": ["$platform", str(narrow.own)]}, "$registers", "$$REMOVE"]}
    registers = own if BEHIND.isdisjoint(narrow.fields) else 1
    return {**dict.fromkeys((*NEEDED, *narrow.fields), 1), "registers": registers}
