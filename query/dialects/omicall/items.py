"""A call as OMICall shows it: the item of its lists, and what its searches say beyond that. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from query.dialects import amounts
from query.dialects.columns import FLAG, INTEGER, MAYBE_TEXT, NUMBER, TEXT, Column, Schema, list_schema, member_schema
from query.dialects.moments import epoch_ms
from query.dialects.omicall import parties, values
from query.dialects.omicall.parties import hex24
from query.dialects.omicall.scores import EVALUATION, TOTAL, evaluations, total
from query.dialects.omicall.values import ANSWERED, CANCELLED, Row
from schemas.words import Outcome


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _texts(*names: str) -> Schema:
    return member_schema(dict.fromkeys(names, MAYBE_TEXT))


_NAMED: Final = ("full_name", "full_name_unsigned")
_USER: Final = (*_NAMED, "note", "tag")
_SEARCHED_USER: Final = ("_id", *_NAMED, "tags_view", "note_created_date")
_KNOWN: Final = ("email", "note", "tag")
"""Members that the sample of a search has not; they come where there is something to tell."""
_MAKER: Final = ("id", "name", "contact_id", "avatar", "gender", "uuid", "type")
_SEARCHED_MAKER: Final = ("id", "name", "contact_id", "type", "extension")
_INNER: Final = ("id", "contact_id", "name", "uuid", "extension", "type")
_CUSTOMER: Final = ("_id", *_NAMED, "uuid", "type", "extension")
_PERSON: Final[Mapping[str, Schema]] = {
    **dict.fromkeys(("_id", *_NAMED, "email", "note"), TEXT),
    "tag": list_schema(member_schema({"name": TEXT})),
    "tags_view": list_schema(TEXT),
    "note_created_date": INTEGER,
}


def _people(names: Sequence[str], known: Sequence[str]) -> Schema:
    properties = {name: _PERSON[name] for name in (*names, *known)}
    return list_schema({"type": "object", "properties": properties, "required": list(names)})


ITEM: Final[Sequence[Column[Row]]] = (
    Column(
        "transaction_id", "`platform_call_id` if a UUID, else `uid`", TEXT, lambda row: values.transaction_id(row.call)
    ),
    Column("direction", "`direction`", TEXT, lambda row: row.call.direction or ""),
    Column("source_number", "`from`", TEXT, lambda row: row.call.from_ or ""),
    Column("destination_number", "`to`", TEXT, lambda row: row.call.to or ""),
    Column("disposition", "`outcome`; OMICall's own as sent", {"enum": [ANSWERED, CANCELLED]}, values.ended_as),
    Column(
        "bill_sec", "`talk_s`, whole", INTEGER, values.counted("bill_sec", lambda call: values.seconds(call.talk_s))
    ),
    Column("record_seconds", "`record_s`, whole", INTEGER, lambda row: values.seconds(row.call.record_s)),
    Column(
        "time_start_to_answer",
        "`answered_at`, else the start",
        INTEGER,
        values.timed("time_start_to_answer", values.answered_ms),
    ),
    Column("recording_file", "`recording.full`", MAYBE_TEXT, lambda row: row.url(row.call.recording.full)),
    Column("sip_user", "`extension`", TEXT, lambda row: row.call.extension or ""),
    Column("duration", "`duration_s`, else ringing and talk", INTEGER, values.counted("duration", values.rung)),
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
    Column("last_updated_date", "`updated_at`, ms", INTEGER, lambda row: values.updated_ms(row.call)),
    Column("is_voicemail", "`is_voicemail`", FLAG, lambda row: values.is_voicemail(row.call)),
    Column(
        "recording_file_voicemail",
        "`recording.voicemail`",
        TEXT,
        lambda row: row.url(row.call.recording.voicemail) or "",
    ),
    Column("user", "`agent`, `note`, `tags`", _people(_USER, ["email"]), values.people(_USER, known=["email"])),
    Column("create_by", "`agent`", _maybe(_texts(*_MAKER)), values.some(parties.maker, _MAKER)),
    Column(
        "internal_destination", "`to` of a local call", _maybe(_texts(*_INNER)), values.some(parties.inner_side, _INNER)
    ),
    Column("evaluations", "`evaluations`", _maybe(list_schema(EVALUATION)), lambda row: evaluations(row.call)),
    Column("total_evaluate", "`evaluations`, their average", _maybe(TOTAL), lambda row: total(row.call)),
    Column("customer", "`customer`", _maybe(_texts(*_NAMED)), values.some(parties.customer, _NAMED)),
    Column("is_have_forward_out", "`forward.out`", FLAG, lambda row: bool(row.call.forward and row.call.forward.out)),
    Column(
        "bill_sec_forward_out",
        "`forward.bill_s`, whole",
        INTEGER,
        lambda row: values.seconds(row.call.forward.bill_s if row.call.forward else None),
    ),
    Column("hotline", "`line_number`", TEXT, values.said("hotline", values.line)),
    Column("phone_number", "`customer_number`", TEXT, lambda row: parties.customer_number(row.call)),
    Column("sip_number", "`line_number`", TEXT, values.said("sip_number", values.line)),
    Column(
        "answer_sec", "`talk_s`, whole", INTEGER, values.counted("answer_sec", lambda call: values.seconds(call.talk_s))
    ),
    Column(
        "time_start_call",
        "`started_at`, else `created_at`",
        INTEGER,
        values.timed("time_start_call", values.begun_ms),
    ),
    Column("time_end_call", "`ended_at`", INTEGER, values.timed("time_end_call", values.ended_ms)),
    Column("hangup_cause", "`end_reason`", TEXT, lambda row: values.hangup_cause(row.call)),
    Column("tenant_id", "the tenant", TEXT, values.said("tenant_id", lambda call: hex24(call, "tenant", call.tenant))),
    Column("ivr", "OMICall's own, else `none`", TEXT, values.said("ivr", lambda _: "none")),
    Column("is_auto_call", "`is_auto_call`", FLAG, lambda row: bool(row.call.is_auto_call)),
    Column("queue_destination", "`queue`", TEXT, lambda row: row.call.queue or ""),
)
"""What a list, a detail, a change and an evaluation show."""

_WIDER: Final[Mapping[str, Column[Row]]] = {
    "user": Column(
        "user",
        "`agent`, `note`, `tags`",
        _people(_SEARCHED_USER, _KNOWN),
        values.people(_SEARCHED_USER, known=_KNOWN),
    ),
    "create_by": Column(
        "create_by",
        "`agent`, `extension`",
        _maybe(_texts(*_SEARCHED_MAKER)),
        values.some(parties.maker, _SEARCHED_MAKER),
    ),
    "customer": Column("customer", "`customer`", _maybe(_texts(*_CUSTOMER)), values.some(parties.customer, _CUSTOMER)),
}
"""Objects that a search shows otherwise, as the vendor's sample of one does."""

