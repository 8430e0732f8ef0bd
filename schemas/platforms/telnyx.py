"""Telnyx: many events a call, each of one leg; the last and best of an assistant's call is `call.analyzed`."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import CostPart, Direction, EndedBy, Outcome


@unique
class EventType(StrEnum):
    """`data.event_type` of what is understood."""

    INITIATED = "call.initiated"
    ANSWERED = "call.answered"
    RECORDING = "call.recording.saved"
    HANGUP = "call.hangup"
    CONVERSATION = "call.conversation.ended"
    INSIGHTS = "call.conversation_insights.generated"
    COST = "call.cost"
    ANALYZED = "call.analyzed"


RANKS: Final[Mapping[EventType, int]] = {kind: rank for rank, kind in enumerate(EventType, 1)}

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "normal-clearing": Outcome.ANSWERED,
    "time-limit": Outcome.ANSWERED,
    "no-answer": Outcome.NO_ANSWER,
    "timeout": Outcome.NO_ANSWER,
    "user-busy": Outcome.BUSY,
    "call-rejected": Outcome.REJECTED,
    "originator-cancel": Outcome.CANCELED,
    "not-found": Outcome.INVALID_NUMBER,
    "unspecified": Outcome.UNREACHABLE,
}
"""`hangup_cause` (open); `unspecified` holds where nobody talked, which the conversation's own event tells."""

DIRECTIONS: Final[Mapping[str, Direction]] = {"incoming": Direction.INBOUND, "outgoing": Direction.OUTBOUND}

ENDED_BY: Final[tuple[tuple[str, EndedBy], ...]] = (
    ("customer*", EndedBy.CUSTOMER),
    ("user*", EndedBy.CUSTOMER),
    ("assistant*", EndedBy.AGENT),
    ("agent*", EndedBy.AGENT),
)
"""`reason` of an assistant's conversation (open)."""

COST_PARTS: Final[tuple[tuple[str, CostPart], ...]] = (
    ("*stt*", CostPart.STT),
    ("*transcription*", CostPart.STT),
    ("*inference*", CostPart.LLM),
    ("*llm*", CostPart.LLM),
    ("*tts*", CostPart.TTS),
    ("*speech*", CostPart.TTS),
    ("*insight*", CostPart.ANALYSIS),
    ("*detection*", CostPart.ANALYSIS),
    ("*assistant*", CostPart.PLATFORM),
    ("*recording*", CostPart.STORAGE),
    ("*storage*", CostPart.STORAGE),
)
"""`call_part` and `product` (open); everything else is telephony."""
