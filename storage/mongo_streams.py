"""Streams of calls from MongoDB: all that match, a few hundred in memory at a time."""

from collections.abc import AsyncIterator
from typing import Final

from schemas.call import Call
from schemas.query import Filter
from schemas.window import Narrow, Sort
from storage.document import Document, summary, whole
from storage.mongo import Database, answering, piecewise
from storage.mongo_covers import Units, way
from storage.mongo_filters import scope
from storage.mongo_orders import order_of
from storage.mongo_reader import NEEDED
from storage.mongo_whole import WHOLE, whole_calls

AT_ONCE: Final = 200
"""Calls whose parts are fetched together."""
SHORT_AT_ONCE: Final = 1000
"""Calls of which a few fields are read: some 300 KB."""


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
        limit: int | None = None,
        words: bool = True,
        narrow: Narrow | None = None,
    ) -> AsyncIterator[Call]:
        """Yield calls in order, a few hundred in memory at a time."""
        seen, shown = scope(tenant, filter_, units=units), WHOLE if narrow is None else _narrowed(narrow)
        size, hint = AT_ONCE if narrow is None else SHORT_AT_ONCE, way(filter_, units=units, by=sort.by).name
        with answering():
            cursor = self._calls.find(seen, shown, batch_size=size, allow_disk_use=True, hint=hint)
            async for documents in piecewise(cursor.sort(order_of(sort)).limit(limit or 0), size=size):
                if narrow is None:
                    for call in await whole_calls(self._transcripts, documents, words=words):
                        yield call
                else:
                    for each in documents:
                        yield whole(each, {}) if "registers" in each else summary(each)


def _narrowed(narrow: Narrow) -> Document:
    """Return what is read of each call; of the platform's own calls all that was said of it, where `ext` is from."""
    own = {"$cond": [{"$eq": ["$platform", str(narrow.own)]}, "$registers", "$$REMOVE"]}
    return {**dict.fromkeys((*NEEDED, *narrow.fields), 1), "registers": own}
