"""Twilio Voice: form call-backs without an event type; which parameters come tells what they are about."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from schemas.words import Direction, Outcome, RecordingChannel


@unique
class EventType(StrEnum):
    """Our names for what a call-back is about."""

    CALL = "call"
    AMD = "amd"
    RECORDING = "recording"


CALL_RANKS: Final[Mapping[str, int]] = {
    "queued": 1,
    "initiated": 2,
    "ringing": 3,
    "in-progress": 4,
    **dict.fromkeys(("completed", "busy", "no-answer", "failed", "canceled"), 6),
}
"""`CallStatus`."""

RANKS: Final[Mapping[EventType, int]] = {
    EventType.CALL: CALL_RANKS["completed"],  # the highest of its statuses
    EventType.AMD: 5,
    EventType.RECORDING: 7,
}

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "completed": Outcome.ANSWERED,
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "canceled": Outcome.CANCELED,
    "failed": Outcome.UNREACHABLE,
}
"""`CallStatus` of a call that is over."""

FAILED: Final = "failed"
"""The `CallStatus` whose `SipResponseCode` knows why."""
ABSENT: Final = "absent"
"""`RecordingStatus` of a recording that came to nothing."""

MACHINE: Final = "machine"
"""How an `AnsweredBy` begins that is a voicemail (machine_start, machine_end_beep, …)."""

DIRECTIONS: Final[tuple[tuple[str, Direction], ...]] = (
    ("inbound*", Direction.INBOUND),
    ("outbound*", Direction.OUTBOUND),
)
"""`Direction`: inbound, outbound-api, outbound-dial, …"""

TRACKS: Final[Mapping[str, RecordingChannel]] = {
    "inbound": RecordingChannel.CUSTOMER,
    "outbound": RecordingChannel.AGENT,
}
"""`RecordingTrack` of a recording of one voice only: what Twilio hears from the other party, or plays to it."""

WEB: Final = "client:"
"""How an address begins that is a browser or an app."""

MOST_PARAMETERS: Final = 1000
"""A call-back has some forty; a form of a million empty ones would cost a second."""

_SIGNS: Final[tuple[tuple[str, EventType | None], ...]] = (
    ("TranscriptionSid", None),
    ("TranscriptionEvent", None),
    ("RecordingStatus", EventType.RECORDING),
    ("CallStatus", EventType.CALL),
    ("AnsweredBy", EventType.AMD),
)


def about(parameters: Mapping[str, Any]) -> EventType | None:
    """Return what a call-back with these parameters is about; None where we do not know."""
    return next((kind for sign, kind in _SIGNS if parameters.get(sign)), None)


def is_form(body: bytes) -> bool:
    """Return whether *body* is a form; the JSON twin of a call-back is an object."""
    return body.lstrip()[:1] not in (b"{", b"[")


def pairs(body: bytes) -> list[tuple[bytes, bytes]]:
    """Return a form's names and values as they were before the encoding; raises ValueError where there are too many."""
    parts = body.replace(b"+", b" ").split(b"&", MOST_PARAMETERS)
    if len(parts) > MOST_PARAMETERS:
        raise ValueError(f"a form of more than {MOST_PARAMETERS} parameters")
    split = [part.partition(b"=") for part in parts if part]
    if b"%" in body:
        return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in split]
    return [(name, value) for name, _, value in split]


def form(body: bytes) -> dict[str, str]:
    """Return the parameters that say something, the last value of each; raises ValueError where there are too many."""
    return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in pairs(body) if value}
