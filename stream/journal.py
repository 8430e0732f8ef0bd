"""The journal: events on this machine's disk, fsynced before the sender is answered; Kafka's stand-in and its spool."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from schemas.envelope import Envelope
from stream.burst import Burst
from stream.deadlines import Deadlines
from stream.journal_dead import JournalDeadLetters
from stream.journal_gauges import Gauges
from stream.journal_groups import weigh
from stream.journal_schema import locked, make_directory
from stream.journal_source import JournalRewinder, JournalSource
from stream.journal_space import BOUND_BYTES, FLOOR_BYTES, KEEP_MS, Bounds, Space, free_bytes
from stream.journal_writer import Append, Job, Outcome, Writer
from stream.metrics import PublishMetrics
from stream.ports import BATCH_RECORDS, Unavailable
from stream.times import now_ms

WAITING_BYTES: Final = 96 << 20
"""Bodies that wait for the disk: the largest one (64 MB) and half as much again; beyond, senders are put off."""

DEADLINE_S: Final = 4.0
"""A sender is answered within 5 s even when the disk hangs."""

Free = Callable[[Path], int]

LINGER_S: Final = 0.002
"""Events of so long go to the writer together: fewer commits, fewer waits for the GIL."""


class Journal:
    """A publisher whose durability is this machine's disk; made by `open_journal`."""

    def __init__(
        self, *, directory: Path, bounds: Bounds, free: Free, clock: Callable[[], int], stream: str, deadline_s: float
    ) -> None:
        """Open the database in *directory*; raises `Unusable`."""
        self._directory = directory
        self._stream = stream
        self._loop = asyncio.get_running_loop()
        self._writer = Writer(
            directory=directory,
            space=Space(directory=directory, bounds=bounds, free=free),
            gauges=Gauges(stream=stream, bound_bytes=bounds.bytes, lagging=stream == "journal"),
            clock=clock,
            settle=self._settle,
        )
        self._deadlines = Deadlines(seconds=deadline_s, error=lambda: Unavailable("the journal's disk does not answer"))
        self._pending: list[Append] = []
        self._waiting = 0
        self._sources: list[JournalSource] = []
        self._metrics = PublishMetrics(stream)
        self._burst = Burst()
        self._writer.start()

    async def publish(self, envelope: Envelope) -> None:
        """Return when *envelope* is on disk; raises `Unavailable`."""
        weight = weigh(envelope)
        if self._waiting + weight > WAITING_BYTES:
            self._metrics.refused(1)
            raise Unavailable("too many bodies wait for the disk", retry_after_s=1)
        self._waiting += weight
        if not self._pending:
            self._loop.call_later(LINGER_S, self._flush)
        done = self._loop.create_future()
        self._pending.append(Append(envelope, done, self._loop.time()))
        await done

    def ready(self) -> dict[str, bool]:
        """Tell whether the disk took what was last given to it."""
        return {self._stream: self._writer.failing is None}

    def busy(self) -> bool:
        """Tell whether a burst comes in and there is room for it: then workers in this process may wait."""
        return self._writer.roomy and self._burst.goes_on(now=self._loop.time())

    def source(self, *, records: int = BATCH_RECORDS) -> JournalSource:
        """Return the workers' end; batches hold up to *records*."""
        source = JournalSource(directory=self._directory, write=self._do, records=records)
        self._sources.append(source)
        return source

    @property
    def dead_letters(self) -> JournalDeadLetters:
        """Where poison is set aside."""
        return JournalDeadLetters(write=self._do)

    @property
    def rewinder(self) -> JournalRewinder:
        """What moves the workers' position."""
        return JournalRewinder(write=self._do)

    async def close(self) -> None:
        """Make durable what waits, then let go of the files."""
        self._flush()
        await self._writer.close()
        for source in self._sources:
            await asyncio.to_thread(source.close)
        self._deadlines.close()

    async def _do(self, run: Callable[[sqlite3.Connection], Any]) -> Any:
        done: asyncio.Future[Any] = self._loop.create_future()
        self._writer.put([Job(run, done)])
        return await done

    def _flush(self) -> None:
        pending, self._pending = self._pending, []
        if pending:
            self._writer.put(pending)
            self._deadlines.watch([entry.done for entry in pending])

    def _settle(self, outcomes: list[Outcome]) -> None:
        appends = [(entry, outcome) for entry, outcome in outcomes if isinstance(entry, Append)]
        stored = sum(outcome is None for _, outcome in appends)
        self._waiting -= sum(weigh(entry.envelope) for entry, _ in appends)
        for entry, outcome in outcomes:
            if entry.done.done():  # its sender went away, or its deadline passed
                continue
            if isinstance(outcome, Exception):
                entry.done.set_exception(outcome)
            else:
                entry.done.set_result(outcome)
        self._burst.count(len(appends), now=self._loop.time())
        if stored:
            self._metrics.published(stored, seconds=self._loop.time() - appends[0][0].at)
        self._metrics.refused(len(appends) - stored)
        self._metrics.waiting(self._waiting)
        for source in self._sources:
            source.arrived(end=self._writer.end)


@asynccontextmanager
async def open_journal(
    *,
    directory: Path,
    bound_bytes: int = BOUND_BYTES,
    floor_bytes: int = FLOOR_BYTES,
    keep_ms: int = KEEP_MS,
    deadline_s: float = DEADLINE_S,
    clock: Callable[[], int] = now_ms,
    free: Free = free_bytes,
    stream: str = "journal",
    beside: bool = False,
) -> AsyncIterator[Journal]:
    """Open the journal in *directory* for this process alone, or *beside* the one that has it; raises `Unusable`.

    Durable until *bound_bytes* wait for workers or fewer than *floor_bytes* are *free*, within *deadline_s*; what was
    consumed is kept for *keep_ms*; *stream* names it in metrics.
    """
    async with AsyncExitStack() as stack:
        make_directory(directory)
        if not beside:
            stack.enter_context(locked(directory))
        bounds = Bounds(bytes=bound_bytes, floor_bytes=floor_bytes, keep_ms=keep_ms)
        journal = Journal(
            directory=directory, bounds=bounds, free=free, clock=clock, stream=stream, deadline_s=deadline_s
        )
        stack.push_async_callback(journal.close)
        yield journal
