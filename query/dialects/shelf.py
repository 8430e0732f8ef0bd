"""What a dialect may ask for: calls by window, sums, edits, aliases and its own small registers.

Everything here is bound to one caller's tenant and units already; a dialect cannot name another tenant.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, Protocol

import msgspec

from schemas.call import Call, Evaluation
from schemas.edit import Criterion, Patch
from schemas.query import Filter


@unique
class SortBy(StrEnum):
    """What an offset list can be sorted by; ties by `_id` in the same direction, absent values last."""

    STARTED_AT = "started_at"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    NUMBER = "number"
    TALK_S = "talk_s"
    COST = "cost"
    TITLE = "title"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    CUSTOMER_NUMBER = "customer_number"
    SUCCESS = "success"
    WORKFLOW = "workflow"
    CUSTOMER_LAST = "customer_last"


class Sort(msgspec.Struct, frozen=True):
    """One sort key."""

    by: SortBy
    descending: bool = True


class Sum(msgspec.Struct, frozen=True, kw_only=True):
    """Totals of one group: calls, seconds talked, and how many calls talked at all."""

    group: tuple[Any, ...]
    count: int
    talk_s: float
    talked: int


class BatchSum(msgspec.Struct, frozen=True, kw_only=True):
    """One batch and the totals of its calls, those in progress counted apart."""

    id: str
    name: str | None
    direction: str | None
    created_at: datetime | None
    started_at: datetime | None
    outcomes: Mapping[str, int]
    talk_s: float
    talked: int


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """An internal note on a call (Zenicall), written by a key."""

    id: int
    content: str
    call_number: int
    author: str
    created_at: datetime
    updated_at: datetime


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A registered receiver (OMICall); nothing is sent to it yet."""

    kind: str
    url: str
    events: tuple[str, ...] | None


class Shelf(Protocol):
    """All that a dialect may ask."""

    async def window(self, filter_: Filter, *, sort: Sort, skip: int, limit: int, whole: bool = False) -> list[Call]:
        """Return calls by offset; with *whole* they carry turns, transcript and extracted too."""

    async def count(self, filter_: Filter) -> int:
        """Return how many calls match, exactly."""

    async def sums(self, filter_: Filter, *, by: Sequence[str] = ()) -> list[Sum]:
        """Return totals over all matching calls, grouped by up to three of the analytics' group names."""

    async def find(self, call_id: str) -> Call | None:
        """Return one whole call by `platform_call_id`, `uid` or `number`; of several the one that started last."""

    async def find_number(self, number: int) -> Call | None:
        """Return one whole call by its number."""

    def stream(self, filter_: Filter, *, sort: Sort, limit: int | None = None) -> AsyncIterator[Call]:
        """Yield whole calls, never holding more than a few."""

    async def edit(self, call: Call, patch: Patch) -> Call | None:
        """Lay *patch* over *call* in the key's name; None where it is gone meanwhile."""

    async def evaluate(self, call: Call, evaluation: Evaluation, *, replace: bool) -> Call | None:
        """Add an evaluation, in place of the same user's where *replace* says so."""

    async def criteria(self) -> list[Criterion]:
        """Return all criteria, oldest first."""

    async def batches(self, *, name: str | None = None, only: str | None = None) -> list[BatchSum]:
        """Return all batches, newest first; those whose name contains *name*, or the one with the id *only*."""

    async def alias(self, kind: str, id_: str) -> int:
        """Return the stable integer of an id (from 1 000 000 000); a decimal id below that is itself."""

    async def aliases(self, kind: str, ids: Sequence[str]) -> Mapping[str, int]:
        """Return the stable integers of many ids at once."""

    async def unalias(self, kind: str, number: int) -> str | None:
        """Return the id that an integer stands for, None where nothing has it."""

    async def units(self) -> list[str]:
        """Return the ids of the units that have calls or are configured."""

    async def order_export(self, *, dialect: str, recipe: bytes) -> tuple[str, datetime]:
        """Keep *recipe* (what the dialect needs to write the file); return its signed absolute URL and expiry."""

    async def notes(
        self, *, call: int | None = None, author: str | None = None, skip: int, limit: int
    ) -> tuple[list[Note], int]:
        """Return internal notes, newest first, and how many there are."""

    async def note(self, note_id: int) -> Note | None:
        """Return one internal note."""

    async def put_note(self, note: Note) -> Note:
        """Keep a note; one with the id 0 gets its own."""

    async def remove_note(self, note_id: int) -> None:
        """Remove a note."""

    async def hooks(self) -> list[Hook]:
        """Return the registered receivers."""

    async def put_hook(self, hook: Hook) -> None:
        """Register a receiver, in place of another of its kind."""

    async def remove_hooks(self, kind: str) -> None:
        """Forget the receivers of a kind."""

    async def once(self, name: str, *, seconds: int) -> bool:
        """Tell whether *name* comes for the first time within *seconds* (a replayed signature is told by it)."""

    async def spend(self, tokens: int) -> int | None:
        """Book *tokens* in the key's ledger; return what is left, None where there is no balance."""
