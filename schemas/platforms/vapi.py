"""Vapi's server messages: which ones tell something about a call, and how they rank."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any, Final, TypedDict

from schemas.words import CostPart, Direction, EndedBy, Outcome


@unique
class MessageType(StrEnum):
    """`message.type` of what is understood."""

    STATUS_UPDATE = "status-update"
    REPORT = "end-of-call-report"
    ARTIFACT_UPLOAD = "call.artifact.upload"


STATUS_RANKS: Final[Mapping[str, int]] = {
    "scheduled": 1,
    "queued": 2,
    "ringing": 3,
    "in-progress": 4,
    "forwarding": 5,
    "ended": 6,
}
"""`message.status` of a status update; what is missing here (`not-found`, `deletion-failed`) is of no call's life."""

RANKS: Final[Mapping[MessageType, int]] = {
    MessageType.ARTIFACT_UPLOAD: 0,  # poor: only what was uploaded is its own
    MessageType.REPORT: 7,
}
"""Of the messages without a status."""

DIRECTIONS: Final[Mapping[str, Direction]] = {
    "inboundPhoneCall": Direction.INBOUND,
    "outboundPhoneCall": Direction.OUTBOUND,
}
"""`call.type`; the others are not told who called whom."""

WEB: Final = frozenset({"webCall", "vapi.websocketCall"})

OUTCOMES: Final[tuple[tuple[str, Outcome], ...]] = (
    ("customer-ended-call*", Outcome.ANSWERED),
    ("assistant-ended-call*", Outcome.ANSWERED),
    ("assistant-said-end-call-phrase", Outcome.ANSWERED),
    ("assistant-forwarded-call", Outcome.ANSWERED),
    ("silence-timed-out", Outcome.ANSWERED),
    ("exceeded-max-duration", Outcome.ANSWERED),
    ("*-completed-call", Outcome.ANSWERED),
    ("vonage-completed", Outcome.ANSWERED),
    ("customer-did-not-answer", Outcome.NO_ANSWER),
    ("customer-did-not-give-microphone-permission", Outcome.NO_ANSWER),
    ("assistant-join-timed-out", Outcome.NO_ANSWER),
    ("customer-busy", Outcome.BUSY),
    ("vonage-rejected", Outcome.REJECTED),
    ("voicemail", Outcome.VOICEMAIL),
    ("manually-canceled", Outcome.CANCELED),
    ("call-deleted", Outcome.CANCELED),
    ("scheduled-call-deleted", Outcome.CANCELED),
    ("call.ringing.sip-inbound-caller-hungup-before-call-connect", Outcome.CANCELED),
    ("twilio-reported-customer-misdialed", Outcome.INVALID_NUMBER),
    ("sip-outbound-unallocated-number", Outcome.INVALID_NUMBER),
    ("twilio-failed-to-connect-call", Outcome.UNREACHABLE),
    ("vonage-failed-to-connect-call", Outcome.UNREACHABLE),
    ("*-failed-to-connect", Outcome.UNREACHABLE),
    ("sip-outbound-carrier-released-call", Outcome.UNREACHABLE),
    ("vonage-disconnected", Outcome.UNREACHABLE),
    ("call.start.error-get-phone-number", Outcome.LINE_ERROR),
    ("*-vapi-number-*", Outcome.LINE_ERROR),
    ("phone-call-provider-*", Outcome.LINE_ERROR),
    ("*vapifault*", Outcome.SYSTEM_ERROR),
    ("*providerfault*", Outcome.SYSTEM_ERROR),
    ("call.*.hook-executed-*", Outcome.ANSWERED),
    ("call.forwarding.*", Outcome.ANSWERED),
    ("call.in-progress.error-*transfer*", Outcome.ANSWERED),
    ("worker-shutdown", Outcome.SYSTEM_ERROR),
    ("assistant-*", Outcome.SYSTEM_ERROR),
    ("*error*", Outcome.SYSTEM_ERROR),
)
"""`endedReason` (open, 604 words known): the first pattern that fits."""

