"""How often a key, or a whole tenant, may ask through a dialect: windows, each begun by its first request."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from query.dialects.dialect import Fault, Faulted
from runtime.config import Key


class Rates:
    """Counts in this process; several processes each allow the whole rate."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin with nothing used."""
        self._clock: Final = clock
        self._used: dict[tuple[str, str, int], tuple[datetime, int]] = {}

    def take(self, key: Key, windows: Sequence[tuple[int, int]], *, together: bool = False) -> None:
        """Count one request in each (requests, seconds) window; raise `Faulted` TOO_MANY where one is full.

        With *together* all keys of the tenant that are counted so share their windows.
        """
        whose = "" if together else key.id
        now = self._clock()
        for most, seconds in windows:
            name = (key.tenant, whose, seconds)
            until, used = self._used.get(name, (now, 0))
            if now >= until:
                until, used = now + timedelta(seconds=seconds), 0
            if most and used >= most:
                wait = max(1, ceil((until - now).total_seconds()))
                raise Faulted(Fault.TOO_MANY, f"At most {most} requests in {seconds} s.", retry_after_s=wait)
            self._used[name] = (until, used + 1)
