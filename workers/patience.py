"""Wait for what is away, longer each time, and give up only when the process is told to stop."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from storage.errors import Away
from stream.ports import Unavailable
from workers.guard import place
from workers.metrics import STORE_ERRORS, WAITING

T = TypeVar("T")

FIRST_S: Final = 0.1
LONGEST_S: Final = 5.0
"""How late the worker may notice that its store is back."""

_APART: Final = random.Random()  # noqa: S311 - no secret: so that not all workers come back at once
log = logging.getLogger(__name__)


class GivenUp(Exception):
    """The process stops while something is away; nothing of the batches in hand is committed."""


class Patience:
    """One worker's way to wait; the group membership lives on meanwhile."""

    def __init__(self, *, first_s: float = FIRST_S, longest_s: float = LONGEST_S) -> None:
        """Wait *first_s* at first, twice as long each time, *longest_s* at most."""
        self._first_s = first_s
        self._longest_s = longest_s
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End a wait under way, and every later one at once."""
        self._stopping.set()

    async def until_done(self, effect: Callable[[], Awaitable[T]]) -> T:
        """Return what *effect* does as soon as nothing is away; raises `GivenUp` when told to stop meanwhile."""
        wait_s = self._first_s
        while True:
            try:
                done = await effect()
            except (Away, Unavailable) as error:
                STORE_ERRORS.inc()
                WAITING.set(1)
                log.warning("waiting", extra={"why": place(error), "seconds": round(wait_s, 1)})
            else:
                WAITING.set(0)
                return done
            await self._pause(wait_s * _APART.uniform(0.5, 1))
            wait_s = min(wait_s * 2, self._longest_s)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
        raise GivenUp