ENDED_BY: Final[tuple[tuple[str, EndedBy], ...]] = (
    ("customer-ended-call*", EndedBy.CUSTOMER),
    ("call.ringing.sip-inbound-caller-hungup-before-call-connect", EndedBy.CUSTOMER),
    ("assistant-ended-call*", EndedBy.AGENT),
    ("assistant-said-end-call-phrase", EndedBy.AGENT),
    ("assistant-forwarded-call", EndedBy.AGENT),
    ("silence-timed-out", EndedBy.SYSTEM),
    ("exceeded-max-duration", EndedBy.SYSTEM),
    ("worker-shutdown", EndedBy.SYSTEM),
    ("*vapifault*", EndedBy.SYSTEM),
    ("*providerfault*", EndedBy.SYSTEM),
    ("pipeline-error*", EndedBy.SYSTEM),
    ("call.start.*", EndedBy.SYSTEM),
)

COST_PARTS: Final[Mapping[str, CostPart]] = {
    "transcriber": CostPart.STT,
    "model": CostPart.LLM,
    "voice": CostPart.TTS,
    "transport": CostPart.TELEPHONY,
    "vapi": CostPart.PLATFORM,
    "analysis": CostPart.ANALYSIS,
    "knowledge-base": CostPart.ANALYSIS,
    "voicemail-detection": CostPart.ANALYSIS,
    "chat": CostPart.ANALYSIS,
}
"""`costs[].type`."""

BREAKDOWN: Final[Mapping[tuple[str, ...], CostPart]] = {
    ("stt",): CostPart.STT,
    ("llm",): CostPart.LLM,
    ("tts",): CostPart.TTS,
    ("transport",): CostPart.TELEPHONY,
    ("vapi",): CostPart.PLATFORM,
    ("chat",): CostPart.ANALYSIS,
    ("voicemailDetectionCost",): CostPart.ANALYSIS,
    ("knowledgeBaseCost",): CostPart.ANALYSIS,
    ("analysisCostBreakdown", "summary"): CostPart.ANALYSIS,
    ("analysisCostBreakdown", "structuredData"): CostPart.ANALYSIS,
    ("analysisCostBreakdown", "successEvaluation"): CostPart.ANALYSIS,
    ("analysisCostBreakdown", "structuredOutput"): CostPart.ANALYSIS,
}
"""Paths below `costBreakdown`, read where `costs` is absent."""


class Said(TypedDict, total=False):
    """The parts of one of `artifact.messages` that are read."""

    role: Any
    message: Any
    content: Any
    result: Any
    toolCalls: Any
    tool_calls: Any
    time: Any
    secondsFromStart: Any


class Artifact(TypedDict, total=False):
    """The parts of `message.artifact` that are read."""

    messages: list[Said]
    transcript: Any
    recording: Any
    recordingUrl: Any
    stereoRecordingUrl: Any
    videoRecordingUrl: Any
    logUrl: Any
    pcapUrl: Any
    variableValues: Any
    structuredOutputs: Any
    scorecards: Any
    transfers: Any


class Message(TypedDict, total=False):
    """The parts of `message` that are read.

    A report carries each turn up to three times and every word's confidence: naming parts leaves those unbuilt.
    """

    type: Any
    status: Any
    timestamp: Any
    call: Any
    customer: Any
    phoneNumber: Any
    assistant: Any
    assistantVersion: Any
    artifact: Artifact
    artifacts: Any
    analysis: Any
    startedAt: Any
    endedAt: Any
    endedReason: Any
    durationMs: Any
    durationSeconds: Any
    durationMinutes: Any
    cost: Any
    costs: Any
    costBreakdown: Any
    summary: Any
    transcript: Any
    recordingUrl: Any
    stereoRecordingUrl: Any
    compliance: Any
    destination: Any


class Body(TypedDict):
    """The whole body."""

    message: Message
