"""The wall clock, in the one unit that streams speak."""

import time


def now_ms() -> int:
    """Return the time as epoch milliseconds."""
    return time.time_ns() // 1_000_000
