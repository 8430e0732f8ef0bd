"""Retell's webhooks: which events tell something about a call, and how they rank."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any, Final, TypedDict

from schemas.words import CostPart, Direction, EndedBy, Outcome


@unique
class EventType(StrEnum):
    """`event` of what is understood."""

    CALL_STARTED = "call_started"
    TRANSFER_STARTED = "transfer_started"
    TRANSFER_BRIDGED = "transfer_bridged"
    TRANSFER_CANCELLED = "transfer_cancelled"
    TRANSFER_ENDED = "transfer_ended"
    CALL_ENDED = "call_ended"
    CALL_ANALYZED = "call_analyzed"


RANKS: Final[Mapping[EventType, int]] = {event: rank for rank, event in enumerate(EventType, 1)}
"""The order of a call's life, which is the order above."""

DIRECTIONS: Final[Mapping[str, Direction]] = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}

OUTCOMES: Final[tuple[tuple[str, Outcome], ...]] = (
    ("user_hangup", Outcome.ANSWERED),
    ("agent_hangup", Outcome.ANSWERED),
    ("user_requested_*", Outcome.ANSWERED),
    ("call_transfer", Outcome.ANSWERED),
    ("transfer_*", Outcome.ANSWERED),
    ("inactivity", Outcome.ANSWERED),
    ("max_duration_reached", Outcome.ANSWERED),
    ("ivr_reached", Outcome.ANSWERED),
    ("call_take_over", Outcome.ANSWERED),
    ("manual_stopped", Outcome.ANSWERED),
    ("scam_detected", Outcome.ANSWERED),
    ("dial_no_answer", Outcome.NO_ANSWER),
    ("error_user_not_joined", Outcome.NO_ANSWER),
    ("registered_call_timeout", Outcome.NO_ANSWER),
    ("dial_busy", Outcome.BUSY),
    ("user_declined", Outcome.REJECTED),
    ("marked_as_spam", Outcome.REJECTED),
    ("voicemail_reached", Outcome.VOICEMAIL),
    ("invalid_destination", Outcome.INVALID_NUMBER),
    ("dial_failed", Outcome.UNREACHABLE),
    ("telephony_provider_*", Outcome.LINE_ERROR),
    ("sip_routing_error", Outcome.LINE_ERROR),
    ("network_blocked", Outcome.LINE_ERROR),
    ("no_valid_payment", Outcome.LINE_ERROR),
    ("credit_exhausted", Outcome.LINE_ERROR),
    ("budget_reached", Outcome.LINE_ERROR),
    ("concurrency_*", Outcome.LINE_ERROR),
    ("error_*", Outcome.SYSTEM_ERROR),
)
"""`disconnection_reason` (open, 39 words known): the first pattern that fits."""

CANCELED_IF_SILENT: Final = "transfer_cancelled"
"""A reason that means `canceled`, but only when nothing was said."""

ENDED_BY: Final[tuple[tuple[str, EndedBy], ...]] = (
    ("user_*", EndedBy.CUSTOMER),
    ("agent_hangup", EndedBy.AGENT),
    ("call_transfer", EndedBy.AGENT),
    ("inactivity", EndedBy.SYSTEM),
    ("max_duration_reached", EndedBy.SYSTEM),
    ("scam_detected", EndedBy.SYSTEM),
    ("error_*", EndedBy.SYSTEM),
)

PRODUCTS: Final[tuple[tuple[str, CostPart], ...]] = (
    ("*tts*", CostPart.TTS),
    ("*voice*", CostPart.TTS),
    ("*gpt*", CostPart.LLM),
    ("*claude*", CostPart.LLM),
    ("*gemini*", CostPart.LLM),
    ("*llama*", CostPart.LLM),
    ("*nova*", CostPart.LLM),
    ("*telephony*", CostPart.TELEPHONY),
    ("*twilio*", CostPart.TELEPHONY),
    ("*sip*", CostPart.TELEPHONY),
    ("*knowledge_base*", CostPart.ANALYSIS),
    ("*pii*", CostPart.ANALYSIS),
    ("*guardrail*", CostPart.ANALYSIS),
    ("*batch*", CostPart.ANALYSIS),
    ("*retell*", CostPart.PLATFORM),
    ("*platform*", CostPart.PLATFORM),
    ("*", CostPart.OTHER),
)
"""`call_cost.product_costs[].product`: the first pattern that fits."""


class Word(TypedDict, total=False):
    """The part of a word that is read."""

    start: float


class Said(TypedDict, total=False):
    """The parts of an utterance or step that are read."""

    role: Any
    content: Any
    words: list[Word]
    time_sec: Any
    name: Any
    arguments: Any
    former_node_name: Any
    new_node_name: Any
    digit: Any


class Call(TypedDict, total=False):
    """The parts of `call` that are read; the list of turns without tool steps repeats the one with them."""

    call_id: Any
    call_type: Any
    agent_id: Any
    agent_name: Any
    agent_tag: Any
    agent_version: Any
    batch_call_id: Any
    direction: Any
    from_number: Any
    to_number: Any
    telephony_identifier: Any
    start_timestamp: Any
    end_timestamp: Any
    transfer_end_timestamp: Any
    duration_ms: Any
    disconnection_reason: Any
    transcript: Any
    transcript_with_tool_calls: list[Said]
    recording_url: Any
    recording_multi_channel_url: Any
    scrubbed_recording_url: Any
    scrubbed_recording_multi_channel_url: Any
    public_log_url: Any
    knowledge_base_retrieved_contents_url: Any
    call_cost: Any
    call_analysis: Any
    metadata: Any
    retell_llm_dynamic_variables: Any
    collected_dynamic_variables: Any
    custom_sip_headers: Any
    data_storage_setting: Any
    opt_in_signed_url: Any
    transfer_destination: Any


class Body(TypedDict, total=False):
    """The whole body."""

    event: Any
    call: Call
    transfer_destination: Any
    transfer_option: Any


class CallWithoutTools(Call, total=False):
    """A call whose turns come in the list without tool steps alone, or freed of personal data alone."""

    transcript_object: list[Said]
    scrubbed_transcript_with_tool_calls: list[Said]


class BodyWithoutTools(Body, total=False):
    """The whole body of such a call."""

    call: CallWithoutTools  # type: ignore[misc]  # narrower, and never written to
