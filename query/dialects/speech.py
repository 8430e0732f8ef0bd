"""What was said, as dialects show it: the agent and the customer, never tools or the system."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from schemas.call import Call, Turn
from schemas.words import Role

SPEAKERS: Final[Mapping[Role, str]] = {Role.AGENT: "Assistant", Role.CUSTOMER: "User"}


def spoken(call: Call) -> list[Turn]:
    """Return the turns of agent and customer."""
    return [turn for turn in call.turns if turn.role in SPEAKERS]


def begun_at(call: Call) -> datetime:
    """Return when the call started, when it was created where nobody told."""
    return call.started_at or call.created_at


def said_at(call: Call, turn: Turn) -> datetime:
    """Return when a turn was said, the call's start where nobody told."""
    try:
        if turn.at_ms is not None:
            return datetime.fromtimestamp(0, begun_at(call).tzinfo) + timedelta(milliseconds=turn.at_ms)
        return begun_at(call) + timedelta(seconds=turn.offset_s or 0.0)
    except OverflowError:
        return begun_at(call)
