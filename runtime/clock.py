"""Time is passed in: what reads the clock is given one of these."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Now, in UTC."""


def utc_now() -> datetime:
    """Return the machine's time in UTC."""
    return datetime.now(UTC)
