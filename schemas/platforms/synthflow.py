"""Synthflow: one webhook a call, the whole call when it is over, without an event type."""

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

UNFINISHED: Final = frozenset({"pending", "ringing", "in-progress", "paused", "registered", "queue", "initiated"})
"""`status` of a call that goes on."""

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "completed": Outcome.ANSWERED,
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "spam": Outcome.REJECTED,
    "hangup-on-voicemail": Outcome.VOICEMAIL,
    "left-voicemail": Outcome.VOICEMAIL,
    "canceled": Outcome.CANCELED,
    "user-canceled": Outcome.CANCELED,
    "failed": Outcome.UNREACHABLE,
}
"""`status` of a call that is over (open)."""

VOICEMAIL: Final = "voicemail"
"""How an `end_call_reason` begins that wins over the status."""

NO_REASON: Final = "undefined"
"""An `end_call_reason` that says nothing."""

ENDED_BY: Final[Mapping[str, EndedBy]] = {
    "human-goodbye": EndedBy.CUSTOMER,
    "human-pick-up-cut-off": EndedBy.CUSTOMER,
    "user-canceled": EndedBy.CUSTOMER,
    "agent-goodbye": EndedBy.AGENT,
    "custom-end-call": EndedBy.AGENT,
    "max-duration": EndedBy.SYSTEM,
}
"""`end_call_reason`."""
