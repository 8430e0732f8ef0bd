"""Daily: a call is a meeting; what was said, recorded or paid comes by events that name no meeting."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final


@unique
class EventType(StrEnum):
    """`type` of what is understood."""

    MEETING_STARTED = "meeting.started"
    JOINED = "participant.joined"
    LEFT = "participant.left"
    MEETING_ENDED = "meeting.ended"


RANKS: Final[Mapping[EventType, int]] = {kind: rank for rank, kind in enumerate(EventType, 1)}
