"""OMICall: events while a call lasts, and one record (`cdr`) when it is over; the record of 2021 names no state."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import EndedBy, Outcome


@unique
class EventType(StrEnum):
    """`state`."""

    CREATE = "create"
    RINGING = "ringing"
    EARLY = "early"
    ANSWERED = "answered"
    HANGUP = "hangup"
    CDR = "cdr"


RANKS: Final[Mapping[EventType, int]] = {
    EventType.CREATE: 0,
    EventType.RINGING: 1,
    EventType.EARLY: 2,
    EventType.ANSWERED: 3,
    EventType.HANGUP: 4,
    EventType.CDR: 5,
}

DISPOSITIONS: Final[Mapping[str, Outcome]] = {"answered": Outcome.ANSWERED, "cancelled": Outcome.NO_ANSWER}
"""`disposition`; only the form of 2021 has it, and `cancelled` carries no cause."""

CAUSES: Final[Mapping[str, Outcome]] = {
    "user-busy": Outcome.BUSY,
    "call-rejected": Outcome.REJECTED,
    "originator-cancel": Outcome.CANCELED,
    "unallocated-number": Outcome.INVALID_NUMBER,
}
"""`hangup_cause` of a call that was not answered (open)."""

ENDED_BY: Final[Mapping[str, EndedBy]] = {
    "end-call-by-customer": EndedBy.CUSTOMER,
    "end-call-by-user": EndedBy.AGENT,
    "end-call-by-agent": EndedBy.AGENT,
    "end-call-by-employee": EndedBy.AGENT,
    "end-call-by-system": EndedBy.SYSTEM,
}
"""`endby_name` (open)."""

CURRENCY: Final = "VND"
MILLISECONDS_FROM: Final = 1e11
"""A smaller number in a field of milliseconds is seconds."""
