"""Deadlines for many waiting senders with one timer: no task, no `wait_for` per event."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

Futures = Sequence["asyncio.Future[None]"] | Sequence["asyncio.Future[int]"]


class Deadlines:
    """Fails the futures that are still open some seconds after they were given to `watch`."""

    def __init__(self, *, seconds: float, error: Callable[[], Exception]) -> None:
        """Give each future *seconds*, then an *error* of its own."""
        self._seconds = seconds
        self._error = error
        self._loop = asyncio.get_running_loop()
        self._watched: deque[tuple[float, Futures]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, futures: Futures) -> None:
        """Begin the time of *futures*."""
        self._watched.append((self._loop.time() + self._seconds, futures))
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._look)

    def close(self) -> None:
        """Watch no longer."""
        if self._timer is not None:
            self._timer.cancel()
        self._watched.clear()

    def _look(self) -> None:
        now = self._loop.time()
        while self._watched and self._watched[0][0] <= now:
            self._expire(self._watched.popleft()[1])
        self._timer = self._loop.call_at(self._watched[0][0], self._look) if self._watched else None

    def _expire(self, futures: Futures) -> None:
        for future in futures:
            if not future.done():
                future.set_exception(self._error())
