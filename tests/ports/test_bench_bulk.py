"""Bench calls by bulk are what the writer would have made of the same updates."""

from typing import Any

from bench.bulk import load
from bench.seed import updates
from schemas.batch import BatchQuery
from storage.mongo import Database, connect
from storage.mongo_batches import MongoBatches
from storage.mongo_setup import findings, set_up
from storage.mongo_writer import MongoWriter

CALLS = 40


async def written(database: Database) -> None:
    await set_up(database)
    await MongoWriter(database, raw_days=lambda _: 30).apply(list(updates(CALLS, tenant="bench")))


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Return all documents, but for when they were written, and for secrets, which are made when first needed."""
    names = {*await database.list_collection_names()} - {"secrets"}
    rows = {name: await database[name].find().sort("_id").to_list() for name in names}
    without = {"updated_at": None}
    return {name: [row | without if "updated_at" in row else row for row in found] for name, found in rows.items()}


async def test_calls_by_bulk_are_those_that_the_writer_makes(mongo_url: str, database: str) -> None:
    async with connect(mongo_url.replace("/?", f"/{database}?")) as mine:
        await written(mine)
        one_by_one = await everything(mine)
        batches = await MongoBatches(mine).page("bench", BatchQuery())
        await mine.client.drop_database(database)

        await load(mongo_url.replace("/?", f"/{database}?"), CALLS, tenant="bench")

        assert await everything(mine) == one_by_one
        assert (await MongoBatches(mine).page("bench", BatchQuery())).rows == batches.rows
        assert await findings(mine) == []
