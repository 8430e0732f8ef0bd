"""ElevenLabs: the conversation and its audio in two webhooks, in either order; a failed dial in a third kind."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any, Final, TypedDict

from schemas.words import Channel, CostPart, Direction, EndedBy, Outcome


@unique
class EventType(StrEnum):
    """`type` of what is understood."""

    AUDIO = "post_call_audio"
    FAILURE = "call_initiation_failure"
    TRANSCRIPTION = "post_call_transcription"


RANKS: Final[Mapping[EventType, int]] = {event: rank for rank, event in enumerate(EventType, 1)}
"""The poorer event first: a conversation that took place tells more than a dial that failed."""

STATUSES: Final[Mapping[str, Outcome]] = {"done": Outcome.ANSWERED, "failed": Outcome.SYSTEM_ERROR}
"""`status` (open)."""

CALL_RESULTS: Final[Mapping[str, Outcome]] = {
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "voicemail": Outcome.VOICEMAIL,
    "failed": Outcome.UNREACHABLE,
}
"""`metadata.phone_call.call_result`, which wins over `status`."""

FAILURES: Final[Mapping[str, Outcome]] = {"busy": Outcome.BUSY, "no-answer": Outcome.NO_ANSWER}
"""`failure_reason` that says all."""

CARRIER_STATUSES: Final[Mapping[str, Outcome]] = {**FAILURES, "canceled": Outcome.CANCELED}
"""`CallStatus` of the carrier's body, where the `failure_reason` is `unknown` and no SIP status says more."""

UNKNOWN_FAILURE: Final = "unknown"

DIRECTIONS: Final[Mapping[str, Direction]] = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}

ENDED_BY: Final[Mapping[str, EndedBy]] = {"call ended by remote party": EndedBy.CUSTOMER}
"""`termination_reason` is free text; this one is known from real calls."""

CHANNELS: Final[tuple[tuple[str, Channel], ...]] = (
    ("twilio*", Channel.PHONE),
    ("sip*", Channel.PHONE),
    ("exotel*", Channel.PHONE),
    ("*", Channel.WEB),
)
"""`conversation_initiation_source` (open) of a conversation without `phone_call`: widget, js_sdk, …"""

PRICES: Final[Mapping[str, CostPart]] = {"llm_price": CostPart.LLM, "platform_price": CostPart.PLATFORM}
"""What of `metadata.charging` is money (USD); the rest are credits."""

NOT_OURS: Final = ("system__", "secret__")
"""How dynamic variables begin that the platform made, or that must not be kept."""


class Turn(TypedDict, total=False):
    """What is read of a turn; its metrics and token counts are longer than its words."""

    role: Any
    message: Any
    time_in_call_secs: Any
    created_at_unix_ms: Any
    interrupted: Any
    tool_calls: Any
    tool_results: Any


class Conversation(TypedDict, total=False):
    """`data` of all three types."""

    agent_id: Any
    agent_name: Any
    analysis: Any
    branch_id: Any
    conversation_id: Any
    conversation_initiation_client_data: Any
    environment: Any
    failure_reason: Any
    full_audio: Any
    has_audio: Any
    metadata: Any
    status: Any
    tag_ids: Any
    transcript: list[Turn]
    user_id: Any
    version_id: Any
    visited_agents: Any


class Body(TypedDict, total=False):
    """The envelope."""

    type: Any
    event_timestamp: Any
    data: Conversation
