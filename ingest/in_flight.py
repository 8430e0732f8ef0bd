"""Bodies that are held in memory are counted, so that too many at once are refused and none is half taken."""

from typing import Final, NamedTuple

from ingest.errors import NotDurable

RETRY_AFTER_S: Final = 1  # bodies come and go in milliseconds


class Class(NamedTuple):
    """Bodies up to a size, and how many bytes of them may be held at once."""

    body: int
    together: int


# Apart from each other, so that a few senders of large bodies, slow ones too, cannot shut out the others. With their
# copies the first two keep ingest below 150 MB; the third is one recording of the largest kind, or several smaller.
CLASSES: Final = (
    Class(body=256 * 2**10, together=24 * 2**20),
    Class(body=5 * 2**20, together=24 * 2**20),
    Class(body=64 * 2**20, together=64 * 2**20),
)
LARGEST_BODY: Final = CLASSES[-1].body


class InFlight:
    """How many bytes of bodies are held now, by class."""

    def __init__(self, classes: tuple[Class, ...] = CLASSES) -> None:
        """Hold nothing yet."""
        self._classes: Final = classes
        self._held = [0] * len(classes)

    @property
    def held(self) -> int:
        """Bytes held now."""
        return sum(self._held)

    def move(self, *, was: int, now: int) -> None:
        """Count a body that held *was* bytes as one of *now*; raise `NotDurable` where there is no room for it."""
        before, after = self._class(was), self._class(now)
        room = self._classes[after].together - self._held[after] + (was if before == after else 0)
        if now > room:
            raise NotDurable("Too many bodies are being taken at once; try again.", retry_after_s=RETRY_AFTER_S)
        self._held[before] -= was
        self._held[after] += now

    def _class(self, size: int) -> int:
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

    def at_least(self, size: int) -> None:
        """Hold *size* bytes or more; raise `NotDurable` where there is no room."""
        if size > self._size:
            self._in_flight.move(was=self._size, now=size)
            self._size = size

    def release(self) -> None:
        """Hold nothing."""
        self._in_flight.move(was=self._size, now=0)
        self._size = 0
