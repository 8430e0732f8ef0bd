"""What the pipeline asks of a platform's module."""

from typing import Protocol

from schemas.envelope import Envelope
from schemas.update import Facts
from workers.reasons import Aside


class Malformed(Exception):
    """The event says nothing that can be understood; `detail` is for a person and quotes nothing of the body."""

    def __init__(self, reason: Aside, detail: str = "") -> None:
        """Keep the fixed word apart from what is said to a person."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Normalise(Protocol):
    """Bytes in, facts out: no clock, no network, no settings."""

    def __call__(self, event: Envelope, /) -> Facts | None:
        """Return what *event* says; None where its type is unknown (kept raw, nothing folded). Raises `Malformed`."""
