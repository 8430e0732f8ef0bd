"""Bodies that are held in memory are counted: too many at once wait a moment, then are refused; none is half taken."""

import asyncio
from collections import deque
from typing import Final, NamedTuple

from ingest.errors import NotDurable

WAIT_S: Final = 2.0  # for room: bodies come and go in milliseconds, and a sender waits ten seconds and more
RETRY_AFTER_S: Final = 1


class Class(NamedTuple):
    """Bodies up to a size, and how many bytes of them may be held at once."""

    body: int
    together: int


# Apart from each other, so that a few senders of large bodies, slow ones too, cannot shut out the others. With their
# copies the first two keep ingest below 150 MB; the third is one recording of the largest kind, or several smaller.
CLASSES: Final = (
    Class(body=256 * 2**10, together=24 * 2**20),
    Class(body=5 * 2**20, together=20 * 2**20),
    Class(body=64 * 2**20, together=64 * 2**20),
)
LARGEST_BODY: Final = CLASSES[-1].body


class InFlight:
    """How many bytes of bodies are held now, by class."""

    def __init__(self, classes: tuple[Class, ...] = CLASSES) -> None:
        """Hold nothing yet."""
        self._classes: Final = classes
        self._held = [0] * len(classes)
        self._waiting: Final[deque[asyncio.Future[None]]] = deque()

    @property
    def held(self) -> int:
        """Bytes held now."""
        return sum(self._held)

    def move(self, *, was: int, now: int) -> bool:
        """Count a body that held *was* bytes as one of *now*; return False where there is no room for it."""
        before, after = self._class(was), self._class(now)
        room = self._classes[after].together - self._held[after] + (was if before == after else 0)
        if now > room:
            return False
        self._held[before] -= was
        self._held[after] += now
        if now < was:
            self._wake()
        return True

    async def wait(self, *, was: int, now: int) -> None:
        """Do `move` as soon as there is room; raise `NotDurable` after `WAIT_S` without."""
        try:
            async with asyncio.timeout(WAIT_S):
                while not self.move(was=was, now=now):
                    freed = asyncio.get_running_loop().create_future()
                    self._waiting.append(freed)
                    await freed
        except TimeoutError:
            told = "Too many bodies are being taken at once; try again."
            raise NotDurable(told, retry_after_s=RETRY_AFTER_S) from None

    def _wake(self) -> None:
        while self._waiting:
            freed = self._waiting.popleft()
            if not freed.done():
                freed.set_result(None)

    def _class(self, size: int) -> int:
        if size <= self._classes[0].body:  # nearly all
            return 0
        for n, row in enumerate(self._classes):
            if size <= row.body:
                return n
        return len(self._classes) - 1


class Hold:
    """One request's share; it only grows until it is let go."""

    __slots__ = ("_in_flight", "_size")

    def __init__(self, in_flight: InFlight) -> None:
        """Hold nothing yet."""
        self._in_flight = in_flight
        self._size = 0

    async def at_least(self, size: int) -> None:
        """Hold *size* bytes or more; raise `NotDurable` where there is no room and none comes."""
        if size <= self._size:
            return
        if not self._in_flight.move(was=self._size, now=size):
            await self._in_flight.wait(was=self._size, now=size)
        self._size = size

    def release(self) -> None:
        """Hold nothing."""
        self._in_flight.move(was=self._size, now=0)
        self._size = 0
