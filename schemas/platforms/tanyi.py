"""Tanyi: one record a call when it is over; jobs and short messages come to the same URL and are kept raw."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final
from zoneinfo import ZoneInfo

from schemas.words import EndedBy, Outcome


@unique
class EventType(StrEnum):
    """`dataType`."""

    RECORD = "ROBOT_CALL_RECORD"
    JOB = "ROBOT_CALL_JOB"
    SMS = "ROBOT_CALL_SMS"


RANKS: Final[Mapping[EventType, int]] = {EventType.RECORD: 2}

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "answered": Outcome.ANSWERED,
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "power-off": Outcome.POWER_OFF,
    "out-of-service": Outcome.OUT_OF_SERVICE,
    "refused": Outcome.REJECTED,
    "vacant-number": Outcome.INVALID_NUMBER,
    "can-not-connect": Outcome.UNREACHABLE,
    "from-phone-error": Outcome.LINE_ERROR,
    "system-error": Outcome.SYSTEM_ERROR,
}
"""`resultStatus` (open)."""

ENDED_BY: Final[Mapping[str, EndedBy]] = {"remote-hangup": EndedBy.CUSTOMER}
"""`hangupBy`; the only published word."""

ZONE: Final = ZoneInfo("Asia/Shanghai")
"""Times have no zone of their own."""
