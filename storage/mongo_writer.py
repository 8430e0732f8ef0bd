"""Write calls: raw events kept, updates folded into documents, all of it repeatable after any interruption.

The order of writes: long parts, then the document that refers to them, then the parts that it let go. A process that
dies in between leaves nothing that reads wrong, and the same updates made again complete it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import bson
from pymongo import DeleteMany, InsertOne, ReplaceOne, UpdateOne

from runtime.clock import Clock, utc_now
from schemas.envelope import Envelope
from schemas.update import CallUpdate
from storage.batch_sums import in_batches, left
from storage.document import KEPT, Document, Folded, Identity, folded, refs
from storage.flatten import whole_ms
from storage.fold import unpack
from storage.mongo import Database, answering
from storage.mongo_batch_sums import MongoBatchSums
from storage.mongo_bulk import Write, insert, write
from storage.mongo_chunks import all_of, pieces
from storage.mongo_events import raw_event, uid_of
from storage.mongo_numbers import MongoNumbers
from storage.mongo_parts import part_name, read_parts
from storage.mongo_tombstones import MongoTombstones
from storage.parts import MEDIA, unpack_parts
from storage.searched import lacking, searched

LARGEST: Final = 16_000_000
"""Bytes of a document, a little below MongoDB's 16 MiB."""
WORTH_MEASURING: Final = 4_000_000
"""Shorter registers and words make no document of `LARGEST`: what is shown of them is shorter than they are."""
NEEDED: Final = dict.fromkeys(("tenant", "registers", "revision", "updated_at", "batch.id", *KEPT), 1)
"""What a fold must know of a stored call."""
_BY_WRITING: Final = ("updated_at", "revision")

RawDays = Callable[[str], int]
"""How many days a tenant's raw events are kept."""


class Waiting:
    """One call of a batch on its way: its updates, and the parts that may be nobody's once it is done."""

    def __init__(self, identity: Identity) -> None:
        """Begin without updates."""
        self.identity = identity
        self.updates: list[CallUpdate] = []
        self.parts: set[str] = set()


