"""Giving way to ingest where both share one process: an event that is durable can wait, a sender cannot."""

import asyncio
from collections.abc import Callable
from typing import Final

STEP_S: Final = 0.005
LONGEST_S: Final = 1.0
"""A slice waits so long at most: under a burst without an end the worker still moves on, slowly."""


class Courtesy:
    """Awaited between slices of work."""

    def __init__(self, busy: Callable[[], bool] = lambda: False, *, longest_s: float = LONGEST_S) -> None:
        """Give way while *busy* says so, *longest_s* at most each time."""
        self._busy = busy
        self._steps = round(longest_s / STEP_S)

    async def give_way(self) -> None:
        """Return when nobody is busy any more, or it has been long enough; others run at least once."""
        await asyncio.sleep(0)
        for _ in range(self._steps):
            if not self._busy():
                return
            await asyncio.sleep(STEP_S)
