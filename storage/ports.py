"""What workers and query ask of a store; every adapter passes the same suite. The tenant always comes first."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from schemas.batch import BatchQuery, BatchSum
from schemas.call import Call, Evaluation
from schemas.edit import Criterion, Entry, Patch
from schemas.envelope import Envelope
from schemas.erasure import Erasure
from schemas.export import Export, Part, Wanted
from schemas.feed import Change
from schemas.query import CallQuery, Filter, Page, Position
from schemas.raw import RawEvent
from schemas.register import Hook, Note, Order
from schemas.report import Question, Tally
from schemas.update import CallUpdate, Media
from schemas.window import BatchTotals, Narrow, Sort, TalkSum
from schemas.words import Platform, RecordingChannel


class Away(Exception):
    """The store does not answer now; nothing is known to be written, the same call may be made again."""


class Refused(Away):
    """The store does not know our user, or not this right of it: somebody has to mend that."""


class TooSlow(Exception):
    """The question took longer than its bound and was cancelled in the store."""


class Changed(Exception):
    """The call is no longer at the revision that the change was meant for; nothing was written."""


class Full(Exception):
    """The call holds as much as a document can; nothing was written."""


class Lost(Exception):
    """What happened since is no longer known; begin anew."""


class Slow(Exception):
    """The reader took its changes too slowly and was cut off."""


class CallWriter(Protocol):
    """The half that workers use."""

    async def keep(self, envelopes: Sequence[Envelope]) -> None:
        """Keep the raw events; a second time an equal one changes nothing. Raises `Away`."""

    async def apply(self, updates: Sequence[CallUpdate]) -> Sequence[CallUpdate]:
        """Fold each update into its call, in any order; a second time an update changes nothing. Raises `Away`.

        Returns the updates that no document can hold, to be set aside; all others are stored.
        """


class CallReader(Protocol):
    """The half that query uses."""

    async def page(self, tenant: str, query: CallQuery) -> Page[Call]:
        """Return calls in the query's order, without turns, transcript and extracted. Raises `Away`."""

    async def get(self, tenant: str, call_id: str, *, units: tuple[str, ...] | None = None) -> Call | None:
        """Return one whole call by `uid` or `number`, None where the tenant (and its units) has none."""


class Keeper(Protocol):
    """The half that starting a process uses."""

    async def set_up(self) -> None:
        """Make the collections and indexes that are missing; a second time nothing changes. Raises `Away`."""

    async def ready(self) -> bool:
        """Tell whether the store answers and takes writes, within a second."""

    async def signing_key(self) -> bytes:
        """Return the key that signs cursors and URLs: made once (32 random bytes), the same for every process after."""

    async def findings(self) -> Sequence[str]:
        """Return a sentence on each thing that cannot keep our promises (a standalone server, a missing index)."""


class EventReader(Protocol):
    """Webhooks as they were received; a call is named by its `_id`."""

    async def events(self, tenant: str, key: str) -> list[RawEvent]:
        """Return what is known of a call's events, oldest first. Raises `Away`."""

    async def event(self, tenant: str, key: str, event_id: str) -> tuple[RawEvent, bytes] | None:
        """Return the newest version of an event, or the very one that *event_id* names by its `id`, with its body."""

    async def media(self, tenant: str, key: str, channel: RecordingChannel) -> Media | None:
        """Return a recording that came in a webhook, None where we keep none."""


class CallEditor(Protocol):
    """What people write; no edit loses another one, nor a webhook's facts."""

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
        """Lay *patch* over the call for the key *by*; return the whole call, None where there is none.

        Raises `Changed` if *revision* is given and is not the call's, `Away`.
        """

    async def edit_many(
        self, tenant: str, call_ids: Sequence[str], patch: Patch, *, by: str, units: tuple[str, ...] | None = None
    ) -> Mapping[str, bool]:
        """Lay *patch* over each call; return whether each exists. Cut off half-way, it may be made again."""

    async def evaluate(
        self, tenant: str, call_id: str, evaluation: Evaluation, *, units: tuple[str, ...] | None = None
    ) -> bool:
        """Add *evaluation* to the call; return whether the call exists."""

    async def history(self, tenant: str, key: str) -> list[Entry]:
        """Return who changed what on the call with this `_id`, newest first."""


class CriteriaKeeper(Protocol):
    """What calls are scored by."""

    async def criteria(self, tenant: str) -> list[Criterion]:
        """Return all criteria, oldest first."""

    async def put(self, tenant: str, criterion: Criterion) -> None:
        """Keep *criterion*, in place of one with the same id."""

    async def remove(self, tenant: str, criterion_id: str) -> bool:
        """Remove a criterion; return whether there was one."""


class CallReports(Protocol):
    """Sums over calls."""

    def tallies(self, tenant: str, question: Question) -> AsyncIterator[Tally]:
        """Yield the parts of a report, in any order; those of one row may come apart. Raises `Away`, `TooSlow`."""


