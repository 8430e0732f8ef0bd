"""How much the journal may hold: a bound in bytes, a floor of free disk, and what is given up first."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Final, NamedTuple

from stream import metrics
from stream.journal_schema import PAGE_BYTES
from stream.ports import Unavailable

BOUND_BYTES: Final = 8 << 30
"""About a million 20 KB reports, compressed: a day of a large tenant, on a small disk."""

FLOOR_BYTES: Final = 256 << 20
"""Free space left alone: SQLite must still be able to write in order to delete, and so must MongoDB beside it."""

KEEP_MS: Final = 7 * 86_400_000
"""Consumed records are kept as long as Kafka's topic keeps them, for `replay`."""

SCARCE_BYTES: Final = 64 << 20
"""So much above the floor, consumed records are already given up: before anybody is refused."""

DEAD_KEEP_MS: Final = 365 * 86_400_000
DEAD_SHARE: Final = 4
"""Dead letters may fill a quarter of the bound: one sender's poison must not stop the others."""

EVICTED_AT_ONCE: Final = 32
"""Groups in one deletion: up to 128 MB of bodies, so that a burst waits for one of them at most."""

VACUUMED_PAGES: Final = 2_000
"""Pages given back to the disk at a time (32 MB): bounds how long writers wait."""

_OLDEST: Final = """
SELECT first, first + count, stored FROM groups WHERE first < (SELECT next FROM position) ORDER BY first LIMIT ?
"""
_DROP_DEAD: Final = "DELETE FROM dead WHERE rowid IN (SELECT rowid FROM dead ORDER BY at LIMIT ?)"
_ALWAYS: Final = 1 << 62


class Bounds(NamedTuple):
    """What the journal may hold, what it leaves free on the disk, how long it keeps what was consumed."""

    bytes: int = BOUND_BYTES
    floor_bytes: int = FLOOR_BYTES
    keep_ms: int = KEEP_MS


class Space:
    """Says whether more fits, and makes room; used by the writer's thread only."""

    def __init__(self, *, directory: Path, bounds: Bounds, free: Callable[[Path], int]) -> None:
        """Keep within *bounds*, as *free* tells of *directory*."""
        self._directory = directory
        self._bound = bounds.bytes
        self._floor = bounds.floor_bytes
        self._keep_ms = bounds.keep_ms
        self._free = free
        self._headroom = 0

    def admit(self, connection: sqlite3.Connection, weights: Sequence[int]) -> int:
        """Return how many of *weights*, in bytes and in order, fit, consumed records making room; raises `Unavailable`.

        It is raised when not even the first fits.
        """
        incoming = sum(weights)
        self.find_disk(incoming)
        if incoming > self._headroom:
            self._headroom = self._make_room(connection, incoming)
        room = [total <= self._headroom for total in accumulate(weights)]
        if not any(room):
            raise Unavailable(f"the journal is full ({self._bound >> 20} MB wait for workers)", retry_after_s=30)
        self._headroom -= sum(weights[: sum(room)])
        return sum(room)

    def find_disk(self, incoming: int) -> None:
        """Return if so many bytes leave the floor of free disk alone; raises `Unavailable`."""
        if self._free(self._directory) < self._floor + incoming:
            raise Unavailable(f"less than {self._floor >> 20} MB of disk are free", retry_after_s=30)

    def _make_room(self, connection: sqlite3.Connection, incoming: int) -> int:
        while (room := self._bound - used_bytes(connection)) < incoming:
            if not evict(connection, older_than=_ALWAYS):
                break
        return room

    def roomy(self, connection: sqlite3.Connection) -> bool:
        """Tell whether less than half of the bound is used."""
        return used_bytes(connection) * 2 < self._bound

    def tidy(self, connection: sqlite3.Connection, *, now: int) -> bool:
        """Do one small piece of upkeep at *now* (epoch ms); tell whether there is more to do."""
        scarce = self._free(self._directory) < self._floor + SCARCE_BYTES
        more = evict(connection, older_than=_ALWAYS if scarce else now - self._keep_ms) == EVICTED_AT_ONCE
        self._evict_dead(connection, now=now)
        # Else a few unused pages are left where they are: they are soon used again.
        return give_back(connection, above=0 if scarce else VACUUMED_PAGES) or more

    def _evict_dead(self, connection: sqlite3.Connection, *, now: int) -> None:
        connection.execute("DELETE FROM dead WHERE at <= ?", (now - DEAD_KEEP_MS,))
        (size,) = connection.execute("SELECT ifnull(sum(size), 0) FROM dead").fetchone()
        if size > self._bound // DEAD_SHARE:
            dropped = connection.execute(_DROP_DEAD, (EVICTED_AT_ONCE,))
            metrics.DEAD_DROPPED.inc(dropped.rowcount)


def free_bytes(directory: Path) -> int:
    """Return what this user may still write on *directory*'s disk."""
    stat = os.statvfs(directory)
    return stat.f_bavail * stat.f_frsize


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return what the journal holds, without pages that wait to be used again."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    return int(pages - free) * PAGE_BYTES


def evict(connection: sqlite3.Connection, *, older_than: int) -> int:
    """Delete the oldest consumed groups stored at or before *older_than*; return how many."""
    (position,) = connection.execute("SELECT next FROM position").fetchone()
    oldest = connection.execute(_OLDEST, (EVICTED_AT_ONCE,)).fetchall()
    gone = [first for first, end, stored in oldest if end <= position and stored <= older_than]
    if gone:
        connection.execute("DELETE FROM pieces WHERE first <= ?", (gone[-1],))
        connection.execute("DELETE FROM groups WHERE first <= ?", (gone[-1],))
    return len(gone)


def give_back(connection: sqlite3.Connection, *, above: int) -> bool:
    """Shrink the files by some of the unused pages where there are more than *above*; tell whether there were."""
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    if free <= above:
        return False
    connection.execute(f"PRAGMA incremental_vacuum({VACUUMED_PAGES})").fetchall()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # only then do the files shrink
    return True
