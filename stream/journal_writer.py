"""The journal's writer: one thread, one connection; what was queued while the disk worked becomes one transaction."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple

from schemas.envelope import Envelope
from stream.journal_gauges import Gauges
from stream.journal_groups import weigh
from stream.journal_schema import connect
from stream.journal_space import Space
from stream.journal_tables import append, end, grouped, statements, transaction, try_disk
from stream.ports import Unavailable

log = logging.getLogger(__name__)

TRANSACTION_BYTES: Final = 16 << 20
"""Bodies in one transaction: they are in SQLite's cache and its log until it is checkpointed."""

IDLE_S: Final = 1.0
"""How often an idle writer looks after space, and tries the disk again after a failure."""

UPKEEP_S: Final = 10.0
"""How often a busy one does."""

READY_BYTES: Final = 1 << 20
"""Room for this much makes a full journal ready again: less would only flap."""


class Append(NamedTuple):
    """One event to store."""

    envelope: Envelope
    done: "asyncio.Future[None]"
    at: float
    """When it came, in the loop's seconds."""


class Job(NamedTuple):
    """Something else to do in the next transaction."""

    run: Callable[[sqlite3.Connection], Any]
    done: "asyncio.Future[Any]"


Entry = Append | Job
Outcome = tuple[Entry, Any]
"""What became of an entry: the job's result, or the exception to raise."""


class Writer:
    """Stores what is `put` and tells *settle*, on the loop, what became of it."""

    def __init__(
        self,
        *,
        directory: Path,
        space: Space,
        gauges: Gauges,
        clock: Callable[[], int],
        settle: Callable[[list[Outcome]], None],
    ) -> None:
        """Open the database (raises `Unusable`); the thread begins with `start`."""
        self.failing: str | None = None
        self.roomy = True
        self._connection = connect(directory)
        self.end = end(self._connection)
        self._space = space
        self._gauges = gauges
        self._clock = clock
        self._settle = settle
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Sequence[Entry]] = SimpleQueue()
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._cared = 0.0
        self._ending = False

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, entries: Sequence[Entry]) -> None:
        """Queue *entries* for the next transaction."""
        self._queue.put(entries)

    async def close(self) -> None:
        """Write what is queued and close the database."""
        self._ending = True
        self._queue.put(())  # wakes the thread
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while not (self._ending and self._queue.empty()):
            entries = self._take()
            if entries:
                self._loop.call_soon_threadsafe(self._settle, self._write(entries))
            if not entries or time.monotonic() - self._cared > UPKEEP_S:
                self._care()
        self._connection.close()

    def _take(self) -> list[Entry]:
        """Return what is queued, up to a transaction's worth; nothing when idle."""
        taken: list[Entry] = []
        size = 0
        try:
            while size < TRANSACTION_BYTES:
                entries = self._queue.get(block=not taken, timeout=IDLE_S)
                taken += entries
                size += sum(weigh(entry.envelope) for entry in entries if isinstance(entry, Append))
                if self._ending and not entries:
                    break
        except Empty:
            pass
        return taken

    def _write(self, entries: Sequence[Entry]) -> list[Outcome]:
        appends = [entry for entry in entries if isinstance(entry, Append)]
        jobs = [entry for entry in entries if isinstance(entry, Job)]  # go on in a full journal: they empty it
        fitting, refused = self._admit(appends)
        try:
            return refused + self._transact(fitting, jobs)
        except sqlite3.Error as error:
            return refused + _all([*fitting, *jobs], self._broken(error))
        except Exception:  # a mistake of ours must not end the thread that every sender waits for
            log.exception("journal_writer_failed")
            return refused + _all([*fitting, *jobs], Unavailable("the journal failed on these events"))

    def _admit(self, appends: Sequence[Append]) -> tuple[Sequence[Append], list[Outcome]]:
        """Return those of *appends* for which there is room, and what becomes of the others."""
        if not appends:
            return (), []
        try:
            count = self._space.admit(self._connection, [weigh(entry.envelope) for entry in appends])
        except Unavailable as error:
            self._fail(str(error))
            return (), _all(appends, error)
        except (sqlite3.Error, OSError) as error:
            return (), _all(appends, self._broken(error))
        return appends[:count], _all(appends[count:], Unavailable("the journal is full", retry_after_s=30))

    def _transact(self, appends: Sequence[Append], jobs: Sequence[Job]) -> list[Outcome]:
        groups = grouped([entry.envelope for entry in appends])
        with transaction(self._connection, statements=statements(groups) + len(jobs)):
            for group in groups:
                self.end = append(self._connection, group, now=self._clock())
            results = [job.run(self._connection) for job in jobs]
        if appends:
            self._heal()
        return [*((entry, None) for entry in appends), *zip(jobs, results, strict=True)]

    def _care(self) -> None:
        """Make room, see whether the disk is back after a failure, tell the metrics."""
        self._cared = time.monotonic()
        try:
            while self._space.tidy(self._connection, now=self._clock()) and self._queue.empty():
                pass
            if self.failing is not None:
                self._space.admit(self._connection, [READY_BYTES])
                try_disk(self._connection)
                self._heal()
            self.roomy = self._space.roomy(self._connection)
            self._gauges.tell(self._connection, now=self._clock())
            self._space.find_disk(0)  # so that it is told before the first event is refused
        except Unavailable as error:
            self._fail(str(error))
        except (sqlite3.Error, OSError) as error:
            self._broken(error)

    def _broken(self, error: Exception) -> Unavailable:
        self._fail(f"the journal cannot be written ({error})")
        return Unavailable(f"the journal cannot be written ({error})")

    def _fail(self, why: str) -> None:
        if self.failing is None:
            log.error("journal_failing", extra={"why": why})
        self.failing = why

    def _heal(self) -> None:
        if self.failing is not None:
            log.info("journal_healed")
        self.failing = None


def _all(entries: Sequence[Entry], error: Unavailable) -> list[Outcome]:
    """Give each entry an error of its own: a shared one would gather everybody's traceback."""
    return [(entry, Unavailable(str(error), retry_after_s=error.retry_after_s)) for entry in entries]
