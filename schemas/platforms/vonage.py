"""Vonage: flat events of legs, told apart by `status`; a recording belongs to the conversation, not to a leg."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import Outcome


@unique
class Status(StrEnum):
    """`status`, and our name for the event of a recording, which has none."""

    STARTED = "started"
    RINGING = "ringing"
    ANSWERED = "answered"
    HUMAN = "human"
    MACHINE = "machine"
    RECORD = "record"
    DISCONNECTED = "disconnected"
    BUSY = "busy"
    CANCELLED = "cancelled"
    UNANSWERED = "unanswered"
    REJECTED = "rejected"
    FAILED = "failed"
    TIMEOUT = "timeout"
    COMPLETED = "completed"


RANKS: Final[Mapping[Status, int]] = {status: rank for rank, status in enumerate(Status, 1)}

PROGRESS: Final = frozenset({Status.STARTED, Status.RINGING, Status.ANSWERED})
DETECTED: Final = frozenset({Status.HUMAN, Status.MACHINE})

OUTCOMES: Final[Mapping[str, Outcome]] = {
    Status.COMPLETED: Outcome.ANSWERED,
    Status.UNANSWERED: Outcome.NO_ANSWER,
    Status.TIMEOUT: Outcome.NO_ANSWER,
    Status.BUSY: Outcome.BUSY,
    Status.REJECTED: Outcome.REJECTED,
    Status.CANCELLED: Outcome.CANCELED,
    Status.FAILED: Outcome.UNREACHABLE,
    Status.DISCONNECTED: Outcome.UNREACHABLE,
}
"""`status` of a leg that is over."""

CURRENCY: Final = "EUR"
"""Whatever the account's."""
