"""Garbage that only a search can find: rare here, so it is searched for rarely."""

import gc
from typing import Final

YOUNG: Final = 50_000
"""Objects more than were let go before the young ones are searched.

Python's 700 are there with a hundred requests in flight, and nothing of theirs is garbage: that cost 4 % of accepting.
"""


def search_rarely() -> None:
    """Leave what there is now out of every search for ever (code, tables, configuration), and search seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
