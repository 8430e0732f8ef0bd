"""The dialects' registers in MongoDB: aliases, internal notes, receivers, file orders, what was seen and spent."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import msgspec
from pymongo import ReturnDocument, WriteConcern
from pymongo.errors import DuplicateKeyError

from schemas.register import Hook, Note, Order
from storage.mongo import Database, Document, answering
from storage.numbering import LAST_NUMBER

FIRST_ALIAS: Final = 1_000_000_000
"""Smaller integers are the vendors' own."""
REMEMBERED: Final = 50_000
"""Aliases kept at hand, some 10 MB: none ever changes, and each page asks for those of the page before."""
_KINDS: Final = frozenset({"unit", "agent", "job", "tenant", "line", "customer", "group", "criterion", "user"})


class MongoRegisters:
    """What dialects keep beside calls, each tenant's apart."""

    def __init__(self, database: Database) -> None:
        """Keep it in *database*, whose indexes are there."""
        self._aliases = database["aliases"]
        self._counters = database["counters"]
        self._notes = database["notes"]
        self._hooks = database["hooks"]
        self._orders = database["file_orders"]
        # Asked before each answer: who waited for the journal would wait longer than for the page.
        self._seen = database["seen_once"].with_options(write_concern=WriteConcern(w=1, j=False))
        self._remembered: dict[str, int] = {}
        self._named: dict[tuple[str, str, int], str] = {}

    async def aliases(self, tenant: str, kind: str, ids: Sequence[str]) -> Mapping[str, int]:
        """Return the stable integers of *ids*, made where they are missing; small decimal ids are themselves."""
        if kind not in _KINDS:
            raise ValueError(kind)
        known = {each: int(each) for each in ids if _own(each)}
        names = {_alias(tenant, kind, each): each for each in dict.fromkeys(ids) if each not in known}
        known |= {each: self._remembered[name] for name, each in names.items() if name in self._remembered}
        wanted = {name: each for name, each in names.items() if each not in known}
        if not wanted:
            return known
        with answering():
            rows = await self._aliases.find({"_id": {"$in": list(wanted)}}).to_list()
            known |= {wanted[row["_id"]]: row["number"] for row in rows}
            for name, each in wanted.items():
                if each not in known:
                    known[each] = await self._made(tenant, kind, each, name)
        if len(self._remembered) + len(wanted) > REMEMBERED:
            self._remembered.clear()
        self._remembered |= {name: known[each] for name, each in wanted.items()}
        return known

    async def unalias(self, tenant: str, kind: str, number: int) -> str | None:
        """Return the id that *number* stands for."""
        if number < FIRST_ALIAS:
            return str(number) if number >= 0 else None
        if number > LAST_NUMBER:  # MongoDB takes no integer of more than 64 bits
            return None
        if (known := self._named.get((tenant, kind, number))) is not None:
            return known
        with answering():
            row = await self._aliases.find_one({"tenant": tenant, "kind": kind, "number": number})
        if row is None:
            return None
        if len(self._named) >= REMEMBERED:
            self._named.clear()
        self._named[tenant, kind, number] = str(row["id"])
        return str(row["id"])

    async def _made(self, tenant: str, kind: str, id_: str, name: str) -> int:
        number = FIRST_ALIAS + await self._next(f"alias:{tenant}:{kind}") - 1
        row = {"_id": name, "tenant": tenant, "kind": kind, "id": id_, "number": number}
        try:
            await self._aliases.insert_one(row)
        except DuplicateKeyError:  # somebody else was first: theirs holds, ours is a gap
            there = await self._aliases.find_one({"_id": name})
            return int(there["number"]) if there else number
        return number

    async def _next(self, counter: str) -> int:
        while True:
            try:
                row = await self._counters.find_one_and_update(
                    {"_id": counter}, {"$inc": {"used": 1}}, upsert=True, return_document=ReturnDocument.AFTER
                )
            except DuplicateKeyError:
                continue  # somebody else made the counter at the same instant
            return int(row["used"]) if row else 1

    async def notes(
        self, tenant: str, *, uid: str | None = None, author: str | None = None, skip: int, limit: int
    ) -> tuple[list[Note], int]:
        """Return internal notes, newest first, and how many there are."""
        seen: Document = {"tenant": tenant}
        seen |= {name: value for name, value in (("uid", uid), ("author", author)) if value is not None}
        with answering():
            total = await self._notes.count_documents(seen)
            rows = await self._notes.find(seen).sort([("id", -1)]).skip(skip).limit(limit).to_list()
        return [msgspec.convert(row, Note) for row in rows], total

    async def note(self, tenant: str, note_id: int) -> Note | None:
        """Return one internal note."""
        with answering():
            row = await self._notes.find_one({"_id": f"{tenant}:{note_id}"})
        return None if row is None else msgspec.convert(row, Note)

    async def put_note(self, tenant: str, note: Note) -> Note:
        """Keep *note*; a new one gets its id."""
        with answering():
            kept = note if note.id else msgspec.structs.replace(note, id=await self._next(f"note:{tenant}"))
            row = msgspec.to_builtins(kept, builtin_types=(datetime,))
            await self._notes.replace_one({"_id": f"{tenant}:{kept.id}"}, {**row, "tenant": tenant}, upsert=True)
        return kept

    async def remove_note(self, tenant: str, note_id: int) -> None:
        """Remove a note."""
        with answering():
            await self._notes.delete_one({"_id": f"{tenant}:{note_id}"})

    async def hooks(self, tenant: str) -> list[Hook]:
        """Return the registered receivers."""
        with answering():
            rows = await self._hooks.find({"tenant": tenant}).sort([("_id", 1)]).to_list()
        return [msgspec.convert(row, Hook) for row in rows]

    async def put_hook(self, tenant: str, hook: Hook) -> None:
        """Register a receiver, in place of another of its kind."""
        row = {**msgspec.to_builtins(hook), "tenant": tenant}
        with answering():
            await self._hooks.replace_one({"_id": f"{tenant}:{hook.kind}"}, row, upsert=True)

    async def remove_hooks(self, tenant: str, kind: str) -> None:
        """Forget the receivers of a kind."""
        with answering():
            await self._hooks.delete_one({"_id": f"{tenant}:{kind}"})

    async def put_order(self, order: Order) -> None:
        """Keep the order of a file until it expires."""
        row = {**msgspec.to_builtins(order, builtin_types=(datetime, bytes)), "_id": order.id}
        with answering():
            await self._orders.insert_one(row)

    async def order(self, order_id: str) -> Order | None:
        """Return the order of a file, None where there is none any more."""
        with answering():
            row = await self._orders.find_one({"_id": order_id})
        return None if row is None else msgspec.convert(row, Order)

    async def once(self, tenant: str, name: str, *, now: datetime, seconds: int) -> bool:
        """Tell whether *name* comes for the first time; it is remembered for *seconds*."""
        known = {"_id": f"{tenant}:{name}"}
        until = {"expires_at": now + timedelta(seconds=seconds)}
        with answering():
            with suppress(DuplicateKeyError):
                await self._seen.insert_one(known | until)
                return True
            with suppress(DuplicateKeyError):  # one that has ended may still be there
                await self._seen.update_one({**known, "expires_at": {"$lte": now}}, {"$set": until}, upsert=True)
                return True
        return False

    async def spend(self, tenant: str, key: str, tokens: int, *, balance: int) -> int | None:
        """Book *tokens*; return what is left of *balance*, None where that would be less than nothing."""
        name = f"tokens:{tenant}:{key}"
        seen = {"_id": name, "used": {"$lte": balance - tokens}}
        booked: Document = {"$inc": {"used": tokens}}
        with answering():
            try:
                row = await self._counters.find_one_and_update(
                    seen, booked, upsert=balance >= tokens, return_document=ReturnDocument.AFTER
                )
            except DuplicateKeyError:  # it is there: used up, or somebody made it at the same instant
                row = await self._counters.find_one_and_update(seen, booked, return_document=ReturnDocument.AFTER)
        return None if row is None else balance - int(row["used"])


def _own(id_: str) -> bool:
    """Tell whether *id_* is a small decimal number, which stands for itself."""
    digits = id_.isascii() and id_.isdigit() and len(id_) < len(str(FIRST_ALIAS))
    return digits and str(int(id_)) == id_


def _alias(tenant: str, kind: str, id_: str) -> str:
    return f"{tenant}:{kind}:{id_}"
