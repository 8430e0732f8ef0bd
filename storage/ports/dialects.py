"""What only dialects ask of a store."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from schemas.call import Call
from schemas.query import Filter
from schemas.register import Hook, Note, Order
from schemas.window import BatchTotals, Narrow, Sort, TalkSum, Window


class CallWindows(Protocol):
    """Calls by offset, as dialects list them."""

    async def window(
        self, tenant: str, filter_: Filter, window: Window, *, units: tuple[str, ...] | None
    ) -> list[Call]:
        """Return the calls of *window*. Raises `Away`, `TooSlow`."""

    async def page(
        self, tenant: str, filter_: Filter, window: Window, *, units: tuple[str, ...] | None
    ) -> tuple[list[Call], int]:
        """Return the calls of *window*, and how many match, exactly; sooner than each alone.

        Raises `Away`, `TooSlow`.
        """

    async def newest(
        self, tenant: str, filter_: Filter, window: Window, *, units: tuple[str, ...] | None, then: Filter
    ) -> tuple[list[Call], int]:
        """Return each customer's first call of those that match, if *then* holds; and how many. Raises `TooSlow`."""

    async def count(self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None) -> int:
        """Return how many calls match, exactly. Raises `Away`, `TooSlow`."""


class CallSums(Protocol):
    """Sums over calls, as dialects show them."""

    async def sums(
        self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None, by: Sequence[str] = ()
    ) -> list[TalkSum]:
        """Return totals over all matching calls, by group. Raises `Away`, `TooSlow`."""

    async def batches(self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None) -> list[BatchTotals]:
        """Return the batches of all matching calls, the newest first call first. Raises `Away`, `TooSlow`."""


class Names(Protocol):
    """By which names dialects ask for calls and units."""

    async def find(self, tenant: str, call_id: str, *, units: tuple[str, ...] | None) -> Call | None:
        """Return one whole call by any of its ids; of several the one that started last. Raises `Away`."""

    async def units(self, tenant: str, *, afresh: bool = True) -> list[str]:
        """Return the ids of the units that have calls; unless *afresh*, of those that had some not long ago.

        Raises `Away`.
        """


class CallStreams(Protocol):
    """All calls that match, for files."""

    def stream(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: tuple[str, ...] | None,
        sort: Sort,
        narrow: Narrow,
        limit: int | None = None,
    ) -> AsyncIterator[Call]:
        """Yield calls in order, with what *narrow* names. Raises `Away`, `TooSlow`."""


class Registers(Protocol):
    """What dialects keep beside calls."""

    async def aliases(self, tenant: str, kind: str, ids: Sequence[str]) -> Mapping[str, int]:
        """Return the stable integers of *ids*, made where they are missing. Raises `Away`."""

    async def unalias(self, tenant: str, kind: str, number: int) -> str | None:
        """Return the id that *number* stands for. Raises `Away`."""

    async def notes(
        self, tenant: str, *, uid: str | None = None, author: str | None = None, skip: int, limit: int
    ) -> tuple[list[Note], int]:
        """Return internal notes, newest first, and how many there are. Raises `Away`."""

    async def note(self, tenant: str, note_id: int) -> Note | None:
        """Return one internal note. Raises `Away`."""

    async def put_note(self, tenant: str, note: Note) -> Note:
        """Keep a note; a new one gets its id. Raises `Away`."""

    async def remove_note(self, tenant: str, note_id: int) -> None:
        """Remove a note. Raises `Away`."""

    async def hooks(self, tenant: str) -> list[Hook]:
        """Return the registered receivers. Raises `Away`."""

    async def put_hook(self, tenant: str, hook: Hook) -> None:
        """Register a receiver, in place of another of its kind. Raises `Away`."""

    async def remove_hooks(self, tenant: str, kind: str) -> None:
        """Forget the receivers of a kind. Raises `Away`."""

    async def put_order(self, order: Order) -> None:
        """Keep the order of a file until it expires. Raises `Away`."""

    async def order(self, order_id: str) -> Order | None:
        """Return the order of a file, None where there is none any more. Raises `Away`."""

    async def once(self, tenant: str, name: str, *, now: datetime, seconds: int) -> bool:
        """Tell whether *name* comes for the first time within *seconds*. Raises `Away`."""

    async def spend(self, tenant: str, key: str, tokens: int, *, balance: int) -> int | None:
        """Book *tokens*; return what is left, None where that would be less than nothing. Raises `Away`."""
