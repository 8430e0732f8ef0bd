"""A call as OMICall shows it: the item of its lists, and what its searches say beyond that. Pure.

Clients index these fields without asking whether they are there: numbers are never null, and neither are texts.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeGuard
from uuid import UUID

import msgspec

from query.dialects import amounts
from query.dialects.columns import FLAG, INTEGER, MAYBE_TEXT, NUMBER, TEXT, Column, Schema, list_schema, member_schema
from query.dialects.moments import epoch_ms
from query.dialects.omicall import parties
from query.dialects.omicall.parties import hex24, own
from query.dialects.omicall.scores import EVALUATION, TOTAL, evaluations, total
from query.dialects.speech import begun_at
from schemas.call import Call
from schemas.words import Direction, Outcome, Platform

ANSWERED: Final = "answered"
CANCELLED: Final = "cancelled"
_UUID: Final = 36  # characters
_CAUSES: Final[Mapping[Outcome, str]] = {
    Outcome.ANSWERED: "ANSWER",
    Outcome.BUSY: "BUSY",
    Outcome.NO_ANSWER: "NOANSWER",
    Outcome.CANCELED: "CANCEL",
}
"""`dial_status`; every other end is a cancelled one."""
_Q850: Final = 16  # normal clearing


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call, and where its recordings are fetched."""

    call: Call
    base_url: str

    def url(self, url: str | None) -> str | None:
        """Return an address that is whole: our own recordings lie below us."""
        return f"{self.base_url}{url}" if url and url.startswith("/") else url


def transaction_id(call: Call) -> str:
    """Return the id that clients know a call by: its platform's where that is a UUID or OMICall's own."""
    own_id = call.platform is Platform.OMICALL or _is_uuid(call.platform_call_id)
    return call.platform_call_id if own_id else call.uid


def disposition(outcome: Outcome | None) -> str:
    """Return the word for how a call ended."""
    return ANSWERED if outcome is Outcome.ANSWERED else CANCELLED


def _is_uuid(text: str) -> bool:
    try:
        return len(text) == _UUID and bool(UUID(text))
    except ValueError:
        return False


def _seconds(value: float | None) -> int:
    """Whole seconds, half up; 0 where nobody told."""
    return int((value or 0.0) + 0.5)


def _rung(call: Call) -> int:
    """Dial to end: as told, else how long it rang and was talked."""
    return _seconds(call.duration_s if call.duration_s is not None else (call.wait_s or 0.0) + call.talk_s)


def _answered_ms(call: Call) -> int:
    told = own(call).get("time_start_to_answer")
    if _is_count(told):
        return told * 1000
    return epoch_ms(call.answered_at or begun_at(call))


def _ended(call: Call) -> datetime:
    return call.ended_at or begun_at(call) + timedelta(seconds=call.duration_s or call.talk_s)


def _updated_ms(call: Call) -> int:
    """As OMICall said, until people change something."""
    told = own(call).get("last_updated_date")
    changed = call.edited_at is not None or call.evaluations
    if not _is_count(told):
        return epoch_ms(call.updated_at)
    return max(told, epoch_ms(call.updated_at)) if changed else told


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _hangup_cause(call: Call) -> str:
    cause = call.end_reason or ""
    return "" if cause == own(call).get("endby_name") else cause


def _said(name: str, otherwise: Callable[[Call], str]) -> Callable[[Row], str]:
    """Show what OMICall sent under *name* as it was sent, another call's value by *otherwise*."""

    def show(row: Row) -> str:
        told = own(row.call).get(name)
        return told if isinstance(told, str) else otherwise(row.call)

    return show


def _counted(name: str, otherwise: Callable[[Call], int]) -> Callable[[Row], int]:
    """Show the integer that OMICall sent under *name*, another call's by *otherwise*."""

    def show(row: Row) -> int:
        told = own(row.call).get(name)
        return told if _is_count(told) else otherwise(row.call)

    return show


def _flagged(name: str, otherwise: Callable[[Call], bool]) -> Callable[[Row], bool]:
    """Show the flag that OMICall sent under *name*, another call's by *otherwise*."""

    def show(row: Row) -> bool:
        told = own(row.call).get(name)
        return told if isinstance(told, bool) else otherwise(row.call)

    return show


def _mos(row: Row) -> float:
    told = own(row.call).get("rtp_audio_in_mos")
    return float(told) if isinstance(told, int | float) else 0.0


def _unit(call: Call) -> str:
    return (call.unit and call.unit.id) or ""


def _is_voicemail(call: Call) -> bool:
    return bool(call.is_voicemail) or call.outcome is Outcome.VOICEMAIL


def _is_missed(call: Call) -> bool:
    return call.direction is Direction.INBOUND and call.outcome is not Outcome.ANSWERED


def _never(_: Call) -> bool:
    return False


def _nothing(_: Call) -> str:
    return ""


