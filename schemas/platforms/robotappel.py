"""RobotAppel: the call itself, told by `callSid`, or the post-call body of Bland, believed to work beneath it."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Final

from schemas.words import Direction, Outcome


@unique
class EventType(StrEnum):
    """Our names for the two bodies there are."""

    CALL_INFOS = "call_infos"
    POST_CALL = "post_call"


RANKS: Final[Mapping[EventType, int]] = {EventType.CALL_INFOS: 2, EventType.POST_CALL: 2}
UNFINISHED_RANK: Final = 1
"""Of a body that says its call goes on."""

UNFINISHED: Final = frozenset({"pending", "ringing", "answered", "in-progress"})
"""`status` of a call that goes on."""

OUTCOMES: Final[Mapping[str, Outcome]] = {
    "completed": Outcome.ANSWERED,
    "no-answer": Outcome.NO_ANSWER,
    "busy": Outcome.BUSY,
    "failed": Outcome.SYSTEM_ERROR,
}
"""`status` of a call that is over (open)."""

VOICEMAIL: Final = "voicemail"
"""How an `ended_status` begins that wins over the status."""

DIRECTIONS: Final[Mapping[str, Direction]] = {"inbound": Direction.INBOUND, "outbound": Direction.OUTBOUND}
