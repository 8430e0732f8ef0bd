"""A call as the API shows it: fixed names, absent values null, absent lists empty."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import msgspec

from runtime.config import Tenant, UnitConfig
from schemas.call import Call, Customer, Evaluation, Turn, Unit, call_key
from schemas.money import Cost, decimal_text

Units = Mapping[str, UnitConfig]
Show = Callable[[Call, Units], Any]
Json = dict[str, Any]


def units_of(tenant: Tenant) -> Units:
    """Return the units that the configuration knows; its names win over the senders'."""
    return {unit.id: unit for unit in tenant.units}


def instant(value: datetime | None) -> str | None:
    """Return a UTC time as ISO 8601 with milliseconds and Z."""
    if value is None:
        return None
    # Half the time of `isoformat`, which a page of calls asks for hundreds of times.
    day = (value.year, value.month, value.day)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ" % (  # noqa: UP031 - an f-string takes twice as long
        *day,
        value.hour,
        value.minute,
        value.second,
        value.microsecond // 1000,
    )


def money(cost: Cost | None) -> Json | None:
    """Return amounts as decimal strings."""
    if cost is None:
        return None
    parts = {kind.value: decimal_text(part.micros) for kind, part in cost.parts.items()}
    return {"total": decimal_text(cost.micros), "currency": cost.currency, "parts": parts}


def members(value: object | None, names: Sequence[str]) -> Json | None:
    """Return the named members of *value*."""
    return None if value is None else {name: getattr(value, name) for name in names}


def evaluation(evaluation: Evaluation) -> Json:
    """Return what one user thought of a call."""
    return {
        "id": evaluation.id,
        "user": evaluation.user,
        "comment": evaluation.comment,
        "values": [members(each, ("criteria_id", "name", "point")) for each in evaluation.values],
        "avg": evaluation.avg,
        "at": instant(evaluation.at),
    }


def turn(turn: Turn) -> Json:
    """Return one utterance or tool step."""
    return {name: getattr(turn, name) for name in _TURN}


def _unit(unit: Unit | None, known: Units) -> Json | None:
    if unit is None:
        return None
    told = known.get(unit.id or "") or unit
    return {
        "id": unit.id,
        "name": told.name or unit.name,
        "created_at": instant(told.created_at or unit.created_at),
        "updated_at": instant(told.updated_at or unit.updated_at),
    }


def _customer(customer: Customer | None) -> Json | None:
    shown = members(customer, _CUSTOMER)
    return shown and shown | {"group": members(shown["group"], _ID_NAME)}


_ID_NAME: Final = ("id", "name")
_TURN: Final = ("n", "role", "text", "at_ms", "offset_s", "interrupted")
_INTENT: Final = ("level", "label", "tag_id", "real_level", "real_label", "basis")
_CUSTOMER: Final = ("id", "number", "first", "last", "full", "email", "group", "props")
_RECORDING: Final = ("full", "customer", "agent", "voicemail")
_FORWARD: Final = ("out", "bill_s")


def _plain(names: str) -> dict[str, Show]:
    return {name: _attribute(name) for name in names.split()}


def _attribute(name: str) -> Show:
    read = attrgetter(name)
    return lambda call, _: read(call)


LISTED: Final = (
    *("uid", "number", "platform", "platform_call_id", "direction", "channel", "from", "to", "customer_number"),
    *("started_at", "answered_at", "ended_at", "duration_s", "talk_s", "outcome", "end_reason", "agent", "batch"),
    *("unit", "cost", "summary", "success", "workflow", "read", "tags", "has_recording", "has_transcript"),
    *("created_at", "updated_at"),
)
"""What a list shows."""


def _listed(call: Call, units: Units) -> Json:
    """Return the members of `LISTED`: written out, for a page of calls comes here again and again."""
    agent, batch = call.agent, call.batch
    return {
        "uid": call.uid,
        "number": call.number,
        "platform": call.platform,
        "platform_call_id": call.platform_call_id,
        "direction": call.direction,
        "channel": call.channel,
        "from": call.from_,
        "to": call.to,
        "customer_number": call.customer_number,
        "started_at": instant(call.started_at),
        "answered_at": instant(call.answered_at),
        "ended_at": instant(call.ended_at),
        "duration_s": call.duration_s,
        "talk_s": call.talk_s,
        "outcome": call.outcome,
        "end_reason": call.end_reason,
        "agent": agent and {"id": agent.id, "name": agent.name, "kind": agent.kind, "email": agent.email},
        "batch": batch and {"id": batch.id, "name": batch.name},
        "unit": _unit(call.unit, units),
        "cost": money(call.cost),
        "summary": call.summary,
        "success": call.success,
        "workflow": call.workflow,
        "read": call.read,
        "tags": [{"id": tag.id, "name": tag.name} for tag in call.tags],
        "has_recording": call.has_recording,
        "has_transcript": call.has_transcript,
        "created_at": instant(call.created_at),
        "updated_at": instant(call.updated_at),
    }


_BESIDE: Final[dict[str, Show]] = {
    "tenant_id": _attribute("tenant"),
    **_plain("title task_id queue line_number from_e164 to_e164 customer_e164 extension"),
    **_plain("record_s wait_s hold_s ended_by rounds"),
    "recording": lambda call, _: members(call.recording, _RECORDING),
    **_plain("is_voicemail is_auto_call carrier concerns reason reason_detail"),
    **_plain("callback_pref existing_patient preferred_person"),
    "forward": lambda call, _: members(call.forward, _FORWARD),
    "intent": lambda call, _: members(call.intent, _INTENT),
    "customer": lambda call, _: _customer(call.customer),
    **_plain("note redials env"),
    "evaluations": lambda call, _: [evaluation(each) for each in call.evaluations],
    "updated_by": lambda call, _: {"id": call.updated_by} if call.updated_by else None,
}
"""What a list does not show, but `fields` can choose."""

CHOOSABLE: Final = (*LISTED, *_BESIDE)
"""What `fields` can choose in a list."""

_BEHIND: Final[dict[str, Show]] = {
    "_id": lambda call, _: call_key(tenant=call.tenant, platform=call.platform, platform_call_id=call.platform_call_id),
    "turns": lambda call, _: [turn(each) for each in call.turns],
    **_plain("transcript extracted ext"),
}
"""What only a detail shows."""

WHOLE: Final = frozenset({"turns", "transcript", "extracted", "ext", "customer"})
"""What is known in full only where the whole call was read."""

EXPORTABLE: Final = (*CHOOSABLE, "turns", "transcript", "extracted", "ext")
"""What can be a column of an export."""

ALWAYS: Final = ("uid", "number")


def listed(call: Call, units: Units, fields: Collection[str] | None = None) -> Json:
    """Return the list's view, or the chosen *fields* with uid and number."""
    row = _listed(call, units)
    if fields is None:
        return row
    chosen = dict.fromkeys((*ALWAYS, *fields))
    return {name: row[name] if name in row else _BESIDE[name](call, units) for name in chosen}


def chosen(call: Call, units: Units, columns: Sequence[str]) -> list[Any]:
    """Return the values of *columns*, in their order."""
    row = _listed(call, units)
    return [row[name] if name in row else (_BESIDE.get(name) or _BEHIND[name])(call, units) for name in columns]


def detailed(call: Call, units: Units) -> Json:
    """Return everything."""
    return _listed(call, units) | {name: show(call, units) for name, show in (_BESIDE | _BEHIND).items()}


def encoded(call: Call, units: Units) -> bytes:
    """Return everything as the bytes of the answer: what an ETag stands for."""
    return msgspec.json.encode(detailed(call, units))
