"""A call as the API shows it: fixed names, absent values null, absent lists empty."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final

import msgspec

from query.asked import Asked
from runtime.config import UnitConfig
from schemas.call import Agent, Call, Customer, Evaluation, Recordings, Turn, Unit
from schemas.money import Cost, decimal_text


class Around(msgspec.Struct, frozen=True):
    """What an answer shows of a call that the call itself does not say."""

    units: Mapping[str, UnitConfig]
    """By id, as the configuration knows them; its names win over the senders'."""
    base_url: str
    """What our own URLs begin with."""


Show = Callable[[Call, Around], Any]
Json = dict[str, Any]
_spell: Final = msgspec.json.Encoder().encode


def around(asked: Asked) -> Around:
    """Return what is around the calls that are asked for."""
    return Around({unit.id: unit for unit in asked.tenant.units}, asked.base_url)


def instant(value: datetime | None) -> str | None:
    """Return a UTC time as ISO 8601 with milliseconds and Z."""
    if value is None:
        return None
    # A quarter of the time of `isoformat`, which a page of calls asks for hundreds of times.
    text = _spell(value).decode()
    return f"{text[1:24]}Z" if value.microsecond else f"{text[1:20]}.000Z"  # it spells six digits, or none


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


def _agent(agent: Agent | None) -> Json | None:
    return None if agent is None else {"id": agent.id, "name": agent.name, "kind": agent.kind, "email": agent.email}


def _unit(unit: Unit | None, known: Mapping[str, UnitConfig]) -> Json | None:
    if unit is None:
        return None
    told = known.get(unit.id or "") or unit
    return {
        "id": unit.id,
        "name": told.name or unit.name,
        "created_at": instant(told.created_at or unit.created_at),
        "updated_at": instant(told.updated_at or unit.updated_at),
    }


def _recordings(recording: Recordings, base_url: str) -> Json:
    """Return the URLs, whole ones: what we keep ourselves is stored as a path."""
    urls = ((channel, getattr(recording, channel)) for channel in _RECORDING)
    return {channel: f"{base_url}{url}" if url and url.startswith("/") else url for channel, url in urls}


def _customer(customer: Customer | None) -> Json | None:
    shown = members(customer, _CUSTOMER)
    return shown and shown | {"group": members(shown["group"], _ID_NAME)}


_ID_NAME: Final = ("id", "name")
_TURN: Final = ("n", "role", "text", "at_ms", "offset_s", "interrupted")
_INTENT: Final = ("level", "label", "tag_id", "real_level", "real_label", "basis")
_CUSTOMER: Final = ("id", "number", "first", "last", "full", "email", "group", "props")
_RECORDING: Final = ("full", "customer", "agent", "voicemail")
_FORWARD: Final = ("out", "bill_s")


def _plain(names: str) -> dict[str, str]:
    """Return rows of what is shown as it is: under each name the attribute."""
    return {name: name for name in names.split()}


def _time(name: str) -> Show:
    read = attrgetter(name)
    return lambda call, _: instant(read(call))


_LISTED: Final[dict[str, str | Show]] = {
    **_plain("uid number platform platform_call_id direction channel"),
    "from": "from_",
    **_plain("to customer_number"),
    **{name: _time(name) for name in ("started_at", "answered_at", "ended_at")},
    **_plain("duration_s talk_s outcome end_reason"),
    "agent": lambda call, _: _agent(call.agent),
    "batch": lambda call, _: call.batch and {"id": call.batch.id, "name": call.batch.name},
    "unit": lambda call, around: _unit(call.unit, around.units),
    "cost": lambda call, _: money(call.cost),
    **_plain("summary success workflow read"),
    "tags": lambda call, _: [{"id": tag.id, "name": tag.name} for tag in call.tags],
    **_plain("has_recording has_transcript"),
    **{name: _time(name) for name in ("created_at", "updated_at")},
}
LISTED: Final = tuple(_LISTED)
"""What a list shows."""

_BESIDE: Final[dict[str, str | Show]] = {
    "tenant_id": "tenant",
    **_plain("title task_id queue line_number from_e164 to_e164 customer_e164 extension"),
    **_plain("record_s wait_s hold_s ended_by rounds"),
    "recording": lambda call, around: _recordings(call.recording, around.base_url),
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

_BEHIND: Final[dict[str, str | Show]] = {
    "_id": lambda call, _: call.key,
    "turns": lambda call, _: [turn(each) for each in call.turns],
    **_plain("transcript extracted ext"),
}
"""What only a detail shows."""

_DETAILED: Final = _LISTED | _BESIDE | _BEHIND

WHOLE: Final = frozenset({"turns", "transcript", "extracted", "ext", "customer"})
"""What is known in full only where the whole call was read."""

EXPORTABLE: Final = (*CHOOSABLE, "turns", "transcript", "extracted", "ext")
"""What can be a column of an export."""

ALWAYS: Final = ("uid", "number")


def rows(calls: Iterable[Call], around: Around, columns: Sequence[str]) -> list[list[Any]]:
    """Return of each call the values of *columns*, in their order."""
    made = [(place, show) for place, name in enumerate(columns) if not isinstance(show := _DETAILED[name], str)]
    # All attributes are read at once, what is not shown as it is then replaced: half the time of one by one.
    attributes = (each if isinstance(each := _DETAILED[name], str) else "uid" for name in columns)
    read = attrgetter(*attributes, "uid")  # of one name alone it would return no tuple
    shown = []
    for call in calls:
        values = [*read(call)]
        values.pop()
        for place, show in made:
            values[place] = show(call, around)
        shown.append(values)
    return shown


def listed(calls: Iterable[Call], around: Around, fields: Collection[str] | None = None) -> list[Json]:
    """Return the list's view of each call, or the chosen *fields* with uid and number."""
    names = LISTED if fields is None else tuple(dict.fromkeys((*ALWAYS, *fields)))
    return [dict(zip(names, values, strict=True)) for values in rows(calls, around, names)]


def detailed(call: Call, around: Around) -> Json:
    """Return everything."""
    names = tuple(_DETAILED)
    return dict(zip(names, rows([call], around, names)[0], strict=True))


def encoded(call: Call, around: Around) -> bytes:
    """Return everything as the bytes of the answer: what an ETag stands for."""
    return msgspec.json.encode(detailed(call, around))