def _zero(_: Call) -> int:
    return 0


def _line(call: Call) -> str:
    return call.line_number or ""


def _people(names: Sequence[str]) -> Callable[[Row], Any]:
    return lambda row: [{name: user[name] for name in names} for user in parties.users(row.call)]


def _some(of: Callable[[Call], Mapping[str, Any] | None], names: Sequence[str]) -> Callable[[Row], Any]:
    """Show an object's members of these *names*, null where there is no object."""

    def show(row: Row) -> Mapping[str, Any] | None:
        known = of(row.call)
        return None if known is None else {name: known.get(name) for name in names}

    return show


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _texts(*names: str) -> Schema:
    return member_schema(dict.fromkeys(names, MAYBE_TEXT))


_NAMED: Final = ("full_name", "full_name_unsigned")
_USER: Final = (*_NAMED, "email", "note", "tag")
_SEARCHED_USER: Final = ("_id", *_USER, "tags_view", "note_created_date")
_MAKER: Final = ("id", "name", "contact_id", "avatar", "gender", "uuid", "type")
_INNER: Final = ("id", "contact_id", "name", "uuid", "extension", "type")
_CUSTOMER: Final = ("_id", *_NAMED, "uuid", "type", "extension")
_USER_SCHEMA: Final = {
    **dict.fromkeys((*_NAMED, "email", "note"), TEXT),
    "tag": list_schema(member_schema({"name": TEXT})),
}
_SEARCHED_SCHEMA: Final = {**_USER_SCHEMA, "_id": TEXT, "tags_view": list_schema(TEXT), "note_created_date": INTEGER}

