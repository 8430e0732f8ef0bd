"""Erase calls and persons' numbers in MongoDB; workers and replay find the tombstones."""

from collections.abc import Sequence
from typing import Final

from runtime.clock import Clock, utc_now
from schemas.erasure import Erasure
from storage.flatten import whole_ms
from storage.mongo import LONGEST_MS, Database, Document, answering
from storage.mongo_reader import name_of
from storage.mongo_tombstones import MongoTombstones
from storage.tombstones import erased_keys

AT_ONCE: Final = 500
"""Calls that are erased by one command."""
_NEEDED: Final = dict.fromkeys(("uid", "tenant", "started_at", "created_at"), 1)


class MongoEraser:
    """The half of the store that forgets."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        """Erase in *database*, whose indexes are there."""
        self._calls = database["calls"]
        self._tombstones = MongoTombstones(database)
        self._clock = clock

    async def erase(self, tenant: str, call_id: str, *, units: Sequence[str] | None = None) -> Erasure | None:
        """Erase one call, None where there is none."""
        name = name_of(call_id)
        if name is None:
            return None
        with answering():
            document = await self._calls.find_one(
                _seen({"tenant": tenant, **name}, units), _NEEDED, max_time_ms=LONGEST_MS
            )
        if document is None:
            return None
        at = whole_ms(self._clock())
        (tombstone,) = await self._tombstones.bury_calls([document], at=at)
        return Erasure(erased=1, tombstone=tombstone, erased_at=at)

    async def erase_number(
        self, tenant: str, number: str, *, units: Sequence[str] | None = None, zone: str | None = None
    ) -> Erasure | None:
        """Erase every call of a number, None where *number* names nobody."""
        keys = erased_keys(number, zone=zone)
        if not keys:
            return None
        at = whole_ms(self._clock())
        tombstone = await self._tombstones.bury_number(tenant, keys, units=units, at=at)
        seen = _seen({"tenant": tenant, "keys.numbers": {"$in": keys}}, units)
        seen["$or"] = [{"started_at": {"$lte": at}}, {"started_at": None, "created_at": {"$lte": at}}]
        erased = 0
        while documents := await self._some(seen):
            await self._tombstones.bury_calls(documents, at=at)
            erased += len(documents)
        return Erasure(erased=erased, tombstone=tombstone, erased_at=at)

    async def _some(self, seen: Document) -> list[Document]:
        with answering():
            return await self._calls.find(seen, _NEEDED, max_time_ms=LONGEST_MS).limit(AT_ONCE).to_list()


def _seen(seen: Document, units: Sequence[str] | None) -> Document:
    return seen if units is None else {**seen, "unit.id": {"$in": list(units)}}