SEARCHED: Final[Sequence[Column[Row]]] = (
    Column(
        "_id",
        "`uid`, its first 24 digits; OMICall's own",
        TEXT,
        values.said("_id", lambda call: call.uid.replace("-", "")[:24]),
    ),
    *(_WIDER.get(column.name, column) for column in ITEM),
    Column(
        "ms_time_start_to_answer",
        "`answered_at`, ms, else the start",
        INTEGER,
        values.timed("ms_time_start_to_answer", values.answered_ms, per_second=1000),
    ),
    Column(
        "time_start_media",
        "`answered_at`, else the start",
        INTEGER,
        values.timed("time_start_media", values.answered_ms),
    ),
    Column("wait_sec", "`wait_s`, whole", INTEGER, lambda row: values.seconds(row.call.wait_s)),
    Column("hold_call_sec", "`hold_s`, whole", INTEGER, lambda row: values.seconds(row.call.hold_s)),
    Column("playback_seconds", "OMICall's own", INTEGER, values.counted("playback_seconds", values.zero)),
    Column(
        "hangup_cause_q850",
        "OMICall's own, else 16",
        INTEGER,
        values.counted("hangup_cause_q850", lambda _: values.Q850),
    ),
    Column(
        "dial_status",
        "`outcome`",
        TEXT,
        values.said("dial_status", lambda call: values.CAUSES.get(call.outcome or Outcome.CANCELED, "CANCEL")),
    ),
    Column("is_stop_ivr", "OMICall's own", FLAG, values.flagged("is_stop_ivr", values.never)),
    Column("is_deleted", "OMICall's own", FLAG, values.flagged("is_deleted", values.never)),
    Column("is_callbot", "`agent.kind`", FLAG, values.flagged("is_callbot", parties.is_bot)),
    Column("is_ai", "`agent.kind`", FLAG, values.flagged("is_ai", parties.is_bot)),
    Column("is_trunk", "OMICall's own", FLAG, values.flagged("is_trunk", values.never)),
    Column("suspicious_checked", "OMICall's own", FLAG, values.flagged("suspicious_checked", values.never)),
    Column("is_missed_call", "`direction`, `outcome`", FLAG, values.flagged("is_missed_call", values.is_missed)),
    Column("is_analyzed", "OMICall's own", FLAG, values.flagged("is_analyzed", values.never)),
    Column("rtp_audio_in_mos", "OMICall's own", NUMBER, values.mos),
    Column("domain_fusion", "`unit.id`", TEXT, values.said("domain_fusion", values.unit)),
    Column("domain", "`unit.id`", TEXT, values.said("domain", values.unit)),
    Column("pbx_type", "OMICall's own", TEXT, values.said("pbx_type", values.nothing)),
    Column("sip_from_user", "`extension`", TEXT, values.said("sip_from_user", lambda call: call.extension or "")),
    Column("nation", "OMICall's own", TEXT, values.said("nation", values.nothing)),
)
"""What a search shows."""
