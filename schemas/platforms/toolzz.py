"""Toolzz: one webhook a call when it is over; the body is the call-log object that its own API shows."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import CostPart, Outcome


@unique
class EventType(StrEnum):
    """Our name for the one body there is."""

    CALL_LOG = "call_log"


@unique
class Ending(StrEnum):
    """The published words of `endCallType`, which is open."""

    CONVERTED = "CONVERTED"
    ENDED = "ENDED"
    NO_ANSWER = "NO_ANSWER"


RANKS: Final[Mapping[EventType, int]] = {EventType.CALL_LOG: 2}

WRAPPERS: Final = ("data", "callLog")
"""Members that the object may be wrapped in."""

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "converted": Outcome.ANSWERED,
    "ended": Outcome.ANSWERED,
    "answered": Outcome.ANSWERED,
    "completed": Outcome.ANSWERED,
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "rejected": Outcome.REJECTED,
    "canceled": Outcome.CANCELED,
    "cancelled": Outcome.CANCELED,
    "voicemail": Outcome.VOICEMAIL,
    "failed": Outcome.UNREACHABLE,
    "error": Outcome.SYSTEM_ERROR,
}
"""`endCallType`, which is open."""

COST_PARTS: Final[Mapping[str, CostPart]] = {
    "sttCost": CostPart.STT,
    "llmCost": CostPart.LLM,
    "ttsCost": CostPart.TTS,
}
"""Amounts of `costBreakdown`."""

CURRENCY: Final = "BRL"
"""Where `costBreakdown.currency` says nothing."""
