"""What the journal tells its metrics now and then."""

import sqlite3
from typing import Final

from stream import metrics
from stream.journal_space import used_bytes

END: Final = "SELECT first + count FROM groups ORDER BY first DESC LIMIT 1"
WAITS: Final = """
SELECT stored FROM groups WHERE first >= ifnull((SELECT max(first) FROM groups WHERE first <= p.next), 0)
AND first + count > p.next ORDER BY first LIMIT 1
"""
LOOK: Final = f"SELECT max(0, ifnull(({END}), 0) - p.next), ({WAITS}) FROM position AS p"  # noqa: S608  # no input in it


class Gauges:
    """The journal's size, and the age of what waits in it."""

    def __init__(self, *, stream: str, bound_bytes: int, lagging: bool) -> None:
        """Tell of *stream*; its lag is the workers' where *lagging*."""
        self._stream = stream
        self._lagging = lagging
        metrics.JOURNAL_BOUND_BYTES.labels(stream).set(bound_bytes)

    def tell(self, connection: sqlite3.Connection, *, now: int) -> None:
        """Set the metrics as of *now* (epoch ms)."""
        metrics.JOURNAL_BYTES.labels(self._stream).set(used_bytes(connection))
        events, stored = connection.execute(LOOK).fetchone()
        age = 0.0 if stored is None else max(0.0, (now - stored) / 1000)
        metrics.JOURNAL_AGE_SECONDS.labels(self._stream).set(age)
        if self._lagging:
            metrics.LAG_EVENTS.set(events)
            metrics.LAG_SECONDS.set(age)
