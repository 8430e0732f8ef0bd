"""A call as RobotAppel shows it: the sixteen columns of its exports, direction and notes. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from query.dialects.columns import ANYTHING, MAYBE_TEXT, NUMBER, TEXT, Column, list_schema, member_schema
from query.dialects.robotappel import words
from query.dialects.speech import SPEAKERS, begun_at, said_at, spoken
from query.views import instant
from schemas.call import Call
from schemas.figures import figure
from schemas.words import Role

_USERS: Final[Mapping[Role, str]] = {Role.AGENT: "assistant", Role.CUSTOMER: "user"}
_TURN: Final = member_schema({"user": {"enum": list(_USERS.values())}, "text": TEXT, "created_at": TEXT})


def plain(seconds: float) -> int | float:
    """Return seconds as an integer where they are whole."""
    return int(seconds) if seconds.is_integer() else round(seconds, 3)


def _organisation(call: Call) -> str:
    said = words.own(call).get("clientOrgId")
    return said if isinstance(said, str) else call.tenant


def _turns(call: Call) -> list[Mapping[str, Any]]:
    """Return the turns; none where RobotAppel itself sent its text alone."""
    if words.own(call).get("interraction") == 0:
        return []
    return [
        {"user": _USERS[turn.role], "text": turn.text, "created_at": instant(said_at(call, turn))}
        for turn in spoken(call)
    ]


def _duration(call: Call) -> int | float:
    """Return the talk in seconds; of RobotAppel's own call what it sent, which a voicemail has too."""
    said = figure(words.own(call).get("duration"))
    return plain(call.talk_s) if said is None else said


def _text(call: Call) -> str:
    """The platform's own text of a RobotAppel call; else a line a turn, without tools and the system."""
    turns = spoken(call)
    if (words.own(call) and call.transcript) or not turns:
        return call.transcript or ""
    return "\n".join(f"{SPEAKERS[turn.role]}: {turn.text}" for turn in turns)


def _qualification(call: Call) -> Any:
    if call.extracted is None or isinstance(call.extracted, str | Mapping):
        return call.extracted
    return msgspec.json.encode(call.extracted).decode()


COLUMNS: Final[Sequence[Column[Call]]] = (
    Column("callSid", "`platform_call_id`", TEXT, lambda call: call.platform_call_id),
    Column("batchId", "`batch.id`", MAYBE_TEXT, lambda call: call.batch and call.batch.id),
    Column("batchName", "`batch.name`", MAYBE_TEXT, lambda call: call.batch and call.batch.name),
    Column("clientOrgId", "the tenant's id; RobotAppel's own as sent", TEXT, _organisation),
    Column("createdAt", "`created_at`", TEXT, lambda call: instant(call.created_at)),
    Column("ended_status", "`end_reason`", MAYBE_TEXT, words.end),
    Column("from", "`from`", MAYBE_TEXT, lambda call: call.from_),
    Column("to", "`to`", MAYBE_TEXT, lambda call: call.to),
    Column("clean_interraction", "`transcript`, else the turns' text", TEXT, _text),
    Column("interraction", "`turns` of agent and customer", list_schema(_TURN), _turns),
    Column("qualification", "`extracted`; what is neither object nor text as JSON", ANYTHING, _qualification),
    Column("record_url", "`recording.full`", MAYBE_TEXT, lambda call: call.recording.full),
    Column("sendDate", "`started_at`, else `created_at`", TEXT, lambda call: instant(begun_at(call))),
    Column("status", "`outcome`", TEXT, words.status),
    Column("summary", "`summary`", MAYBE_TEXT, lambda call: call.summary),
    Column("duration", "`talk_s`; RobotAppel's own as sent", NUMBER, _duration),
    Column("direction", "`direction`; `local` is outbound", MAYBE_TEXT, lambda call: words.direction(call.direction)),
    Column("notes", "`note`", MAYBE_TEXT, lambda call: call.note),
)
EXPORTED: Final = COLUMNS[:16]
"""The columns that a file can have, in the vendor's order."""
