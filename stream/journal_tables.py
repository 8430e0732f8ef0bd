"""The journal's statements: what is written and read in its tables."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

from schemas.envelope import Envelope
from stream.journal_groups import (
    GROUP_BYTES,
    GROUP_RECORDS,
    PIECES,
    Blob,
    Group,
    is_large,
    pack,
    pack_large,
    pieces_of,
    unpack,
    weigh,
)
from stream.ports import Record

END: Final = """
SELECT max(next, ifnull((SELECT first + count FROM groups ORDER BY first DESC LIMIT 1), 0)) FROM position
"""
INSERT: Final = f"INSERT INTO groups VALUES (({END}), ?, ?, ?, ?, ?, ?)"  # noqa: S608  # no input in it
INSERT_PIECE: Final = "INSERT INTO pieces VALUES (?, ?, ?, ?)"
READ: Final = """
SELECT first, count, stored, codec, size, crc, blob FROM groups
WHERE first >= ifnull((SELECT max(first) FROM groups WHERE first <= ?), 0) ORDER BY first
"""
READ_PIECES: Final = "SELECT crc, blob FROM pieces WHERE first = ? ORDER BY number"


class Position(NamedTuple):
    """Where the workers go on, and how often that was moved by hand."""

    next: int
    rewinds: int


@contextmanager
def transaction(connection: sqlite3.Connection, *, statements: int) -> Iterator[None]:
    """Make *statements* one; a single one is a transaction by itself and spares two waits for the GIL."""
    if statements > 1:
        connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        if connection.in_transaction:
            connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def grouped(envelopes: Sequence[Envelope]) -> list[list[Envelope]]:
    """Cut *envelopes* into groups of bounded size; a large one is alone."""
    groups: list[list[Envelope]] = []
    room = 0
    for envelope in envelopes:
        weight = weigh(envelope)
        alone = is_large(envelope)
        if alone or weight > room or len(groups[-1]) == GROUP_RECORDS:
            groups.append([])
            room = 0 if alone else GROUP_BYTES
        groups[-1].append(envelope)
        room -= weight
    return groups


def statements(groups: Sequence[Sequence[Envelope]]) -> int:
    """Return how many statements it takes to `append` *groups*."""
    return sum(2 if is_large(group[0]) else 1 for group in groups)


def append(connection: sqlite3.Connection, envelopes: Sequence[Envelope], *, now: int) -> int:
    """Store one group at *now* (epoch ms); return the offset behind it. A large one needs a transaction around it."""
    large = is_large(envelopes[0])
    group = pack_large(envelopes[0], now=now) if large else pack(envelopes, now=now)
    first = connection.execute(INSERT, group).lastrowid or 0
    if large:
        pieces = enumerate(pieces_of(envelopes[0]))
        connection.executemany(INSERT_PIECE, ((first, number, *piece) for number, piece in pieces))
    return first + group.records


def end(connection: sqlite3.Connection) -> int:
    """Return the offset of the next record."""
    (offset,) = connection.execute(END).fetchone()
    return int(offset)


def position(connection: sqlite3.Connection) -> Position:
    """Return where the workers go on."""
    return Position(*connection.execute("SELECT next, rewinds FROM position").fetchone())


def advance(connection: sqlite3.Connection, *, to: Position) -> bool:
    """Move the position on; not if it was moved by hand since, nor back."""
    moved = connection.execute(
        "UPDATE position SET next = ? WHERE rewinds = ? AND next < ?", (to.next, to.rewinds, to.next)
    )
    return moved.rowcount == 1


def move(connection: sqlite3.Connection, *, offset: int) -> int:
    """Set the position by hand, within what is kept; return where it is now."""
    (first,) = connection.execute("SELECT ifnull(min(first), 0) FROM groups").fetchone()
    offset = max(first, min(offset, end(connection)))
    connection.execute("UPDATE position SET next = ?, rewinds = rewinds + 1", (offset,))
    return offset


def offset_at(connection: sqlite3.Connection, *, since: int) -> int:
    """Return the offset of the first group stored at or after *since* (epoch ms)."""
    (first,) = connection.execute("SELECT min(first) FROM groups WHERE stored >= ?", (since,)).fetchone()
    return end(connection) if first is None else int(first)


def read(connection: sqlite3.Connection, *, start: int, records: int, size: int) -> list[Record]:
    """Return records from offset *start* on, whole groups, until there are *records* or *size* bytes of them."""
    found: list[Record] = []
    for first, *rest in connection.execute(READ, (start,)):
        group = Group(*rest)
        if found and group.size > size:
            break
        found += unpack(first, group, _pieces(connection, first) if group.codec == PIECES else ())
        size -= group.size
        if len(found) >= records or size <= 0:
            break
    return [record for record in found if record.offset >= start]


def _pieces(connection: sqlite3.Connection, first: int) -> Iterator[Blob]:
    for crc, blob in connection.execute(READ_PIECES, (first,)):
        yield Blob(crc, blob)


def try_disk(connection: sqlite3.Connection) -> None:
    """Write something that changes nothing; raises `sqlite3.Error` while the disk does not take it."""
    connection.execute("UPDATE position SET next = next")
