"""What people write on calls, in MongoDB: a document is replaced only at the revision that was read."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from pymongo import ReplaceOne
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DocumentTooLarge

from runtime.clock import Clock, utc_now
from schemas.call import Call, Evaluation, call_uid
from schemas.edit import Entry, Patch
from storage.document import refs
from storage.edits import FOUND_BY, Edited, edited, evaluated
from storage.errors import Changed, Full
from storage.fold import unpack
from storage.mongo import LONGEST_MS, Database, Document, answering
from storage.mongo_chunks import all_of
from storage.mongo_parts import part_name, read_parts
from storage.mongo_reader import MongoReader, name_of
from storage.searched import lacking

AT_ONCE: Final = 200
"""Calls of one transaction: enough to be quick, few enough to be seldom in each other's way."""
LONGEST_HISTORY: Final = 1_000
"""Changes of one call that are told, the newest: nobody reads further back."""


class _Lost(Exception):
    """Somebody else wrote first; read again."""


class MongoEditor:
    """The half of the store that people write to."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        """Write to *database*, whose indexes are there."""
        self._client = database.client
        self._calls = database["calls"]
        self._history = database["history"]
        self._transcripts = database["transcripts"]
        self._reader = MongoReader(database)
        self._clock = clock

    async def edit(
        self,
        tenant: str,
        call_id: str,
        patch: Patch,
        *,
        by: str,
        units: tuple[str, ...] | None = None,
        revision: int | None = None,
    ) -> Call | None:
        """Lay *patch* over the call; return the whole call."""
        while (document := await self._read(tenant, call_id, units)) is not None:
            if revision is not None and document["revision"] != revision:
                raise Changed
            (after,) = await self._edited([document], patch, by=by)
            if after is None or await self._swapped([after]):
                return await self._reader.get(tenant, document["uid"], units=units)
        return None

    async def edit_many(
        self, tenant: str, call_ids: Sequence[str], patch: Patch, *, by: str, units: tuple[str, ...] | None = None
    ) -> Mapping[str, bool]:
        """Lay *patch* over each call."""
        known = dict.fromkeys(call_ids, False)
        ids = list(known)
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            found = await self._read_many(tenant, some, units)
            known |= dict.fromkeys((each for each in some if each in found), True)
            documents = {document["_id"]: document for document in found.values()}
            changes = await self._edited(documents.values(), patch, by=by)
            if not await self._swapped([each for each in changes if each is not None]):
                for document in documents.values():
                    await self.edit(tenant, document["uid"], patch, by=by, units=units)
        return known

    async def evaluate(
        self, tenant: str, call_id: str, evaluation: Evaluation, *, units: tuple[str, ...] | None = None
    ) -> bool:
        """Add *evaluation* to the call."""
        while (document := await self._read(tenant, call_id, units)) is not None:
            if await self._swapped([Edited(evaluated(document, evaluation, at=self._clock()), [])]):
                return True
        return False

    async def history(self, tenant: str, key: str) -> list[Entry]:
        """Return who changed what, newest first."""
        seen = {**all_of(call_uid(key)), "tenant": tenant}
        with answering():
            rows = (
                await self._history.find(seen, max_time_ms=LONGEST_MS).sort("_id", -1).limit(LONGEST_HISTORY).to_list()
            )
        return [_entry(row) for row in rows]

    async def _edited(self, documents: Collection[Document], patch: Patch, *, by: str) -> list[Edited | None]:
        """Return what *patch* makes of each document; what was said is read where the words are found anew."""
        named: dict[str, list[str]] = {}
        for document in documents:
            refs_ = lacking(refs(unpack(document["registers"])), ()) if FOUND_BY.intersection(patch.fields) else ()
            named[document["uid"]] = [part_name(document["uid"], ref) for ref in refs_]
        with answering():
            parts = await read_parts(self._transcripts, [name for each in named.values() for name in each])
        at = self._clock()
        return [
            edited(each, patch, by=by, at=at, parts=[parts[name] for name in named[each["uid"]] if name in parts])
            for each in documents
        ]

    async def _read(self, tenant: str, call_id: str, units: tuple[str, ...] | None) -> Document | None:
        return (await self._read_many(tenant, [call_id], units)).get(call_id)

    async def _read_many(
        self, tenant: str, call_ids: Iterable[str], units: tuple[str, ...] | None
    ) -> dict[str, Document]:
        """Return the documents of those that there are, by the names they were asked by."""
        names = {call_id: name for call_id in call_ids if (name := name_of(call_id)) is not None}
        uids = [name["uid"] for name in names.values() if "uid" in name]
        numbers = [name["number"] for name in names.values() if "number" in name]
        either = [{key: {"$in": values}} for key, values in (("uid", uids), ("number", numbers)) if values]
        if not either:
            return {}
        seen = [{"tenant": tenant, **each} | ({} if units is None else {"unit.id": {"$in": units}}) for each in either]
        with answering():
            rows = await self._calls.find({"$or": seen}, max_time_ms=LONGEST_MS).to_list()
        by_name = {str(row[key]): row for row in rows for key in ("uid", "number")}
        return {call_id: by_name[call_id] for call_id in names if call_id in by_name}

    async def _swapped(self, changes: Sequence[Edited]) -> bool:
        """Write documents and history, all or nothing; return False where somebody else wrote first."""
        if not changes:
            return True

        async def write(session: AsyncClientSession) -> None:
            replaced = await self._calls.bulk_write([_replace(each.document) for each in changes], session=session)
            if replaced.matched_count < len(changes):
                raise _Lost
            rows = [row for each in changes for row in _rows(each)]
            if rows:
                await self._history.insert_many(rows, session=session)

        try:
            with answering():
                async with self._client.start_session() as session:
                    await session.with_transaction(write)
        except _Lost:
            return False
        except DocumentTooLarge as error:
            raise Full from error
        return True


def _replace(document: Document) -> ReplaceOne[Document]:
    return ReplaceOne({"_id": document["_id"], "revision": document["revision"] - 1}, document)


def _rows(change: Edited) -> Iterable[Document]:
    document = change.document
    for entry in change.entries:
        # A revision writes a field once; twelve digits keep the order of text the order of numbers.
        name = f"{document['uid']}:{document['revision']:012d}:{entry.field}"
        told: dict[str, Any] = {"at": entry.at, "key": entry.key, "field": entry.field}
        yield {"_id": name, "tenant": document["tenant"], **told, "from": entry.before, "to": entry.after}


def _entry(row: Document) -> Entry:
    return Entry(at=row["at"], key=row["key"], field=row["field"], before=row["from"], after=row["to"])
