"""A call as Toolzz shows it, the same object in a search and alone: one row a field."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from query.dialects import amounts
from query.dialects.columns import FLAG, INTEGER, NUMBER, TEXT, Column, list_schema, member_schema
from query.dialects.moments import clock, epoch_ms, read
from query.dialects.named_units import unit_of
from query.dialects.shelf import is_uuid, uuid_of
from query.dialects.speech import begun_at, said_at, spoken
from query.views import instant
from runtime.config import Tenant
from schemas.call import Call, Unit
from schemas.figures import figure
from schemas.platforms.toolzz import Ending
from schemas.words import Channel, CostPart, Outcome, Platform, Role
from storage.columns import own_seconds

Json = dict[str, Any]
ROLES: Final[Mapping[Role, str]] = {Role.AGENT: "assistant", Role.CUSTOMER: "user"}
ENDS: Final[Mapping[Outcome | None, str]] = {
    **dict.fromkeys(Outcome, Ending.NO_ANSWER),
    Outcome.ANSWERED: Ending.ENDED,
    Outcome.IN_PROGRESS: "IN_PROGRESS",
    None: Ending.ENDED,
}
COST_PARTS: Final[Mapping[str, CostPart]] = {
    "sttCost": CostPart.STT,
    "llmCost": CostPart.LLM,
    "ttsCost": CostPart.TTS,
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call and what showing it takes; *alone* its duration has hours, `message` is the answer's."""

    call: Call
    tenant: Tenant
    zone: tzinfo
    base_url: str
    alone: bool = False
    message: str = ""

    @property
    def own(self) -> Json:
        """What Toolzz itself sent of the call: it comes back as it came."""
        sent = self.call.ext.get(Platform.TOOLZZ, {}) if self.call.platform is Platform.TOOLZZ else {}
        return sent if isinstance(sent, dict) else {}

    @property
    def start(self) -> datetime:
        """When the call began, in the tenant's zone."""
        return begun_at(self.call).astimezone(self.zone)

    @property
    def unit(self) -> Unit:
        """The call's unit."""
        return unit_of(self.call, self.tenant)


def _sent(row: Row, name: str) -> str | None:
    """Return a text that Toolzz itself sent."""
    sent = row.own.get(name)
    return sent if isinstance(sent, str) else None


def _sent_time(row: Row, name: str) -> str | None:
    """Return a time that Toolzz itself sent, in its spelling; clients read it as one."""
    sent = _sent(row, name)
    return sent if sent and read(sent) else None


def _fitting(sent: object, ours: Any) -> Any:
    """Return what Toolzz sent where it is of the type of *ours*, member by member of those that ours has."""
    if sent is None:
        return ours
    if type(ours) is int:
        number = figure(sent)
        return ours if number is None else number
    if not isinstance(ours, dict):
        return sent if type(sent) is type(ours) else ours
    told = sent if isinstance(sent, dict) else {}
    names = dict.fromkeys((*told, *ours))  # in the order of what was sent
    return {name: _fitting(told.get(name), ours[name]) for name in names if name in ours}


def _id(row: Row) -> str:
    """Return Toolzz' own id of the call, which is a UUID, else ours."""
    sent = _sent(row, "id") or ""
    return sent if is_uuid(sent) else row.call.uid


def _uuid(row: Row, kind: str, id_: str | None) -> str:
    return uuid_of(tenant=row.tenant.id, kind=kind, id_=id_) if id_ else ""


def _bot_id(row: Row) -> str:
    return _uuid(row, "agent", row.call.agent.id if row.call.agent else None)


def _url(row: Row, url: str | None) -> str:
    return f"{row.base_url}{url}" if url and url.startswith("/") else url or ""


def _end(row: Row) -> str:
    if word := _sent(row, "endCallType"):
        return word
    converted = row.call.outcome is Outcome.ANSWERED and row.call.success
    return Ending.CONVERTED if converted else ENDS[row.call.outcome]


def _seconds(row: Row) -> int | float:
    """Return the talk; Toolzz' own number whatever became of the call."""
    call = row.call
    seconds = float(own_seconds(row.own, platform=call.platform, duration_s=call.duration_s, talk_s=call.talk_s))
    return int(seconds) if seconds.is_integer() else seconds


def _breakdown(row: Row) -> Json:
    if (sent := row.own.get("costBreakdown")) and isinstance(sent, dict):
        return sent
    cost = row.call.cost
    if cost is None:
        return {}
    total = amounts.number(cost.micros)
    parts = {name: amounts.number(cost.parts[kind].micros) for name, kind in COST_PARTS.items() if kind in cost.parts}
    return {"currency": cost.currency, "total": total, "totalCost": total, **parts}


def _total(row: Row) -> int | float | None:
    """Return Toolzz' own number with all its places, another platform's to a millionth."""
    sent = figure(row.own.get("totalCost"))
    if sent is not None or row.call.cost is None:
        return sent
    return amounts.number(row.call.cost.micros)


def _is_spoken(turn: Json) -> bool:
    return turn.get("role") in ROLES.values() and isinstance(turn.get("content"), str)


def _turn(row: Row, n: int) -> Json:
    """Return what a turn has where nobody told."""
    start = epoch_ms(begun_at(row.call))
    return {"id": f"item_{n}", "type": "message", "role": "", "content": "", "createdAt": start, "interrupted": False}


