"""Exports in MongoDB: a snapshot of calls read once, its rows kept until they expire, less those of erased calls."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, Final

import msgspec
from pymongo import WriteConcern
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure

from schemas.call import Call
from schemas.export import Export, Part, Wanted
from schemas.query import CallQuery
from storage.document import refs, summary, whole
from storage.errors import Lost
from storage.fold import unpack
from storage.mongo import LONGEST_MS, LONGEST_S, Database, Document, answering, piecewise
from storage.mongo_parts import part_name, read_parts
from storage.mongo_reader import NEEDED, name_of, plan
from storage.mongo_tombstones import MongoTombstones

AT_ONCE: Final = 1_000
"""Calls that are read, and rows that are kept, in one piece: flat memory, few round trips."""
_NOT_SHOWN: Final = {"keys": 0, "edits": 0, "text": 0}
_TOO_OLD: Final = frozenset({239, 246})
"""MongoDB's codes for a snapshot that is older than the history it keeps."""
_decode: Final = msgspec.json.Decoder(list[list[Any]]).decode


class Snapshot:
    """The calls as they were at one moment, however long the reading takes."""

    def __init__(
        self, database: Database, session: AsyncClientSession, tenant: str, wanted: Wanted, *, longest_s: float
    ) -> None:
        """Read *wanted* of *tenant* by *session*, each piece within *longest_s*."""
        self._longest_s = longest_s
        self._calls = database["calls"]
        self._transcripts = database["transcripts"]
        self._session = session
        self._tenant = tenant
        self._wanted = wanted
        # Each field that is not read is one that need not be decoded: most of the time of an export goes there.
        self._read = _NOT_SHOWN if wanted.whole else dict.fromkeys((*NEEDED, *wanted.columns), 1)

    async def parts(self) -> AsyncIterator[list[Call]]:
        """Yield the calls piece by piece, at least one piece, which fixes the moment."""
        with answering(), _forgetting():
            pieces = self._found() if self._wanted.ids is None else self._named(self._wanted.ids)
            async for documents in pieces:
                yield await self._shown(documents)

    async def _found(self) -> AsyncIterator[list[Document]]:
        query = CallQuery(filter=self._wanted.filter, units=self._wanted.units)
        for find in plan(self._tenant, query):
            found = {"session": self._session, "batch_size": AT_ONCE, "hint": find.get("hint")}
            cursor = self._calls.find(find["filter"], self._read, **found).sort(list(find["sort"].items()))
            async for documents in piecewise(cursor, size=AT_ONCE, longest_s=self._longest_s):
                yield documents
        yield []

    async def _named(self, ids: Sequence[str]) -> AsyncIterator[list[Document]]:
        for start in range(0, max(1, len(ids)), AT_ONCE):
            names = [(call_id, name_of(call_id)) for call_id in ids[start : start + AT_ONCE]]
            either = [name for _, name in names if name is not None] or [{"uid": ""}]
            seen: Document = {"tenant": self._tenant, "$or": either}
            if self._wanted.units is not None:
                seen["unit.id"] = {"$in": list(self._wanted.units)}
            with answering():
                rows = await self._calls.find(seen, self._read, session=self._session, max_time_ms=LONGEST_MS).to_list()
            by_name = {str(row[key]): row for row in rows for key in ("uid", "number")}
            yield [by_name[call_id] for call_id, _ in names if call_id in by_name]

    async def _shown(self, documents: list[Document]) -> list[Call]:
        if not self._wanted.whole:
            return [summary(document) for document in documents]
        named = [_parts_of(document) for document in documents]
        with answering():
            names = [name for each in named for name in each]
            found = await read_parts(self._transcripts, names, session=self._session, longest_ms=LONGEST_MS)
        both = zip(documents, named, strict=True)
        return [whole(each, {ref: found[name] for name, ref in mine.items() if name in found}) for each, mine in both]


def _parts_of(document: Document) -> dict[str, str]:
    """Return the names of a call's long parts, each with what the call knows it by."""
    return {part_name(document["uid"], ref): ref for ref in refs(unpack(document["registers"]))}


class MongoExports:
    """The half of the store that keeps ordered files."""

    def __init__(self, database: Database, *, longest_s: float = LONGEST_S) -> None:
        """Keep rows in *database*, whose indexes are there; a piece of a snapshot is read within *longest_s*."""
        self._database = database
        self._longest_s = longest_s
        self._exports = database["exports"]
        # Lost rows cost an order made again, not a call: they need no disk to have them before the next are read.
        self._rows = database["export_rows"].with_options(write_concern=WriteConcern(w=1, j=False))
        self._tombstones = MongoTombstones(database)

    @asynccontextmanager
    async def snapshot(self, tenant: str, wanted: Wanted) -> AsyncIterator[Snapshot]:
        """Yield the calls as they are at the first reading."""
        async with self._database.client.start_session(snapshot=True) as session:
            yield Snapshot(self._database, session, tenant, wanted, longest_s=self._longest_s)

    async def put(self, export: Export) -> None:
        """Keep *export*, in place of what was kept of it."""
        row = msgspec.to_builtins(export, builtin_types=(datetime,))
        with answering():
            await self._exports.replace_one({"_id": export.id}, row, upsert=True)

    async def get(self, export_id: str) -> Export | None:
        """Return an export, None where there is none any more."""
        with answering():
            row = await self._exports.find_one({"_id": export_id}, max_time_ms=LONGEST_MS)
        return None if row is None else msgspec.convert(row, Export)

    async def add(self, export: Export, number: int, part: Part) -> None:
        """Keep the rows of the *number*th part."""
        row = {
            "_id": _name(export.id, number),
            "uids": part.uids,
            "rows": msgspec.json.encode(part.rows),
            "expires_at": export.expires_at,
        }
        with answering():
            await self._rows.insert_one(row)

    async def part(self, export: Export, number: int) -> Part | None:
        """Return the *number*th part without the calls that were erased, None where there is none (yet)."""
        with answering():
            row = await self._rows.find_one({"_id": _name(export.id, number)}, max_time_ms=LONGEST_MS)
        if row is None:
            return None
        part = Part(row["uids"], _decode(row["rows"]))
        # Most tenants never erased anything: the marks of their calls need not be made and looked up.
        if not await self._tombstones.of([export.tenant]):
            return part
        erased = await self._tombstones.erased_calls(part.uids)
        kept = [(uid, values) for uid, values in zip(part.uids, part.rows, strict=True) if uid not in erased]
        return Part([uid for uid, _ in kept], [values for _, values in kept])


@contextmanager
def _forgetting() -> Iterator[None]:
    """Let `Lost` out where MongoDB no longer keeps the history of the moment that is read."""
    try:
        yield
    except OperationFailure as error:
        if error.code in _TOO_OLD:
            raise Lost from error
        raise


def _name(export_id: str, number: int) -> str:
    return f"{export_id}:{number:09d}"
