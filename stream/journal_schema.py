"""The journal's file: one SQLite database in a directory of its own, opened as durably as SQLite can."""

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from stream.ports import Unusable

FILE: Final = "journal.sqlite3"
LOCK: Final = "journal.lock"
VERSION: Final = 1

PAGE_BYTES: Final = 16_384
"""A group of a few webhooks fits in few pages: measured quicker than SQLite's 4096 for blobs of this size."""

BUSY_S: Final = 5.0
"""How long to wait for another process's write (`aftercall replay` beside a running `up`)."""

WAL_PAGES: Final = 500
"""Checkpoint each 8 MB: every sender waits for the whole of one, and pages are written once, so that rarer ones spare
nothing. In a busy hour 32 MB took 60 to 105 ms and 8 MB 16 to 29, where an `fsync` alone took one.
"""

WAL_BYTES: Final = 32 << 20
"""What the log keeps of the disk after a checkpoint: given back and taken anew, each would cost a longer `fsync`."""

TABLES: Final = """
CREATE TABLE IF NOT EXISTS groups (
    first INTEGER PRIMARY KEY,  -- offset of its first record
    count INTEGER NOT NULL,
    stored INTEGER NOT NULL,    -- epoch ms
    codec INTEGER NOT NULL,
    size INTEGER NOT NULL,      -- bytes before compression
    crc INTEGER NOT NULL,       -- of the blob: SQLite does not check its pages
    blob BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS pieces (
    first INTEGER NOT NULL,
    number INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    blob BLOB NOT NULL,
    PRIMARY KEY (first, number)
) STRICT;
CREATE TABLE IF NOT EXISTS position (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    next INTEGER NOT NULL,      -- offset where the workers go on
    rewinds INTEGER NOT NULL    -- a batch read before a rewind can no longer be committed
) STRICT;
CREATE TABLE IF NOT EXISTS dead (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    at INTEGER NOT NULL,
    size INTEGER NOT NULL,
    blob BLOB NOT NULL,
    PRIMARY KEY (topic, partition, offset)
) STRICT;
CREATE INDEX IF NOT EXISTS dead_at ON dead (at, size);
INSERT OR IGNORE INTO position VALUES (1, 0, 0);
"""


def connect(directory: Path) -> sqlite3.Connection:
    """Return a connection in autocommit mode on the journal in *directory*; raises `Unusable`."""
    path = directory / FILE
    with told(path):
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        # Both have an effect only before the first table is made.
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
        _prepare(connection, path)
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise Unusable(f"{path} was written by a newer aftercall: use that version, or another directory")
    if version < VERSION:
        connection.executescript(TABLES)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def make_directory(directory: Path) -> None:
    """Make *directory*, for its owner only, and see that files can be written in it; raises `Unusable`."""
    probe = directory / ".writable"
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)  # its files hold what people said
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        why = os.strerror(error.errno or errno.EIO)
        raise Unusable(
            f"the journal's directory {directory} cannot be written ({why}): give it to this user or name another"
        ) from error


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold *directory* for this process alone; raise `Unusable`, naming the other process, if one has it."""
    descriptor = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
            raise Unusable(
                f"the journal in {directory} is used by process {other}: stop that one or name another directory"
            ) from None
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn SQLite's errors on opening or reading *path* into an `Unusable` that says what to do."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unusable(f"the journal {path} cannot be opened ({error}): look at the disk and its rights") from error
    except sqlite3.DatabaseError as error:
        raise Unusable(
            f"the journal {path} is damaged ({error}): stop aftercall, move the file away and start again; "
            "`sqlite3 FILE .recover` may bring back what it held"
        ) from error
