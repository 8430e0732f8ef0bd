"""What a dialect may ask for, bound to one caller's tenant and units before the dialect sees it."""

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from query import signing
from query.auth import Caller
from query.dialects.matching import NO_UNIT
from query.stores import Stores
from runtime.remembered import remembered
from schemas.batch import BatchSum
from schemas.call import Call, Evaluation, call_key
from schemas.edit import Criterion, Patch
from schemas.query import All, Condition, Field, Filter, Not, Op
from schemas.register import Hook, Note, Order
from schemas.window import BatchTotals, Narrow, Sort, TalkSum, Window
from schemas.words import Outcome

FILE_LIVES: Final = timedelta(hours=24)
OVER: Final = Not(Condition(Field.OUTCOME, Op.EQ, Outcome.IN_PROGRESS))
"""No dialect lists, counts or sums a call that goes on."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Shelf:
    """All that a dialect may ask, of one tenant, within its key's units."""

    def __init__(self, caller: Caller, *, stores: Stores, now: datetime, base_url: str, signing_key: bytes) -> None:
        """Answer *caller*; files are fetched below *base_url*."""
        self._caller: Final = caller
        self._stores: Final = stores
        self._now: Final = now
        self._base_url: Final = base_url
        self._key: Final = signing_key

    def whole_url(self, url: str | None) -> str | None:
        """Return an address that clients can fetch: recordings that we keep lie below us."""
        return f"{self._base_url}{url}" if url and url.startswith("/") else url

    @property
    def _tenant(self) -> str:
        return self._caller.tenant.id

    @property
    def _units(self) -> tuple[str, ...] | None:
        return self._caller.units

    async def window(self, filter_: Filter, window: Window) -> list[Call]:
        """Return the ended calls of *window*."""
        return await self._stores.windows.window(self._tenant, All((OVER, filter_)), window, units=self._units)

    async def page(self, filter_: Filter, window: Window) -> tuple[list[Call], int]:
        """Return the ended calls of *window*, and how many match, exactly."""
        return await self._stores.windows.page(self._tenant, All((OVER, filter_)), window, units=self._units)

    async def newest(self, filter_: Filter, window: Window, *, then: Filter) -> tuple[list[Call], int]:
        """Return the first ended call of each customer, of those that match, if *then* holds for it; and how many."""
        over = All((OVER, filter_))
        return await self._stores.windows.newest(self._tenant, over, window, units=self._units, then=then)

    async def count(self, filter_: Filter) -> int:
        """Return how many ended calls match, exactly."""
        return await self._stores.windows.count(self._tenant, All((OVER, filter_)), units=self._units)

    async def sums(self, filter_: Filter, *, by: Sequence[str] = ()) -> list[TalkSum]:
        """Return totals over all matching ended calls, by group."""
        return await self._stores.sums.sums(self._tenant, All((OVER, filter_)), units=self._units, by=by)

    async def latest_batches(self, *, skip: int = 0, limit: int | None = None) -> tuple[list[BatchTotals], int]:
        """Return batches by offset, newest first, from the sums that are kept of them, and how many there are."""
        known, total = await self._stores.batches.latest(self._tenant, units=self._units, skip=skip, limit=limit)
        totals = [_totals(each, each.begun_at, each.created_at) for each in known if each.begun_at and each.created_at]
        return totals, total

    async def batches(self, filter_: Filter) -> list[BatchTotals]:
        """Return the batches of matching calls, newest first; those in progress count too."""
        return await self._stores.sums.batches(self._tenant, filter_, units=self._units)

    async def find(self, call_id: str) -> Call | None:
        """Return one whole call by `platform_call_id`, `uid` or `number`; of several the one that started last.

        A UUID is found in capitals too.
        """
        found = await self._stores.names.find(self._tenant, call_id, units=self._units)
        if found is None and is_uuid(call_id) and call_id != call_id.lower():
            return await self._stores.names.find(self._tenant, call_id.lower(), units=self._units)
        return found

    async def get(self, uid: str) -> Call | None:
        """Return one whole call by `uid` or `number`."""
        return await self._stores.reader.get(self._tenant, uid, units=self._units)

    def stream(self, filter_: Filter, *, sort: Sort, narrow: Narrow, limit: int | None = None) -> AsyncIterator[Call]:
        """Yield ended calls with what *narrow* names, never holding more than a few."""
        over = All((OVER, filter_))
        return self._stores.streams.stream(self._tenant, over, units=self._units, sort=sort, narrow=narrow, limit=limit)

    async def edit(self, call: Call, patch: Patch) -> Call | None:
        """Lay *patch* over *call* in the key's name; None where it is gone meanwhile."""
        by = self._caller.key.id
        return await self._stores.editor.edit(self._tenant, call.uid, patch, by=by, units=self._units)

    async def evaluate(self, call: Call, evaluation: Evaluation) -> Call | None:
        """Add an evaluation, in place of one with the same id; None where the call is gone meanwhile."""
        if not await self._stores.editor.evaluate(self._tenant, call.uid, evaluation, units=self._units):
            return None
        return await self.get(call.uid)

    async def criteria(self) -> list[Criterion]:
        """Return all criteria, oldest first."""
        return await self._stores.criteria.criteria(self._tenant)

    async def aliases(self, kind: str, ids: Sequence[str]) -> Mapping[str, int]:
        """Return the stable integers of *ids*; a decimal id below 1 000 000 000 is itself."""
        return await self._stores.registers.aliases(self._tenant, kind, ids)

    async def alias(self, kind: str, id_: str) -> int:
        """Return the stable integer of one id."""
        return (await self.aliases(kind, [id_]))[id_]

    async def unalias(self, kind: str, number: int) -> str | None:
        """Return the id that an integer stands for, None where nothing has it."""
        return await self._stores.registers.unalias(self._tenant, kind, number)

    async def unit(self, fits: Callable[[str], bool], *, afresh: bool = True) -> str | None:
        """Return the id of the unit that *fits*, None where none is configured or has calls that the key sees.

        Unless *afresh*, it may be one whose calls are gone: of a list that shows some this need not be asked.
        """
        found = next((unit.id for unit in self._caller.tenant.units if self._sees(unit.id) and fits(unit.id)), None)
        if found is None and self._units is None and fits(NO_UNIT):
            found = NO_UNIT
        for again in (True,) if afresh else (False, True):
            if found is None:
                known = await self._stores.names.units(self._tenant, afresh=again)
                found = next((each for each in known if self._sees(each) and fits(each)), None)
        return found

    def _sees(self, unit_id: str) -> bool:
        return self._units is None or unit_id in self._units

    async def order_file(self, *, dialect: str, recipe: bytes) -> tuple[str, str, datetime]:
        """Keep what the dialect needs to write a file; return its id, signed URL and expiry."""
        expires_at = self._now + FILE_LIVES
        order = Order(
            id=uuid4().hex,
            tenant=self._tenant,
            key=self._caller.key.id,
            dialect=dialect,
            recipe=recipe,
            expires_at=expires_at,
            units=self._units,
        )
        await self._stores.registers.put_order(order)
        path = signing.signed(f"/dialects/{dialect}/files/{order.id}", key=self._key, until=expires_at)
        return order.id, f"{self._base_url}{path}", expires_at

    async def ordered(self, order_id: str) -> Order | None:
        """Return the order of a file of this tenant."""
        order = await self._stores.registers.order(order_id)
        mine = order is not None and order.tenant == self._tenant and order.expires_at > self._now
        return order if mine else None

    async def notes(
        self, *, uid: str | None = None, author: str | None = None, skip: int, limit: int
    ) -> tuple[list[Note], int]:
        """Return internal notes, newest first, and how many there are."""
        return await self._stores.registers.notes(self._tenant, uid=uid, author=author, skip=skip, limit=limit)

    async def note(self, note_id: int) -> Note | None:
        """Return one internal note."""
        return await self._stores.registers.note(self._tenant, note_id)

    async def put_note(self, note: Note) -> Note:
        """Keep a note; one with the id 0 gets its own."""
        return await self._stores.registers.put_note(self._tenant, note)

    async def remove_note(self, note_id: int) -> None:
        """Remove a note."""
        await self._stores.registers.remove_note(self._tenant, note_id)

    async def hooks(self) -> list[Hook]:
        """Return the registered receivers."""
        return await self._stores.registers.hooks(self._tenant)

    async def put_hook(self, hook: Hook) -> None:
        """Register a receiver, in place of another of its kind."""
        await self._stores.registers.put_hook(self._tenant, hook)

    async def remove_hooks(self, kind: str) -> None:
        """Forget the receivers of a kind."""
        await self._stores.registers.remove_hooks(self._tenant, kind)

    async def once(self, name: str, *, seconds: int) -> bool:
        """Tell whether *name* comes for the first time within *seconds*."""
        return await self._stores.registers.once(self._tenant, name, now=self._now, seconds=seconds)

    async def spend(self, tokens: int, *, balance: int) -> int | None:
        """Book *tokens* in the key's ledger; return what is left, None where the balance is used up."""
        return await self._stores.registers.spend(self._tenant, self._caller.key.id, tokens, balance=balance)


