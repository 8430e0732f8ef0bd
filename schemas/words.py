"""Closed vocabularies: each word means the same in code, documents, metrics, logs and answers."""

from enum import StrEnum, unique


@unique
class Platform(StrEnum):
    """Who sends webhooks."""

    VAPI = "vapi"
    RETELL = "retell"
    ELEVENLABS = "elevenlabs"
    BLAND = "bland"
    TWILIO = "twilio"
    ULTRAVOX = "ultravox"
    SYNTHFLOW = "synthflow"
    MILLIS = "millis"
    LIVEKIT = "livekit"
    VONAGE = "vonage"
    TELNYX = "telnyx"
    DAILY = "daily"
    OMICALL = "omicall"
    TANYI = "tanyi"
    ZENICALL = "zenicall"
    TOOLZZ = "toolzz"
    ROBOTAPPEL = "robotappel"
    STANDARD = "standard"


@unique
class Outcome(StrEnum):
    """How a call ended; one vocabulary for all platforms, whose own word is kept as `end_reason`."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    POWER_OFF = "power_off"
    OUT_OF_SERVICE = "out_of_service"
    INVALID_NUMBER = "invalid_number"
    UNREACHABLE = "unreachable"
    LINE_ERROR = "line_error"
    SYSTEM_ERROR = "system_error"
    VOICEMAIL = "voicemail"
    CANCELED = "canceled"
    IN_PROGRESS = "in_progress"


@unique
class Direction(StrEnum):
    """Who called whom, seen from the bot's side; `local` never left the switchboard."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    LOCAL = "local"


@unique
class Channel(StrEnum):
    """What carried the voice."""

    PHONE = "phone"
    WEB = "web"


@unique
class Role(StrEnum):
    """Who speaks in a turn."""

    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"
    TOOL = "tool"


@unique
class AgentKind(StrEnum):
    """What an agent is."""

    BOT = "bot"
    HUMAN = "human"


@unique
class EndedBy(StrEnum):
    """Which side ended the call."""

    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


@unique
class Workflow(StrEnum):
    """How far people are with a call."""

    NEW = "NEW"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    ARCHIVED = "ARCHIVED"


@unique
class Reason(StrEnum):
    """Why a customer called."""

    NEW_APPOINTMENT = "NEW_APPOINTMENT"
    CANCELLATION = "CANCELLATION"
    RESCHEDULE = "RESCHEDULE"
    GENERAL_MESSAGE = "GENERAL_MESSAGE"
    EMERGENCY = "EMERGENCY"
    OTHER = "OTHER"


@unique
class CallbackPref(StrEnum):
    """When a customer wants to be called back."""

    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    EVENING = "EVENING"
    ANYTIME = "ANYTIME"


@unique
class RecordingChannel(StrEnum):
    """Which voices a recording holds."""

    FULL = "full"
    CUSTOMER = "customer"
    AGENT = "agent"
    VOICEMAIL = "voicemail"


@unique
class CostPart(StrEnum):
    """What a part of a cost was paid for."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"
    TELEPHONY = "telephony"
    PLATFORM = "platform"
    ANALYSIS = "analysis"
    STORAGE = "storage"
    OTHER = "other"


@unique
class Stage(StrEnum):
    """What an event says about the life of its call; a call never goes back."""

    NOTE = "note"
    """Says nothing of it: a cost, a recording, an analysis that may come at any time."""
    PROGRESS = "progress"
    """The call exists and has not ended."""
    ENDED = "ended"
    """The call is over."""
