"""When to stop asking something that does not answer, and when to ask again."""

from typing import Final

PROBE_S: Final = 1.0
"""How often something broken is tried: soon enough to drain early, seldom enough to cost nobody's time."""


class Breaker:
    """Closed while it works; open after a failure, but for one try each `PROBE_S`. Times are monotonic seconds."""

    def __init__(self) -> None:
        """Begin closed."""
        self._next_probe: float | None = None

    @property
    def closed(self) -> bool:
        """Whether the last try worked."""
        return self._next_probe is None

    def allows(self, *, now: float) -> bool:
        """Tell whether to try at *now*; while open, whoever is told yes is the probe."""
        if self._next_probe is None:
            return True
        if now < self._next_probe:
            return False
        self._next_probe = now + PROBE_S
        return True

    def failed(self, *, now: float) -> bool:
        """Open at *now*; tell whether it was closed."""
        was_closed = self._next_probe is None
        self._next_probe = now + PROBE_S
        return was_closed

    def worked(self) -> bool:
        """Close; tell whether it was open."""
        was_open = self._next_probe is not None
        self._next_probe = None
        return was_open
