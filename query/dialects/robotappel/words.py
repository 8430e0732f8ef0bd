"""What RobotAppel calls an outcome, and the questions that its words ask. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from query.dialects.matching import absent
from schemas.call import Call
from schemas.query import All, Any_, Condition, Field, Filter, Op
from schemas.words import Direction, Outcome, Platform

COMPLETED: Final = frozenset({Outcome.ANSWERED, Outcome.VOICEMAIL})
STATUSES: Final[Mapping[Outcome, str]] = {
    Outcome.ANSWERED: "completed",
    Outcome.VOICEMAIL: "completed",
    Outcome.NO_ANSWER: "no-answer",
    Outcome.BUSY: "busy",
    Outcome.REJECTED: "failed",
    Outcome.POWER_OFF: "failed",
    Outcome.OUT_OF_SERVICE: "failed",
    Outcome.INVALID_NUMBER: "failed",
    Outcome.UNREACHABLE: "failed",
    Outcome.LINE_ERROR: "failed",
    Outcome.SYSTEM_ERROR: "failed",
    Outcome.CANCELED: "failed",
}
"""Every way to end; the documented words have none for a caller who hung up first."""
FAILED: Final = "failed"
_GOING_ON: Final = frozenset({"pending", "ringing", "answered"})
_OF_BLAND: Final = frozenset({"queue_status", "answered_by", "call_ended_by", "disposition_tag", "error_message"})
"""Members of the other body that this platform's webhook may have; its words are not RobotAppel's."""


def own(call: Call) -> Mapping[str, Any]:
    """Return what RobotAppel itself said of its call beyond the canonical fields, nothing of any other call."""
    told: Mapping[str, Any] = call.ext.get(Platform.ROBOTAPPEL, {})
    return {} if call.platform is not Platform.ROBOTAPPEL or not _OF_BLAND.isdisjoint(told) else told


def status(call: Call) -> str:
    """Return the word for how the call ended or how far it is; RobotAppel's own comes back as it was sent."""
    said = own(call).get("status")
    if call.outcome is Outcome.IN_PROGRESS:
        return said if said in _GOING_ON else "answered" if call.answered_at else "ringing"
    return said if isinstance(said, str) else STATUSES[call.outcome] if call.outcome else FAILED


def end(call: Call) -> str | None:
    """Return how the call ended in its platform's words."""
    if call.platform is not Platform.ROBOTAPPEL or not own(call):
        return call.end_reason
    said = own(call).get("ended_status")
    return said if isinstance(said, str) else None


def of_status(word: str) -> Filter:
    """Return the condition that a call's status is *word*; of an unknown word nothing is."""
    outcomes = [str(outcome) for outcome, status in STATUSES.items() if status == word]
    ended: Filter = Condition(Field.OUTCOME, Op.IN, outcomes)
    return Any_([ended, absent(Field.OUTCOME)]) if word == FAILED else ended


def direction(way: str | None) -> str | None:
    """Return the word for which way a call went; it has none for a local one, which is shown as outbound."""
    return str(Direction.OUTBOUND) if way == Direction.LOCAL else way and str(way)


def of_direction(word: str) -> Filter:
    """Return the condition that a call went that way; a local one is shown as outbound."""
    if word == Direction.OUTBOUND:
        return Condition(Field.DIRECTION, Op.IN, [str(Direction.OUTBOUND), str(Direction.LOCAL)])
    return Condition(Field.DIRECTION, Op.EQ, word) if word == Direction.INBOUND else Any_([])


NO_CALL: Final = Any_([])
"""What no call fulfils."""
EVERY_CALL: Final = All([])
