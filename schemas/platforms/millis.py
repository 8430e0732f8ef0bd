"""Millis AI: one webhook a session when it is over, without an event type."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import EndedBy, Outcome


@unique
class EventType(StrEnum):
    """Our name for the one body there is."""

    END_OF_CALL = "end_of_call"


RANKS: Final[Mapping[EventType, int]] = {EventType.END_OF_CALL: 2}
UNFINISHED_RANK: Final = 1
"""Of a body that says its call goes on."""

UNFINISHED: Final = frozenset(
    {"registered", "queued", "dispatching", "provider-queued", "initiated", "ringing", "in-progress"}
)
"""`call_status` of a call that goes on."""

OUTCOMES: Final[Mapping[str, Outcome]] = {
    **dict.fromkeys(("user-ended", "agent-ended", "api-ended", "timeout", "chat-completion"), Outcome.ANSWERED),
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "voicemail-message": Outcome.VOICEMAIL,
    "voicemail-hangup": Outcome.VOICEMAIL,
    "canceled": Outcome.CANCELED,
    "failed": Outcome.UNREACHABLE,
    "error": Outcome.SYSTEM_ERROR,
}
"""`call_status` of a call that is over (open)."""

ENDED_BY: Final[Mapping[str, EndedBy]] = {
    "user-ended": EndedBy.CUSTOMER,
    "agent-ended": EndedBy.AGENT,
    "voicemail-hangup": EndedBy.AGENT,
    "api-ended": EndedBy.SYSTEM,
    "timeout": EndedBy.SYSTEM,
    "error": EndedBy.SYSTEM,
}
"""`call_status`."""
