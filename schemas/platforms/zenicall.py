"""Zenicall: its own flat form, one a call when it is over, or the Vapi report behind it."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import CallbackPref, Reason


@unique
class EventType(StrEnum):
    """Our name for the flat form; the other one has Vapi's own types."""

    CALL_LOG = "call_log"


RANKS: Final[Mapping[EventType, int]] = {EventType.CALL_LOG: 8}
"""Above Vapi's report, should both tell of one call: people's words are in the flat form."""

REASONS: Final[Mapping[str, Reason]] = {
    **{reason.value.lower().replace("_", "-"): reason for reason in Reason},
    "appointment": Reason.NEW_APPOINTMENT,
}
"""`reason_for_call` as a label ("New Appointment") or a name; others are `OTHER`."""

CALLBACKS: Final[Mapping[str, CallbackPref]] = {word.value.lower(): word for word in CallbackPref}
"""`callback_preference`."""

CURRENCY: Final = "USD"