ITEM: Final[Sequence[Column[Row]]] = (
    Column("transaction_id", "`platform_call_id` if a UUID, else `uid`", TEXT, lambda row: transaction_id(row.call)),
    Column("direction", "`direction`", TEXT, lambda row: row.call.direction or ""),
    Column("source_number", "`from`", TEXT, lambda row: row.call.from_ or ""),
    Column("destination_number", "`to`", TEXT, lambda row: row.call.to or ""),
    Column("disposition", "`outcome`", {"enum": [ANSWERED, CANCELLED]}, lambda row: disposition(row.call.outcome)),
    Column("bill_sec", "`talk_s`, whole", INTEGER, _counted("bill_sec", lambda call: _seconds(call.talk_s))),
    Column("record_seconds", "`record_s`, whole", INTEGER, lambda row: _seconds(row.call.record_s)),
    Column(
        "time_start_to_answer", "`answered_at`, else the start", INTEGER, lambda row: _answered_ms(row.call) // 1000
    ),
    Column("recording_file", "`recording.full`", MAYBE_TEXT, lambda row: row.url(row.call.recording.full)),
    Column("sip_user", "`extension`", TEXT, lambda row: row.call.extension or ""),
    Column("duration", "`duration_s`, else ringing and talk", INTEGER, _counted("duration", _rung)),
    Column("provider", "`carrier`", TEXT, lambda row: row.call.carrier or ""),
    Column("note", "`note`", TEXT, lambda row: row.call.note or ""),
    Column("tag", "`tags`, names", list_schema(TEXT), lambda row: [tag.name for tag in row.call.tags]),
    Column(
        "call_out_price",
        "`cost`, in whatever currency",
        NUMBER,
        lambda row: amounts.number(row.call.cost.micros) if row.call.cost else 0,
    ),
    Column("created_date", "`created_at`, ms", INTEGER, lambda row: epoch_ms(row.call.created_at)),
    Column("last_updated_date", "`updated_at`, ms", INTEGER, lambda row: _updated_ms(row.call)),
    Column("is_voicemail", "`is_voicemail`", FLAG, lambda row: _is_voicemail(row.call)),
    Column(
        "recording_file_voicemail",
        "`recording.voicemail`",
        TEXT,
        lambda row: row.url(row.call.recording.voicemail) or "",
    ),
    Column("user", "`agent`, `note`, `tags`", list_schema(member_schema(_USER_SCHEMA)), _people(_USER)),
    Column("create_by", "`agent`", _maybe(_texts(*_MAKER)), _some(parties.maker, _MAKER)),
    Column("internal_destination", "`to` of a local call", _maybe(_texts(*_INNER)), _some(parties.inner_side, _INNER)),
    Column("evaluations", "`evaluations`", _maybe(list_schema(EVALUATION)), lambda row: evaluations(row.call)),
    Column("total_evaluate", "`evaluations`, their average", _maybe(TOTAL), lambda row: total(row.call)),
    Column("customer", "`customer`", _maybe(_texts(*_NAMED)), _some(parties.customer, _NAMED)),
    Column("is_have_forward_out", "`forward.out`", FLAG, lambda row: bool(row.call.forward and row.call.forward.out)),
    Column(
        "bill_sec_forward_out",
        "`forward.bill_s`, whole",
        INTEGER,
        lambda row: _seconds(row.call.forward.bill_s if row.call.forward else None),
    ),
    Column("hotline", "`line_number`", TEXT, _said("hotline", _line)),
    Column("phone_number", "`customer_number`", TEXT, lambda row: parties.customer_number(row.call)),
    Column("sip_number", "`line_number`", TEXT, _said("sip_number", _line)),
    Column("answer_sec", "`talk_s`, whole", INTEGER, _counted("answer_sec", lambda call: _seconds(call.talk_s))),
    Column(
        "time_start_call", "`started_at`, else `created_at`", INTEGER, lambda row: epoch_ms(begun_at(row.call)) // 1000
    ),
    Column("time_end_call", "`ended_at`", INTEGER, lambda row: epoch_ms(_ended(row.call)) // 1000),
    Column("hangup_cause", "`end_reason`", TEXT, lambda row: _hangup_cause(row.call)),
    Column("tenant_id", "the tenant", TEXT, _said("tenant_id", lambda call: hex24(call, "tenant", call.tenant))),
    Column("ivr", "OMICall's own, else `none`", TEXT, _said("ivr", lambda _: "none")),
    Column("is_auto_call", "`is_auto_call`", FLAG, lambda row: bool(row.call.is_auto_call)),
    Column("queue_destination", "`queue`", TEXT, lambda row: row.call.queue or ""),
)
"""What a list, a detail, a change and an evaluation show."""

_WIDER: Final[Mapping[str, Column[Row]]] = {
    "user": Column(
        "user", "`agent`, `note`, `tags`", list_schema(member_schema(_SEARCHED_SCHEMA)), _people(_SEARCHED_USER)
    ),
    "create_by": Column(
        "create_by",
        "`agent`, `extension`",
        _maybe(_texts(*_MAKER, "extension")),
        _some(parties.maker, (*_MAKER, "extension")),
    ),
    "customer": Column("customer", "`customer`", _maybe(_texts(*_CUSTOMER)), _some(parties.customer, _CUSTOMER)),
}
"""Objects of which a search shows more."""

SEARCHED: Final[Sequence[Column[Row]]] = (
    Column(
        "_id",
        "`uid`, its first 24 digits; OMICall's own",
        TEXT,
        _said("_id", lambda call: call.uid.replace("-", "")[:24]),
    ),
    *(_WIDER.get(column.name, column) for column in ITEM),
    Column("ms_time_start_to_answer", "`answered_at`, ms, else the start", INTEGER, lambda row: _answered_ms(row.call)),
    Column("time_start_media", "`answered_at`, else the start", INTEGER, lambda row: _answered_ms(row.call) // 1000),
    Column("wait_sec", "`wait_s`, whole", INTEGER, lambda row: _seconds(row.call.wait_s)),
    Column("hold_call_sec", "`hold_s`, whole", INTEGER, lambda row: _seconds(row.call.hold_s)),
    Column("playback_seconds", "OMICall's own", INTEGER, _counted("playback_seconds", _zero)),
    Column("hangup_cause_q850", "OMICall's own, else 16", INTEGER, _counted("hangup_cause_q850", lambda _: _Q850)),
    Column(
        "dial_status",
        "`outcome`",
        TEXT,
        _said("dial_status", lambda call: _CAUSES.get(call.outcome or Outcome.CANCELED, "CANCEL")),
    ),
    Column("is_stop_ivr", "OMICall's own", FLAG, _flagged("is_stop_ivr", _never)),
    Column("is_deleted", "OMICall's own", FLAG, _flagged("is_deleted", _never)),
    Column("is_callbot", "`agent.kind`", FLAG, _flagged("is_callbot", parties.is_bot)),
    Column("is_ai", "`agent.kind`", FLAG, _flagged("is_ai", parties.is_bot)),
    Column("is_trunk", "OMICall's own", FLAG, _flagged("is_trunk", _never)),
    Column("suspicious_checked", "OMICall's own", FLAG, _flagged("suspicious_checked", _never)),
    Column("is_missed_call", "`direction`, `outcome`", FLAG, _flagged("is_missed_call", _is_missed)),
    Column("is_analyzed", "OMICall's own", FLAG, _flagged("is_analyzed", _never)),
    Column("rtp_audio_in_mos", "OMICall's own", NUMBER, _mos),
    Column("domain_fusion", "`unit.id`", TEXT, _said("domain_fusion", _unit)),
    Column("domain", "`unit.id`", TEXT, _said("domain", _unit)),
    Column("pbx_type", "OMICall's own", TEXT, _said("pbx_type", _nothing)),
    Column("sip_from_user", "`extension`", TEXT, _said("sip_from_user", lambda call: call.extension or "")),
    Column("nation", "OMICall's own", TEXT, _said("nation", _nothing)),
)
"""What a search shows."""
