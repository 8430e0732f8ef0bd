"""The journal's dead letters: a table of their own, kept a year."""

import sqlite3
from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Final

import cramjam
import msgspec

from stream.dead import dead_from_headers, dead_to_headers, dead_value, lost_letter
from stream.headers import Headers, Unreadable
from stream.journal_source import Run
from stream.ports import Dead, Fault, Partition

PUT: Final = "INSERT OR REPLACE INTO dead VALUES (?, ?, ?, ?, ?, ?)"
LIST: Final = "SELECT topic, partition, offset FROM dead ORDER BY at, topic, partition, offset"
WHERE: Final = "WHERE topic = ? AND partition = ? AND offset = ?"
GET: Final = f"SELECT at, blob FROM dead {WHERE}"  # noqa: S608  # no input in it
DELETE: Final = f"DELETE FROM dead {WHERE}"  # noqa: S608  # no input in it

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Headers, bytes]).decode


class JournalDeadLetters:
    """Puts poison aside in the journal's file."""

    def __init__(self, *, write: Run) -> None:
        """Read and write through *write*."""
        self._write = write

    async def put(self, dead: Dead) -> None:
        """Return when *dead* is on disk; raises `Unavailable`."""
        blob = bytes(cramjam.lz4.compress_block(_encode((dead_to_headers(dead), dead_value(dead)))))
        row = (*dead.partition, dead.offset, dead.at, len(blob), blob)
        await self._write(lambda connection: connection.execute(PUT, row).rowcount)

    async def all(self) -> AsyncIterator[Dead]:
        """Yield what was set aside and not settled, oldest first."""
        for where in await self._write(lambda connection: connection.execute(LIST).fetchall()):
            if (row := await self._write(partial(_get, where=where))) is not None:
                yield _dead(where, *row)

    async def settle(self, dead: Dead) -> None:
        """Forget *dead*: it was published again."""
        where = (*dead.partition, dead.offset)
        await self._write(lambda connection: connection.execute(DELETE, where).rowcount)


def _get(connection: sqlite3.Connection, *, where: tuple[str, int, int]) -> Any:
    return connection.execute(GET, where).fetchone()


def _dead(where: tuple[str, int, int], at: int, blob: bytes) -> Dead:
    try:
        headers, value = _decode(bytes(cramjam.lz4.decompress_block(blob)))
        return dead_from_headers(headers, value)
    except (Unreadable, ValueError, cramjam.DecompressionError):
        topic, number, offset = where
        return lost_letter(Partition(topic, number), offset=offset, fault=Fault.DAMAGED, at=at)
