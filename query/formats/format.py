"""What an export asks of a format."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

Columns = Sequence[str]
Rows = Sequence[Sequence[Any]]

TIMES: Final = frozenset({"started_at", "answered_at", "ended_at", "created_at", "updated_at"})
INTEGERS: Final = frozenset({"number", "rounds", "redials"})
SECONDS: Final = frozenset({"duration_s", "talk_s", "record_s", "wait_s", "hold_s"})
FLAGS: Final = frozenset(
    {"read", "success", "has_recording", "has_transcript", "is_voicemail", "is_auto_call", "existing_patient"}
)
"""Columns that are no text; every other value is text or an object, shown as its JSON."""


class Sink(Protocol):
    """One file in the making; values are plain JSON, in the order of the columns."""

    def add(self, rows: Rows) -> bytes:
        """Return what *rows* add to the file now; a format that is written at its end returns nothing yet."""

    def finish(self) -> Iterator[bytes]:
        """Yield the rest of the file."""

    def close(self) -> None:
        """Give back what the file needed."""


class Format(NamedTuple):
    """One row of the table: the media type and what makes a file of some columns."""

    media_type: str
    open: Callable[[Columns], Sink]
