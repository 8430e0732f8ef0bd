"""Make calls anew from their raw events: what events said before is forgotten, what people wrote stays.

Only a call whose raw events are all still there is touched: they expire in the order they came, so all are there when
the first one is. In addition every event that gave the call a fact must be there.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

import msgspec

from schemas.call import call_key
from schemas.envelope import Envelope
from schemas.update import CallUpdate
from storage.flatten import to_ms
from storage.fold import unpack
from storage.mongo import Database, Document, answering
from storage.mongo_chunks import all_of, read
from storage.mongo_events import envelope
from storage.mongo_writer import MongoWriter
from storage.spelling import spelled_out

_NAMES: Final = {"tenant": 1, "platform": 1, "call_id": 1}

Normalise = Callable[[Envelope], CallUpdate | None]
"""What an event says of its call; None where it says nothing that can be understood."""


@unique
class Rebuilt(StrEnum):
    """What became of a call."""

    ANEW = "anew"
    """It is what its events say today."""
    INCOMPLETE = "incomplete"
    """Some of its raw events are gone; it was left as it is."""
    SILENT = "silent"
    """None of its events can be understood; it was left as it is."""


class MongoRebuilder:
    """Rebuilds calls, one at a time, while workers go on writing them."""

    def __init__(self, database: Database, *, writer: MongoWriter) -> None:
        """Read raw events from *database*; calls are written by *writer*."""
        self._calls = database["calls"]
        self._events = database["events"]
        self._writer = writer

    async def calls(
        self, *, tenant: str | None = None, platform: str | None = None, since: datetime | None = None
    ) -> AsyncIterator[str]:
        """Yield the uid of each call of which a raw event is kept that came at or after *since*. Raises `Away`."""
        # Only an event's first piece says when it came.
        wanted: Document = {"received_at": {"$exists": True} if since is None else {"$gte": since}}
        wanted |= {name: word for name, word in (("tenant", tenant), ("platform", platform)) if word is not None}
        last = ""
        with answering():
            async for row in self._events.find(wanted, _NAMES).sort("_id", 1):
                uid = row["_id"].partition(":")[0]
                if uid != last:
                    yield uid
                last = uid

    async def rebuild(self, uid: str, normalise: Normalise) -> Rebuilt:
        """Make the call *uid* anew. Raises `Away`."""
        while True:
            with answering():
                rows = await self._events.find(all_of(uid), _NAMES).limit(1).to_list()
                key = _key(rows[0]) if rows else ""
                before = await self._calls.find_one({"_id": key})
                # Read after the call: an event that came since has changed the call, or will fold itself in.
                events = await self._read(uid)
            if before and not _complete(before, events):
                return Rebuilt.INCOMPLETE
            updates = [update for event in events if (update := normalise(event)) is not None]
            if not updates:
                return Rebuilt.SILENT
            if await self._writer.refold(before, updates):
                return Rebuilt.ANEW

    async def _read(self, uid: str) -> Sequence[Envelope]:
        """Return the raw events of a call; one that came more than once as it came first and as it came last."""
        events = []
        async for first in self._events.find({**all_of(uid), "received_at": {"$exists": True}}):
            body = b"".join([piece async for piece in read(self._events, first)])
            if len(body) == first["size"]:  # else it is being deleted
                events.append(last := envelope(first, body))
                if first["received_at"] != first["last_at"]:
                    events.append(msgspec.structs.replace(last, received_at=to_ms(first["received_at"])))
        return events


def _key(row: Document) -> str:
    call_id: str = spelled_out(row["call_id"])
    return call_key(tenant=row["tenant"], platform=row["platform"], platform_call_id=call_id)


def _complete(before: Document, events: Sequence[Envelope]) -> bool:
    registers = unpack(before["registers"])
    told = {(register.key.event_id, register.key.digest) for register in registers.facts.values()}
    there = {(spelled_out(event.event_id), event.digest) for event in events}
    first = min((event.received_at for event in events), default=registers.received_ms + 1)
    return first <= registers.received_ms and told <= there