class MongoWriter:
    """The half of the store that workers use."""

    def __init__(self, database: Database, *, raw_days: RawDays, clock: Clock = utc_now) -> None:
        """Write to *database*, whose indexes are there."""
        self._calls = database["calls"]
        self._transcripts = database["transcripts"]
        self._media = database["media"]
        self._events = database["events"]
        self._numbers = MongoNumbers(database)
        self._tombstones = MongoTombstones(database)
        self._batches = MongoBatchSums(database)
        self._raw_days = raw_days
        self._clock = clock

    async def keep(self, envelopes: Sequence[Envelope]) -> None:
        """Keep the raw events; of an equal one, when it came first and last."""
        rows = [row for event in envelopes for row in raw_event(event, days=self._raw_days(event.tenant))]
        with answering():
            again = [row for row in await insert(self._events, rows) if "received_at" in row]
            await write(self._events, [UpdateOne({"_id": row["_id"]}, _came_again(row)) for row in again])
        await self._unkeep(envelopes)

    async def _unkeep(self, envelopes: Sequence[Envelope]) -> None:
        """Take away what was kept of erased calls: looked at after the write, for an erasure may overtake it."""
        erasing = await self._tombstones.of(event.tenant for event in envelopes)
        suspects = {uid_of(event) for event in envelopes if event.tenant in erasing}
        erased = await self._tombstones.erased_calls(suspects)
        with answering():
            await write(self._events, [DeleteMany(all_of(uid)) for uid in erased])

    async def apply(self, updates: Sequence[CallUpdate]) -> Sequence[CallUpdate]:
        """Fold each update into its call; returns those that no document can hold."""
        erasing = await self._tombstones.of(update.tenant for update in updates)
        waiting = await self._living(_by_call(updates), erasing)
        refused: list[CallUpdate] = []
        with answering():
            while waiting:
                waiting = await self._round(waiting, refused, erasing)
        return refused

    async def refold(self, before: Document | None, updates: Sequence[CallUpdate]) -> bool:
        """Make one call anew from *updates*, which are all there were; False where it was written since *before*.

        *before* is the whole document: a call that is right already is not written, and keeps its `updated_at`.
        """
        ((key, call),) = _by_call(updates).items()
        result = folded(before, updates, identity=call.identity, afresh=True)
        if result is None:
            return True
        with answering():
            await self._searched([result])
        if _too_large(result.document) or (before and _same(before, result.document)):
            return True
        call.parts = {*result.parts, *result.media, *result.let_go}
        erasing = await self._tombstones.of([call.identity.tenant])
        with answering():
            return not await self._put({key: call}, {key: before} if before else {}, {key: result}, erasing)

    async def _round(
        self, waiting: dict[str, Waiting], refused: list[CallUpdate], erasing: Collection[str]
    ) -> dict[str, Waiting]:
        """Read, fold and write each call once; returns the calls that somebody else wrote meanwhile."""
        before = {row["_id"]: row async for row in self._calls.find({"_id": {"$in": list(waiting)}}, NEEDED)}
        after: dict[str, Folded] = {}
        results = {key: folded(before.get(key), call.updates, identity=call.identity) for key, call in waiting.items()}
        await self._searched(result for result in results.values() if result)
        for key, call in waiting.items():
            result = results[key]
            if result and _too_large(result.document):
                refused.extend(call.updates)
            elif result:
                after[key] = result
                call.parts |= result.parts.keys() | result.media.keys() | result.let_go
        return await self._put(waiting, before, after, erasing)

    async def _put(
        self,
        waiting: dict[str, Waiting],
        before: Mapping[str, Document],
        after: dict[str, Folded],
        erasing: Collection[str],
    ) -> dict[str, Waiting]:
        """Write what was folded, in the order that any interruption leaves whole; returns the calls to fold again."""
        for key in await self._forbidden(after, erasing):
            del after[key], waiting[key]
        await self._write_parts(after.values())
        again = await self._write_calls(after, before)
        done = {key: call for key, call in waiting.items() if key not in again}
        await self._let_go(done, before, after)
        await self._batches.mark(_batches(done, before, after))
        await self._look_again(done, after)
        return {key: waiting[key] for key in again}

    async def _searched(self, results: Iterable[Folded]) -> None:
        """Give each document its words; parts that came with earlier events are read again."""
        some = list(results)
        earlier = {result.document["uid"]: lacking(result.named, result.parts) for result in some}
        names = [part_name(uid, ref) for uid, refs_ in earlier.items() for ref in refs_]
        read_again = await read_parts(self._transcripts, names) if names else {}
        for result in some:
            uid = result.document["uid"]
            parts = [unpack_parts(packed) for packed in result.parts.values()]
            parts += [read_again[name] for ref in earlier[uid] if (name := part_name(uid, ref)) in read_again]
            result.document["text"] = searched(result.document, parts)

    async def _living(self, waiting: dict[str, Waiting], erasing: Collection[str]) -> dict[str, Waiting]:
        """Return the calls that were not erased; of the others nothing is folded again, nor kept."""
        names = {call.identity.uid: call.identity for call in waiting.values() if call.identity.tenant in erasing}
        erased = await self._tombstones.erased_calls(names)
        if erased:
            await self._tombstones.take_away([names[uid].fields() for uid in erased])
        return {key: call for key, call in waiting.items() if call.identity.uid not in erased}

    async def _forbidden(self, after: Mapping[str, Folded], erasing: Collection[str]) -> list[str]:
        """Return the calls that hold a number which was erased after they started; they are erased, too."""
        suspects = [result.document for result in after.values() if result.document["tenant"] in erasing]
        found = await self._tombstones.erased_by_number(suspects)
        if found:
            await self._tombstones.bury_calls(found, at=whole_ms(self._clock()))
        return [document["_id"] for document in found]

    async def _look_again(self, done: Mapping[str, Waiting], after: Mapping[str, Folded]) -> None:
        """Take away what was erased while it was written."""
        erasing = await self._tombstones.of(call.identity.tenant for call in done.values())
        if erasing:
            await self._living(dict(done), erasing)
            await self._forbidden({key: result for key, result in after.items() if key in done}, erasing)

    async def _write_parts(self, results: Iterable[Folded]) -> None:
        """Write turns, transcripts and recordings; under a name that is taken are these very bytes."""
        rows: list[Document] = []
        recordings: list[Document] = []
        for result in results:
            uid = result.document["uid"]
            for ref, packed in result.parts.items():
                rows.extend(pieces(part_name(uid, ref), packed))
            for ref, media in result.media.items():
                recordings.extend(pieces(part_name(uid, ref), media.content))
        await insert(self._transcripts, rows)
        await insert(self._media, recordings)

    async def _write_calls(self, after: Mapping[str, Folded], before: Mapping[str, Document]) -> set[str]:
        """Write the documents; returns the keys of those that must be read and folded again."""
        await self._number([result.document for key, result in after.items() if key not in before])
        now = whole_ms(self._clock())
        writes: list[Write] = []
        for key, result in after.items():
            known = before.get(key)
            result.document["updated_at"] = now if result.news or not known else known["updated_at"]
            result.document["revision"] = known["revision"] + 1 if known else 1
            if gone := left(known or {}, result.document):
                result.document["left"] = gone
            writes.append(_replace(known, result.document) if known else InsertOne(result.document))
        written = await write(self._calls, writes)
        keys = list(after)
        again = {keys[taken.place] for taken in written.taken}
        for tenant in {after[keys[t.place]].document["tenant"] for t in written.taken if "number" in t.fields}:
            await self._numbers.move_on(tenant)
        replaced = [key for key in keys if key in before]
        # Which of them met another revision is not told; one that was written is found unchanged when read again.
        return again if written.matched == len(replaced) else again.union(replaced)

    async def _number(self, documents: Sequence[Document]) -> None:
        by_tenant: dict[str, list[Document]] = {}
        for document in documents:
            by_tenant.setdefault(document["tenant"], []).append(document)
        for tenant, rows in by_tenant.items():
            for row, number in zip(rows, await self._numbers.take(tenant, len(rows)), strict=True):
                row["number"] = number

    async def _let_go(
        self, done: Mapping[str, Waiting], before: Mapping[str, Document], after: Mapping[str, Folded]
    ) -> None:
        """Delete the parts that calls no longer refer to: a greater key took their place, they never come back."""
        names: list[str] = []
        for key, call in done.items():
            if call.parts and (key in after or key in before):
                named = after[key].named if key in after else refs(unpack(before[key]["registers"]))
                names.extend(part_name(call.identity.uid, ref) for ref in call.parts - named)
        await write(self._transcripts, [DeleteMany(all_of(name)) for name in names])
        await write(self._media, [DeleteMany(all_of(name)) for name in names if f":{MEDIA}" in name])