class BatchReader(Protocol):
    """Batches as sums of their calls."""

    async def page(self, tenant: str, query: BatchQuery, *, after: Position | None = None) -> Page[BatchSum]:
        """Return batches, newest first, those that never started last. Raises `Away`, `TooSlow`."""

    async def every(self, tenant: str, *, units: tuple[str, ...] | None = None) -> list[BatchSum]:
        """Return all batches, in any order. Raises `Away`, `TooSlow`."""

    async def one(self, tenant: str, batch_id: str, *, units: tuple[str, ...] | None = None) -> BatchSum | None:
        """Return one batch, None where it has no calls."""


class Eraser(Protocol):
    """Calls that are forgotten; neither redelivery, replay nor rebuild brings them back."""

    async def erase(self, tenant: str, call_id: str, *, units: Sequence[str] | None = None) -> Erasure | None:
        """Erase one call, None where there is none. Raises `Away`."""

    async def erase_number(
        self, tenant: str, number: str, *, units: Sequence[str] | None = None, zone: str | None = None
    ) -> Erasure | None:
        """Erase every call that started until now and holds *number* in any spelling, None where it names nobody.

        Of which country a national number is, the tenant's time *zone* tells.
        """


class Changes(Protocol):
    """One reader's changes, in order."""

    async def next(self) -> Change:
        """Return the next change. Raises `Slow` where too many waited, `Lost` where the feed ended."""


class CallFeed(Protocol):
    """Calls as they change."""

    def listen(
        self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None = None, after: str | None = None
    ) -> AbstractAsyncContextManager[Changes]:
        """Yield changes from now on, or behind the one named *after*. Raises `Lost` where that is unknown, `Away`."""

    async def close(self) -> None:
        """End what is told: whoever listens is told that it must come again."""


class Snapshot(Protocol):
    """Calls as they were at one moment."""

    def parts(self) -> AsyncIterator[list[Call]]:
        """Yield the calls piece by piece, at least one piece, whose reading fixes the moment.

        Raises `Away`, `TooSlow`, and `Lost` where the store no longer knows that moment.
        """


class ExportKeeper(Protocol):
    """Ordered files, kept as rows until they expire."""

    def snapshot(self, tenant: str, wanted: Wanted) -> AbstractAsyncContextManager[Snapshot]:
        """Yield the wanted calls as they are at the first reading."""

    async def put(self, export: Export) -> None:
        """Keep *export*, in place of what was kept of it."""

    async def get(self, export_id: str) -> Export | None:
        """Return an export, None where there is none any more."""

    async def add(self, export: Export, number: int, part: Part) -> None:
        """Keep the rows of the *number*th part."""

    async def part(self, export_id: str, number: int) -> Part | None:
        """Return the *number*th part without the calls that were erased, None where there is none (yet)."""


class CallWindows(Protocol):
    """Calls by offset, as dialects list them."""

    async def window(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: tuple[str, ...] | None,
        sort: Sort,
        skip: int,
        limit: int,
        whole: bool = False,
        words: bool = True,
    ) -> list[Call]:
        """Return calls by offset in a total order; with *whole* all of each, with *words* its turns and transcript too.

        Raises `Away`, `TooSlow`.
        """

    async def page(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: tuple[str, ...] | None,
        sort: Sort,
        skip: int,
        limit: int,
        whole: bool = False,
        words: bool = True,
        own: Platform | None = None,
    ) -> tuple[list[Call], int]:
        """Return a window, and how many calls match, exactly: sooner than both alone. Raises `Away`, `TooSlow`.

        With *own* only the calls of that platform are whole, others as lists show them.
        """

    async def newest(
        self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None, then: Filter, skip: int, limit: int
    ) -> tuple[list[Call], int]:
        """Return each customer's newest call of those that match, if *then* holds; and how many. Raises `TooSlow`."""

    async def count(self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None) -> int:
        """Return how many calls match, exactly. Raises `Away`, `TooSlow`."""

    async def sums(
        self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None, by: Sequence[str] = ()
    ) -> list[TalkSum]:
        """Return totals over all matching calls, by group. Raises `Away`, `TooSlow`."""

    async def batches(self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None) -> list[BatchTotals]:
        """Return the batches of all matching calls, the newest first call first. Raises `Away`, `TooSlow`."""

    async def find(self, tenant: str, call_id: str, *, units: tuple[str, ...] | None) -> Call | None:
        """Return one whole call by any of its ids; of several the one that started last. Raises `Away`."""

    def stream(
        self,
        tenant: str,
        filter_: Filter,
        *,
        units: tuple[str, ...] | None,
        sort: Sort,
        limit: int | None = None,
        words: bool = True,
        narrow: Narrow | None = None,
    ) -> AsyncIterator[Call]:
        """Yield whole calls in order, without *words* their turns and transcripts left out; or what *narrow* names.

        Raises `Away`, `TooSlow`.
        """

    async def units(self, tenant: str) -> list[str]:
        """Return the ids of the units that have calls. Raises `Away`."""


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
