"""Bland's post-call body, also one of RobotAppel's two forms: the whole call when it is over, without an event type."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import EndedBy, Outcome


@unique
class EventType(StrEnum):
    """Our name for the one body there is."""

    POST_CALL = "post_call"


RANKS: Final[Mapping[EventType, int]] = {EventType.POST_CALL: 2}
UNFINISHED_RANK: Final = 1
"""Of a body that says its call goes on."""

MARKS: Final = ("completed", "transcripts", "status")
"""A body with none of these members is a live event, not the call."""

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "completed": Outcome.ANSWERED,
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "failed": Outcome.SYSTEM_ERROR,
    "canceled": Outcome.CANCELED,
    "cancelled": Outcome.CANCELED,
}
"""`status` (open)."""

ANSWERED_BY: Final[Mapping[str, Outcome]] = {"human": Outcome.ANSWERED, "no-answer": Outcome.NO_ANSWER}
"""`answered_by` where the status says no more than that the call is over."""

VOICEMAIL: Final = "voicemail"
"""`answered_by`, which wins over the status."""

QUEUE_ERRORS: Final = frozenset({"pre-queue-error", "queue-error", "call-error", "complete-error"})
"""`queue_status` of a call that our side's platform could not make."""

ENDED_BY: Final[Mapping[str, EndedBy]] = {"assistant": EndedBy.AGENT, "user": EndedBy.CUSTOMER}
"""`call_ended_by`."""