def _totals(batch: BatchSum, begun_at: datetime, created_at: datetime) -> BatchTotals:
    """Return a kept sum as dialects look at it: a call without an outcome counts under none."""
    untold = batch.count - sum(batch.outcomes.values())
    return BatchTotals(
        id=batch.id,
        name=batch.name,
        direction=batch.direction,
        created_at=created_at,
        begun_at=begun_at,
        started_at=batch.first_started_at,
        outcomes={**batch.outcomes, **({"": untold} if untold else {})},
        talk_s=batch.talk_s,
        talked=batch.talked,
    )


def uuid_of(*, tenant: str, kind: str, id_: str) -> str:
    """Return the UUID that stands for an id: itself where it is one."""
    return id_.lower() if is_uuid(id_) else _named(id_, tenant, kind)


def is_uuid(text: str) -> bool:
    """Tell whether *text* is a UUID as people write it, in either case."""
    return _UUID.fullmatch(text) is not None


def hex_of(*, tenant: str, kind: str, id_: str) -> str:
    """Return the 24 hexadecimal digits that stand for an id."""
    return uuid_of(tenant=tenant, kind=kind, id_=id_).replace("-", "")[:24]


def key_of(call: Call) -> str:
    """Return a call's `_id`."""
    return call_key(tenant=call.tenant, platform=call.platform, platform_call_id=call.platform_call_id)


@remembered(most=4096)
def _named(id_: str, tenant: str, kind: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{tenant}:{kind}:{id_}"))
