"""Tombstones in MongoDB: written before anything is deleted, looked at after each write."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import msgspec
from pymongo import DeleteMany, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from storage.batch_sums import in_batches
from storage.mongo import Database, Document, answering
from storage.mongo_batch_sums import MongoBatchSums
from storage.mongo_chunks import all_of
from storage.mongo_keeper import secret
from storage.tombstones import EVERY_UNIT, call_mark, number_mark, number_marks

AT_ONCE: Final = 500
"""Calls that are deleted by one command."""
_MARKED: Final = {"tenant": 1, "batch.id": 1, "left": 1, "number": 1}


class MongoTombstones:
    """Knows what was erased, and takes away what came again."""

    def __init__(self, database: Database) -> None:
        """Keep tombstones in *database*."""
        self._database = database
        self._tombstones = database["tombstones"]
        self._calls = database["calls"]
        self._behind = [database[name] for name in ("transcripts", "media", "events", "history")]
        self._notes = database["notes"]
        self._rows = database["export_rows"]
        self._batches = MongoBatchSums(database)
        self._key: bytes | None = None

    async def bury_calls(self, documents: Sequence[Document], *, at: datetime) -> list[str]:
        """Take away calls and all that lies behind them, for good; return their tombstones."""
        key = await self._secret()
        marks = [call_mark(document["uid"], key=key) for document in documents]
        await self._put([(mark, document["tenant"]) for mark, document in zip(marks, documents, strict=True)], at=at)
        await self.take_away(documents)
        return marks

    async def bury_number(self, tenant: str, keys: Iterable[str], *, units: Sequence[str] | None, at: datetime) -> str:
        """Forbid calls of a number that started until *at*; return its tombstone."""
        key = await self._secret()
        within = [EVERY_UNIT] if units is None else units
        marks = [number_mark(tenant, number, unit, key=key) for number in keys for unit in within]
        await self._put([(mark, tenant) for mark in marks], at=at)
        return marks[0]

    async def take_away(self, documents: Sequence[Document]) -> None:
        """Delete calls and all that lies behind them."""
        for start in range(0, len(documents), AT_ONCE):
            some = documents[start : start + AT_ONCE]
            with answering():
                async with self._database.client.start_session() as session:
                    await session.with_transaction(partial(self._delete, [each["_id"] for each in some]))
                await self._forget_rows([each["uid"] for each in some])
                written = [DeleteMany({"tenant": each["tenant"], "uid": each["uid"]}) for each in some]
                await self._notes.bulk_write(written, ordered=False)
                for collection in self._behind:
                    await collection.bulk_write([DeleteMany(all_of(each["uid"])) for each in some], ordered=False)

    async def _delete(self, keys: Sequence[str], session: AsyncClientSession) -> None:
        """Delete calls and mark their batches, both or neither: nobody could mark what is no longer there."""
        seen = {"_id": {"$in": keys}}
        gone = await self._calls.find(seen, _MARKED, session=session).to_list()
        await self._calls.delete_many(seen, session=session)
        await self._batches.mark([each for document in gone for each in in_batches(document)], session=session)

    async def of(self, tenants: Iterable[str]) -> frozenset[str]:
        """Return which of *tenants* have ever erased anything: most have not, and theirs need not be looked up."""
        with answering():
            return frozenset(await self._tombstones.distinct("tenant", {"tenant": {"$in": sorted(set(tenants))}}))

    async def _forget_rows(self, uids: Sequence[str]) -> None:
        """Take calls out of the exports that were ordered before and not yet fetched."""
        gone = set(uids)
        async for row in self._rows.find({"uids": {"$in": list(uids)}}):
            both = zip(row["uids"], msgspec.json.decode(row["rows"]), strict=True)
            kept = [(uid, values) for uid, values in both if uid not in gone]
            change = {"uids": [uid for uid, _ in kept], "rows": msgspec.json.encode([values for _, values in kept])}
            await self._rows.update_one({"_id": row["_id"]}, {"$set": change})

    async def erased_calls(self, uids: Iterable[str]) -> set[str]:
        """Return which of these calls were erased."""
        key = await self._secret()
        marks = {call_mark(uid, key=key): uid for uid in uids}
        return {marks[mark] for mark in await self._found(marks)}

    async def erased_by_number(self, documents: Sequence[Document]) -> list[Document]:
        """Return which of *documents* hold a number that was erased after they started."""
        key = await self._secret()
        marks = {each["_id"]: number_marks(each, key=key) for each in documents}
        found = await self._found({mark for each in marks.values() for mark in each})
        return [each for each in documents if any(_covers(found.get(mark), each) for mark in marks[each["_id"]])]

    async def _found(self, marks: Iterable[str]) -> dict[str, datetime]:
        wanted = list(marks)
        if not wanted:
            return {}
        with answering():
            return {row["_id"]: row["erased_at"] async for row in self._tombstones.find({"_id": {"$in": wanted}})}

    async def _put(self, marks: Sequence[tuple[str, str]], *, at: datetime) -> None:
        writes = [
            UpdateOne({"_id": mark}, {"$max": {"erased_at": at}, "$setOnInsert": {"tenant": tenant}}, upsert=True)
            for mark, tenant in marks
        ]
        if writes:
            with answering():
                await self._tombstones.bulk_write(writes, ordered=False)

    async def _secret(self) -> bytes:
        """Return the key of the hashes, made once for a database."""
        if self._key is None:
            self._key = await secret(self._database, "tombstones")
        return self._key


def _covers(erased_at: datetime | None, document: Document) -> bool:
    began: datetime = document.get("started_at") or document["created_at"]
    return erased_at is not None and began <= erased_at
