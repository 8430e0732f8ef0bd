"""Stop the worker when the fault is ours: a bug must not empty the stream into the dead letters.

Only exceptions that nobody thought of count, never malformed input: one sender's poison must not stop the others.
"""

from collections import deque
from pathlib import PurePath
from traceback import extract_tb
from typing import Final

from runtime.errors import CannotStart

IN_A_ROW: Final = 20
"""So many different records in a row are no odd ones out."""
WINDOW: Final = 1000
"""Records that the ratio looks back on."""
OF_THE_WINDOW: Final = 50
"""One of our own faults in twenty records is more than odd ones out, too."""


class Stopped(CannotStart):
    """Too many records failed because of us; those of the last batch were not committed and will come again."""


def place(error: BaseException) -> str:
    """Return the exception's kind and where it was raised; never its text, which may quote a body."""
    frames = extract_tb(error.__traceback__)
    where = f" at {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class Guard:
    """Counts our own faults against the records that went well."""

    def __init__(self, *, in_a_row: int = IN_A_ROW, of_the_window: int = OF_THE_WINDOW, window: int = WINDOW) -> None:
        """Begin with nothing counted."""
        self._most_in_a_row = in_a_row
        self._most_of_the_window = of_the_window
        self._in_a_row = 0
        self._recent: deque[bool] = deque(maxlen=window)
        self._faults = 0

    def went_well(self, records: int = 1) -> None:
        """Count *records* that were stored, or set aside for what was in them."""
        if records:
            self._in_a_row = 0
        for _ in range(min(records, self._recent.maxlen or 0)):
            self._count(fault=False)

    def failed(self, error: Exception) -> None:
        """Count a record that failed alone because of us; raise `Stopped` at a limit."""
        self._in_a_row += 1
        self._count(fault=True)
        if self._in_a_row >= self._most_in_a_row:
            raise self._stopped(f"{self._in_a_row} records in a row", error) from error
        if self._faults >= self._most_of_the_window:
            raise self._stopped(f"{self._faults} of the last {len(self._recent)} records", error) from error

    def _count(self, *, fault: bool) -> None:
        if len(self._recent) == self._recent.maxlen:
            self._faults -= self._recent[0]
        self._recent.append(fault)
        self._faults += fault

    def _stopped(self, how_many: str, error: Exception) -> Stopped:
        return Stopped(
            f"The worker stopped because {how_many} failed through a fault of aftercall's own (the last: "
            f"{place(error)}). Their events wait in the stream, none is lost: install a version that mends it and "
            "start the worker again."
        )
