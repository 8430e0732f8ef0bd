"""Ultravox: each event carries the whole call as it is by then; its billing may come after its end."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import Direction, EndedBy, Outcome


@unique
class EventType(StrEnum):
    """`event` of what is understood."""

    STARTED = "call.started"
    JOINED = "call.joined"
    ENDED = "call.ended"
    BILLED = "call.billed"


RANKS: Final[Mapping[EventType, int]] = {event: rank for rank, event in enumerate(EventType, 1)}
"""The order of a call's life, which is the order above."""

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "hangup": Outcome.ANSWERED,
    "agent-hangup": Outcome.ANSWERED,
    "timeout": Outcome.ANSWERED,
    "unjoined": Outcome.NO_ANSWER,
    "connection-error": Outcome.UNREACHABLE,
    "system-error": Outcome.SYSTEM_ERROR,
}
"""`endReason` (open)."""

TERMINATIONS: Final[Mapping[str, Outcome]] = {
    "SIP_TERMINATION_BUSY": Outcome.BUSY,
    "SIP_TERMINATION_REJECTED": Outcome.REJECTED,
    "SIP_TERMINATION_CANCELED": Outcome.CANCELED,
    "SIP_TERMINATION_INVALID_NUMBER": Outcome.INVALID_NUMBER,
    "SIP_TERMINATION_TIMEOUT": Outcome.NO_ANSWER,
    "SIP_TERMINATION_DESTINATION_UNAVAILABLE": Outcome.UNREACHABLE,
}
"""`sipDetails.terminationReason`, which wins over `endReason`."""

ENDED_BY: Final[Mapping[str, EndedBy]] = {
    "hangup": EndedBy.CUSTOMER,
    "agent-hangup": EndedBy.AGENT,
    "timeout": EndedBy.SYSTEM,
    "connection-error": EndedBy.SYSTEM,
    "system-error": EndedBy.SYSTEM,
}
"""`endReason`."""

DIRECTIONS: Final[Mapping[str, Direction]] = {"incoming": Direction.INBOUND, "outgoing": Direction.OUTBOUND}
"""Which member a `medium` has."""

WEB: Final = frozenset({"webRtc", "serverWebSocket"})
"""Media that are no telephone."""

NO_CARRIER: Final = "sip"
"""The medium of a trunk of one's own; every other telephone medium is named after its carrier."""