def _transcription(row: Row) -> Sequence[Json]:
    sent = row.own.get("transcription")
    if isinstance(sent, list):
        turns = [turn for turn in sent if isinstance(turn, dict) and _is_spoken(turn)]
        return [_fitting(turn, _turn(row, n)) for n, turn in enumerate(turns, 1)]
    return [
        {
            "id": f"item_{turn.n}",
            "type": "message",
            "role": ROLES[turn.role],
            "content": turn.text,
            "createdAt": epoch_ms(said_at(row.call, turn)),
            "interrupted": turn.interrupted or False,
        }
        for turn in spoken(row.call)
    ]


def _metadata(row: Row) -> Any:
    name = row.call.agent.name if row.call.agent else None
    ours = {
        "bot": {"id": _bot_id(row), "name": name or ""},
        "callTime": f"{row.start:%H:%M}",
        "environment": row.call.env or "",
        "institution": {"id": _uuid(row, "tenant", row.tenant.id)},
        "unit": {"id": _uuid(row, "unit", row.unit.id), "name": row.unit.name or ""},
    }
    return _fitting(row.own.get("metadata"), ours)


def _updated(row: Row) -> str:
    """Return the last change; as sent as long as nobody edited the call."""
    sent = _sent_time(row, "updatedAt") if row.call.edited_at is None else None
    return sent or instant(row.call.updated_at) or ""


_NAMED: Final = member_schema({"id": TEXT, "name": TEXT})
_TURN: Final = member_schema(
    {"id": TEXT, "type": TEXT, "role": TEXT, "content": TEXT, "createdAt": INTEGER, "interrupted": FLAG}
)
_COSTS: Final = member_schema(
    {"currency": TEXT, **dict.fromkeys(("total", "totalCost", *COST_PARTS), NUMBER)}, optional=True
)
_METADATA: Final = member_schema(
    {"bot": _NAMED, "callTime": TEXT, "environment": TEXT, "institution": member_schema({"id": TEXT}), "unit": _NAMED}
)
_MAYBE: Final = {"type": ["boolean", "null"]}
_OBJECT: Final = {"type": "object"}

COLUMNS: Final[tuple[Column[Row], ...]] = (
    Column("message", "-", TEXT, lambda row: row.message),
    Column("id", "`uid`; Toolzz' own as sent", TEXT, _id),
    Column("callId", "`platform_call_id`", TEXT, lambda row: row.call.platform_call_id),
    Column("callName", "`title`", TEXT, lambda row: row.call.title or ""),
    Column("unityId", "`unit.id` as a UUID", TEXT, lambda row: _uuid(row, "unit", row.unit.id)),
    Column("successEvaluation", "`success`", _MAYBE, lambda row: row.call.success),
    Column("botId", "`agent.id` as a UUID", TEXT, _bot_id),
    Column("audioFileUrl", "`recording.full`", TEXT, lambda row: _url(row, row.call.recording.full)),
    Column("agentRecordingUrl", "`recording.agent`", TEXT, lambda row: _url(row, row.call.recording.agent)),
    Column("userRecordingUrl", "`recording.customer`", TEXT, lambda row: _url(row, row.call.recording.customer)),
    Column("endCallType", "`outcome`, `success`; Toolzz' own word as sent", TEXT, _end),
    Column("callType", "`channel`", TEXT, lambda row: (row.call.channel or Channel.PHONE).value),
    Column(
        "dateFormatted",
        "`started_at`, the tenant's zone",
        TEXT,
        lambda row: _sent(row, "dateFormatted") or f"{row.start:%d/%m/%Y %H:%M}",
    ),
    Column("costBreakdown", "`cost`", _COSTS, _breakdown),
    Column("duration", "`talk_s`; Toolzz' own as sent", NUMBER, _seconds),
    Column("phone", "`customer_number`", TEXT, lambda row: row.call.customer_number or ""),
    Column("callDate", "`started_at`", TEXT, lambda row: _sent_time(row, "callDate") or instant(begun_at(row.call))),
    Column(
        "dataStructure",
        "`extracted` if it is an object",
        _OBJECT,
        lambda row: row.call.extracted if isinstance(row.call.extracted, dict) else {},
    ),
    Column(
        "durationFormatted",
        "`duration`; Toolzz' own as sent",
        TEXT,
        lambda row: _sent(row, "durationFormatted") or clock(_seconds(row), hours=row.alone),
    ),
    Column("transcription", "`turns` of agent and customer", list_schema(_TURN), _transcription),
    Column(
        "metadata",
        "`agent`, `env`, `tenant_id`, `unit`",
        _METADATA,
        _metadata,
    ),
    Column(
        "callTime",
        "`started_at`, the tenant's zone",
        TEXT,
        lambda row: _sent(row, "callTime") or f"{row.start:%H:%M}",
    ),
    Column(
        "totalCost",
        "`cost`",
        {"type": ["number", "null"]},
        _total,
    ),
    Column("summary", "`summary`", TEXT, lambda row: row.call.summary or ""),
    Column("createdAt", "`created_at`", TEXT, lambda row: _sent_time(row, "createdAt") or instant(row.call.created_at)),
    Column("updatedAt", "`updated_at`", TEXT, _updated),
)
