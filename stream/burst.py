"""Whether events come so fast that everything else on the machine should wait a little."""

from typing import Final

WINDOW_S: Final = 0.25
"""What counts as now: longer than a group commit, shorter than anybody waits for a call to appear."""

BURST_PER_S: Final = 500
"""Below, ingest and worker share two cores without noticing each other."""


class Burst:
    """Counts events in windows of time; times are monotonic seconds."""

    def __init__(self) -> None:
        """Begin quiet."""
        self._since = 0.0
        self._events = 0
        self._before = 0

    def count(self, events: int, *, now: float) -> None:
        """Note that *events* came by *now*."""
        self._roll(now)
        self._events += events

    def goes_on(self, *, now: float) -> bool:
        """Tell whether this window or the one before it was full."""
        self._roll(now)
        return max(self._events, self._before) >= BURST_PER_S * WINDOW_S

    def _roll(self, now: float) -> None:
        windows = (now - self._since) // WINDOW_S
        if windows >= 1:
            self._before = self._events if windows < 2 else 0  # noqa: PLR2004  # two windows later, it is forgotten
            self._events = 0
            self._since = now
