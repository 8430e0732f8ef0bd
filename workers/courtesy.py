"""Giving way to ingest where both share one process: an event that is durable can wait, a sender cannot."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from stream.ports import Record

STEP_S: Final = 0.005
LONGEST_S: Final = 1.0
"""A slice waits so long at most: under a burst without an end the worker still moves on, slowly."""


class Pace(NamedTuple):
    """How much is understood and written at a time, and how many such slices are on their way together."""

    records: int
    bytes: int
    together: int

    def slices(self, records: Iterable[Record]) -> Iterator[list[Record]]:
        """Yield *records* in order, in slices within both bounds; a larger record is alone."""
        some: list[Record] = []
        room = self.bytes
        for record in records:
            room -= len(record.value)
            if some and (room < 0 or len(some) == self.records):
                yield some
                some, room = [], self.bytes - len(record.value)
            some.append(record)
        if some:
            yield some


ALONE: Final = Pace(records=125, bytes=4 << 20, together=4)
"""At 20 KB and 300 µs each some 40 ms of work; the next slice is understood while MongoDB writes this one.

Bytes bound what is in memory: an event takes several times its size while it is understood, folded and sent.
"""

SHARED: Final = Pace(records=32, bytes=1 << 20, together=2)
"""Folded and written in one go, in some 10 ms that a sender may have to wait; each slice costs four fsyncs."""


class Courtesy:
    """Awaited between slices of work."""

    def __init__(self, busy: Callable[[], bool] | None = None, *, longest_s: float = LONGEST_S) -> None:
        """Give way while *busy* says so, *longest_s* at most each time; None: there is nobody to give way to."""
        self._busy = busy
        self._steps = round(longest_s / STEP_S)
        self.pace = ALONE if busy is None else SHARED

    async def give_way(self) -> None:
        """Return when nobody is busy any more, or it has been long enough; others run at least once."""
        await asyncio.sleep(0)
        if self._busy is not None:
            for _ in range(self._steps):
                if not self._busy():
                    return
                await asyncio.sleep(STEP_S)
