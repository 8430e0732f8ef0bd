"""What the native API asks of a store; of some of it the dialects ask too."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from schemas.batch import BatchQuery, BatchSum
from schemas.call import Call, Evaluation
from schemas.edit import Criterion, Entry, Patch
from schemas.erasure import Erasure
from schemas.export import Export, Part, Wanted
from schemas.feed import Change
from schemas.query import CallQuery, Filter, Page, Position
from schemas.raw import RawEvent
from schemas.report import Question, Tally
from schemas.update import Media
from schemas.words import RecordingChannel


class CallReader(Protocol):
    """The half that query uses."""

    async def page(self, tenant: str, query: CallQuery) -> Page[Call]:
        """Return calls in the query's order, without turns, transcript and extracted. Raises `Away`."""

    async def get(self, tenant: str, call_id: str, *, units: tuple[str, ...] | None = None) -> Call | None:
        """Return one whole call by `uid` or `number`, None where the tenant (and its units) has none."""


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

    async def latest(
        self, tenant: str, *, units: tuple[str, ...] | None = None, skip: int = 0, limit: int | None = None
    ) -> tuple[list[BatchSum], int]:
        """Return batches by offset (no *limit*: all), those that began last first, and how many there are.

        Raises `Away`, `TooSlow`.
        """

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

    async def part(self, export: Export, number: int) -> Part | None:
        """Return the *number*th part without the calls that were erased, None where there is none (yet)."""
