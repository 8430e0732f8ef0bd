"""Reading the journal: batches in order, a position that survives, and moving it by hand."""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from stream.journal_groups import PARTITION
from stream.journal_schema import FILE, connect, told
from stream.journal_tables import Position, advance, end, move, offset_at, position, read
from stream.ports import BATCH_BYTES, BATCH_RECORDS, Batch, Partition, Record, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")
Run = Callable[[Callable[[sqlite3.Connection], Any]], Awaitable[Any]]

POLL_S: Final = 1.0
"""How soon a change made by another process (`aftercall replay`) is seen."""


class JournalSource:
    """The workers' end of the journal."""

    def __init__(self, *, directory: Path, write: Run, records: int = BATCH_RECORDS) -> None:
        """Read the journal in *directory*, in a thread of its own; move the position through *write*."""
        self._path = directory / FILE
        self._connection = connection = connect(directory)
        self._write = write
        self._records = records
        self._thread = ThreadPoolExecutor(1, "journal-source")
        self._arrived = asyncio.Event()
        self._stopped = False
        self._committed = position(connection)
        self._next = self._committed.next
        self._end = end(connection)
        self._ahead: list[Record] = []  # read, not yet given out
        self._hand: list[Batch] = []  # given out, neither committed nor from before the position was moved by hand

    async def batches(self) -> AsyncIterator[Batch]:
        """Yield batches until `stop`."""
        while not self._stopped:
            self._arrived.clear()
            await self._refill()
            if self._ahead:
                batch = Batch(PARTITION, tuple(self._ahead[: self._records]))
                del self._ahead[: self._records]
                self._next = batch.next_offset
                self._hand.append(batch)
                yield batch
            else:
                await self._wait()

    async def commit(self, batch: Batch) -> None:
        """Move on behind *batch*; nothing where the position was moved by hand meanwhile."""
        if not any(batch is held for held in self._hand):
            return
        self._hand = [held for held in self._hand if held.next_offset > batch.next_offset]
        to = Position(batch.next_offset, self._committed.rewinds)
        try:
            moved = await self._write(partial(advance, to=to))
        except Unavailable as error:  # the next commit moves on behind this batch too; after a crash it is done again
            log.warning("commit_lost", extra={"why": str(error)})
            return
        if moved:
            self._committed = to

    async def stop(self) -> None:
        """End `batches` after the one in hand."""
        self._stopped = True
        self._arrived.set()

    def close(self) -> None:
        """Wait for the read under way and give the connection back."""
        self._thread.submit(self._connection.close)
        self._thread.shutdown()

    def lag(self) -> dict[Partition, int]:
        """Return how many records wait behind the committed position."""
        return {PARTITION: max(0, self._end - self._committed.next)}

    def arrived(self, *, end: int) -> None:
        """Hear that records up to *end* are stored."""
        self._end = max(self._end, end)
        self._arrived.set()

    async def _refill(self) -> None:
        loop = asyncio.get_running_loop()
        found, self._end, at = await loop.run_in_executor(self._thread, self._look, not self._ahead)
        if at.rewinds != self._committed.rewinds:  # moved by hand: begin there
            self._ahead, self._hand, self._next = [], [], at.next
            self._committed = at
            await self._refill()
        else:
            self._ahead += found

    def _look(self, wanted: bool) -> tuple[list[Record], int, Position]:  # noqa: FBT001  # run_in_executor knows no keywords
        with told(self._path):
            return self._found(wanted)

    def _found(self, wanted: bool) -> tuple[list[Record], int, Position]:  # noqa: FBT001  # passed on
        at = position(self._connection)
        if not wanted or at.rewinds != self._committed.rewinds:
            return [], end(self._connection), at
        found = read(self._connection, start=self._next, records=self._records, size=BATCH_BYTES)
        return found, end(self._connection), at

    async def _wait(self) -> None:
        timer = asyncio.get_running_loop().call_later(POLL_S, self._arrived.set)
        await self._arrived.wait()
        timer.cancel()


class JournalRewinder:
    """Moves the workers' position by hand."""

    def __init__(self, *, write: Run) -> None:
        """Move it through *write*."""
        self._write = write

    async def rewind(self, *, since: int) -> dict[Partition, int]:
        """Go to the first group stored at or after *since* (epoch ms)."""
        return {PARTITION: await self._write(partial(_move_to, since=since))}

    async def seek(self, offsets: Mapping[Partition, int]) -> dict[Partition, int]:
        """Go to the one offset of *offsets*, or to the nearest that is kept."""
        return {part: await self._write(partial(move, offset=offset)) for part, offset in offsets.items()}


def _move_to(connection: sqlite3.Connection, *, since: int) -> int:
    return move(connection, offset=offset_at(connection, since=since))
