"""Many writes at once, where a key that is taken is an answer and no error."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pymongo import DeleteMany, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError

from storage.mongo import DUPLICATE, Collection, Document

Write = InsertOne[Document] | ReplaceOne[Document] | UpdateOne | DeleteMany


class Taken(NamedTuple):
    """A write that met a taken key: its place among the writes, and the fields of the index that refused it."""

    place: int
    fields: frozenset[str]


class Written(NamedTuple):
    """How many documents were found to be changed, and which writes met a taken key."""

    matched: int
    taken: Sequence[Taken]


async def write(collection: Collection, writes: Sequence[Write]) -> Written:
    """Make all *writes*, in no order. Raises what MongoDB raised, except for taken keys."""
    if not writes:
        return Written(0, ())
    try:
        done = await collection.bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        return Written(error.details["nMatched"], _taken(error))
    return Written(done.matched_count, ())


async def insert(collection: Collection, rows: Sequence[Document]) -> Sequence[Document]:
    """Insert *rows*, in no order; returns those whose `_id` is taken."""
    if not rows:
        return ()
    try:
        await collection.insert_many(rows, ordered=False)
    except BulkWriteError as error:
        return [rows[taken.place] for taken in _taken(error)]
    return ()


def _taken(error: BulkWriteError) -> Sequence[Taken]:
    """Return the taken keys that *error* is about; raises it where there is more to it."""
    refused: Sequence[dict[str, Any]] = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(row["code"] != DUPLICATE for row in refused):
        raise error
    return [Taken(row["index"], frozenset(row["keyPattern"])) for row in refused]