def _by_call(updates: Sequence[CallUpdate]) -> dict[str, Waiting]:
    waiting: dict[str, Waiting] = {}
    for update in updates:
        identity = Identity.of(update)
        waiting.setdefault(identity.key, Waiting(identity)).updates.append(update)
    return waiting


def _batches(
    done: Iterable[str], before: Mapping[str, Document], after: Mapping[str, Folded]
) -> Iterable[tuple[str, str, int]]:
    """Yield the calls whose batches' sums may have changed: unchanged ones too, which somebody may have died over."""
    for key in done:
        yield from in_batches(after[key].document if key in after else before.get(key, {}))


def _replace(known: Document, document: Document) -> Write:
    return ReplaceOne({"_id": document["_id"], "revision": known["revision"]}, document)


def _same(before: Document, document: Document) -> bool:
    """Say whether two documents differ in nothing but when and how often they were written."""
    return {**before, **dict.fromkeys(_BY_WRITING)} == {**document, **dict.fromkeys(_BY_WRITING)}


def _too_large(document: Document) -> bool:
    written = len(document["registers"]) + len(document["text"]["words"])
    return written > WORTH_MEASURING and len(bson.encode(document)) > LARGEST


def _came_again(row: Document) -> dict[str, Any]:
    return {"$min": {"received_at": row["received_at"]}, "$max": {"last_at": row["received_at"]}}
