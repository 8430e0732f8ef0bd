"""A call as Tanyi shows it, in a list and alone: one row a field."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import floor
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from query.dialects.columns import INTEGER, MAYBE_TEXT, TEXT, Column, Schema, list_schema, member_schema
from query.dialects.dialect import Asked
from query.dialects.speech import begun_at, spoken
from query.dialects.tanyi.words import HAS_READ, LEVELS, NOT_READ, REMOTE_HANGUP, RESULTS, SPEAKERS
from schemas.call import Call, Customer, Intent
from schemas.figures import LARGEST, figure
from schemas.words import EndedBy, Platform, Role
from storage.columns import own_seconds

Json = dict[str, Any]
ZONE: Final = ZoneInfo("Asia/Shanghai")
FIRST_NUMBER: Final = 1_000_000_000
"""Vendors' own integers are smaller, ours are not."""
LISTED_TIME: Final = "%Y-%m-%d %H:%M:%S"
DETAILED_TIME: Final = "%Y-%m-%dT%H:%M:%S"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call and what showing it takes: the integers of its ids, by kind."""

    call: Call
    base_url: str
    numbers: Mapping[str, int]

    @property
    def own(self) -> Json:
        """What Tanyi itself sent of the call: it comes back as it came."""
        sent = self.call.ext.get(Platform.TANYI, {}) if self.call.platform is Platform.TANYI else {}
        return sent if isinstance(sent, dict) else {}

    @property
    def intent(self) -> Intent:
        """How interested the customer was."""
        return self.call.intent or Intent()

    @property
    def customer(self) -> Customer:
        """The other party."""
        return self.call.customer or Customer()


def _ids(call: Call) -> dict[str, str | None]:
    """Return the ids of a call that are shown as integers, by kind."""
    return {
        "tenant": _own_tenant(call) or call.tenant,
        "job": call.batch.id if call.batch else None,
        "agent": call.agent.id if call.agent else None,
        "customer": call.customer.id if call.customer else None,
        "group": call.customer.group.id if call.customer and call.customer.group else None,
        "line": call.line_number,
    }


def _own_tenant(call: Call) -> str | None:
    sent = call.ext.get(Platform.TANYI, {}) if call.platform is Platform.TANYI else {}
    tenant = sent.get("tenantId") if isinstance(sent, dict) else None
    return str(tenant) if isinstance(tenant, int | str) and not isinstance(tenant, bool) else None


async def rows(asked: Asked, calls: Sequence[Call]) -> list[Row]:
    """Return rows of *calls*, the integers of a page asked for at once."""
    named = [{kind: id_ for kind, id_ in _ids(call).items() if id_} for call in calls]
    kinds = dict.fromkeys(kind for ids in named for kind in ids)
    numbers = {kind: await asked.shelf.aliases(kind, [ids[kind] for ids in named if kind in ids]) for kind in kinds}
    return [
        Row(call=call, base_url=asked.ask.base_url, numbers={kind: numbers[kind][id_] for kind, id_ in ids.items()})
        for call, ids in zip(calls, named, strict=True)
    ]


def _number(kind: str, *, absent: int | None = None) -> Any:
    return lambda row: row.numbers.get(kind, absent)


def record_id(call: Call) -> int:
    """Return Tanyi's own integer if it is small enough, else the number."""
    own = _integer(call.platform_call_id) if call.platform is Platform.TANYI else None
    return own if own is not None and own < FIRST_NUMBER else call.number


def _integer(text: str | None) -> int | None:
    told = text or ""
    digits = told.isascii() and told.isdigit() and len(told) < len(str(LARGEST))
    return int(told) if digits else None


def _own_text(row: Row, name: str) -> str | None:
    """Return a text that Tanyi itself sent, None where it is empty."""
    sent = row.own.get(name)
    return sent if sent and isinstance(sent, str) else None


def _result(row: Row) -> str | None:
    if word := _own_text(row, "resultStatus"):
        return word
    return RESULTS.get(row.call.outcome) if row.call.outcome else None


def _label(row: Row) -> str | None:
    return row.intent.label or LEVELS.get(row.intent.level or "")


def _real_label(row: Row) -> str | None:
    """Return the person's label; without one the automatic one, as the vendor's examples have it."""
    return row.intent.real_label or LEVELS.get(row.intent.real_level or "") or _label(row)


def _url(row: Row, url: str | None) -> str | None:
    return f"{row.base_url}{url}" if url and url.startswith("/") else url


def _local(at: datetime | None, spelling: str) -> str | None:
    return None if at is None else at.astimezone(ZONE).strftime(spelling)


def seconds(row: Row) -> int:
    """Return the talk in whole seconds, half a second is one; Tanyi's own number whatever became of the call."""
    call = row.call
    return floor(own_seconds(row.own, platform=call.platform, duration_s=None, talk_s=call.talk_s) + 0.5)


def _rounds(row: Row) -> int:
    if row.call.rounds is not None:
        return row.call.rounds
    return sum(turn.role is Role.CUSTOMER for turn in row.call.turns)


def _said(row: Row) -> list[Json]:
    """Return who said what; Tanyi's own turns with those in which somebody kept silent."""
    sent = row.own.get("callDetailList")
    turns = (
        [(turn.get("text"), turn.get("type")) for turn in sent if turn.get("type") in SPEAKERS.values()]
        if isinstance(sent, list)
        else [(turn.text, SPEAKERS[turn.role]) for turn in spoken(row.call)]
    )
    return [{"text": text, "type": speaker, "callDetailId": n} for n, (text, speaker) in enumerate(turns, 1)]


def _hung_up(row: Row) -> str | None:
    if word := _own_text(row, "hangupBy"):
        return word
    return REMOTE_HANGUP if row.call.ended_by is EndedBy.CUSTOMER else None


def _own_extracted(row: Row, name: str) -> Any:
    told = row.call.extracted if row.call.platform is Platform.TANYI else None
    return told.get(name) if isinstance(told, dict) else None


def _attributes(row: Row) -> list[Any]:
    """Return Tanyi's own as sent, one alone as a list; what another platform extracted as names and values."""
    told = row.call.extracted
    if row.call.platform is Platform.TANYI:
        sent = _own_extracted(row, "attributes")
        return sent if isinstance(sent, list) else [] if sent is None else [sent]
    if told is None:
        return []
    pairs = told.items() if isinstance(told, dict) else enumerate(told if isinstance(told, list) else [told], 1)
    return [{"name": str(name), "value": value} for name, value in pairs]


def _properties(row: Row) -> Json:
    """Return Tanyi's own object as sent; another platform's properties as texts."""
    if isinstance(sent := _own_extracted(row, "properties"), dict):
        return sent
    props = row.customer.props or {}
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode() for name, value in props.items()
    }


_PERSONAL: Final[Mapping[str, type]] = {
    **dict.fromkeys(("customerPersonId", "tenantId", "customerGroupId", "lastChatDuration"), int),
    "properties": dict,
}
"""Members of a customer that are no texts."""


def _person(row: Row) -> Json:
    """Return the customer as Tanyi sent it, what it did not send as we know it."""
    sent, known = row.own.get("customerPerson"), _known_person(row)
    told = sent if isinstance(sent, dict) else {}
    return known | {name: told[name] for name in known if _fits(told.get(name), _PERSONAL.get(name, str))}


def _fits(value: object, kind: type) -> bool:
    """Tell whether a member is of its documented type, and an integer one that every client can read."""
    return type(value) is kind and (kind is not int or figure(value) is not None)


def _known_person(row: Row) -> Json:
    """Return the customer; what is told of their last call is told of this one."""
    names = " ".join(name for name in (row.customer.first, row.customer.last) if name)
    group = row.customer.group
    return {
        "customerPersonId": _number("customer")(row),
        "creationTime": None,
        "tenantId": _number("tenant")(row),
        "customerGroupId": _number("group")(row),
        "name": row.customer.full or names or None,
        "phoneNumber": row.call.customer_number,
        "wechatNumber": _own_text(row, "wechatNumber"),
        "source": _own_text(row, "source"),
        "gender": _own_text(row, "gender") or "UNKNOWN",
        "properties": _properties(row),
        "lastFollowTime": None,
        "lastChatDuration": seconds(row),
        "lastStartTime": _local(begun_at(row.call), LISTED_TIME),
        "lastIntentLevel": row.intent.level,
        "lastDialStatus": _result(row),
        "assignTime": None,
        "customerGroupName": group.name if group else None,
    }


LONG: Final[Schema] = {"type": ["integer", "null"]}
_TEXTS: Final = list_schema(TEXT)
_SAID: Final = list_schema(member_schema({"text": TEXT, "type": TEXT, "callDetailId": INTEGER}))
_PERSON: Final = member_schema(
    {
        **dict.fromkeys(("customerPersonId", "tenantId", "customerGroupId"), LONG),
        **dict.fromkeys(("name", "phoneNumber", "wechatNumber", "source", "customerGroupName"), MAYBE_TEXT),
        **dict.fromkeys(("creationTime", "assignTime", "lastFollowTime", "lastStartTime"), MAYBE_TEXT),
        **dict.fromkeys(("lastIntentLevel", "lastDialStatus"), MAYBE_TEXT),
        "gender": TEXT,
        "properties": {"type": "object"},
        "lastChatDuration": INTEGER,
    }
)

_RECORD: Final = Column[Row](
    "callRecordId", "Tanyi's own integer, else `number`", INTEGER, lambda row: record_id(row.call)
)
_JOB: Final = Column[Row]("robotCallJobId", "`batch.id` as an integer", LONG, _number("job"))
_CUSTOMER_AUDIO: Final = Column[Row](
    "customerAudioUrl", "`recording.customer`", MAYBE_TEXT, lambda row: _url(row, row.call.recording.customer)
)
_SHARED: Final[tuple[Column[Row], ...]] = (
    Column("resultStatus", "`outcome`; Tanyi's own word as sent", MAYBE_TEXT, _result),
    Column("intentLevel", "`intent.level`", MAYBE_TEXT, lambda row: row.intent.level),
    Column("intentLevelName", "`intent.label`, else by the letter", MAYBE_TEXT, _label),
    Column("realIntentLevel", "`intent.real_level`", MAYBE_TEXT, lambda row: row.intent.real_level),
    Column("realIntentLevelName", "`intent.real_label`, else the automatic one", MAYBE_TEXT, _real_label),
    Column("intentLevelTagId", "`intent.tag_id`, else 0", INTEGER, lambda row: _integer(row.intent.tag_id) or 0),
    Column("customerConcern", "`concerns`", _TEXTS, lambda row: row.call.concerns),
    Column("fullAudioUrl", "`recording.full`", MAYBE_TEXT, lambda row: _url(row, row.call.recording.full)),
)
_BASIS: Final = Column[Row]("analysisBasis", "`intent.basis`", TEXT, lambda row: row.intent.basis or "")
_DURATION: Final = Column[Row]("chatDuration", "`talk_s`, rounded; Tanyi's own as sent", INTEGER, seconds)
_ROUNDS: Final = Column[Row]("chatRound", "`rounds`", INTEGER, _rounds)
_TURNS: Final = Column[Row]("callDetailList", "`turns` of agent and customer", _SAID, _said)
_REDIALS: Final = Column[Row]("redialTimes", "`redials`, else 0", INTEGER, lambda row: row.call.redials or 0)

LISTED: Final[tuple[Column[Row], ...]] = (
    _RECORD,
    Column("tenantId", "`tenant_id` as an integer; Tanyi's own as sent", INTEGER, _number("tenant")),
    _JOB,
    Column("dialogFlowId", "`agent.id` as an integer", LONG, _number("agent")),
    Column("robotCallTaskId", "`task_id`", LONG, lambda row: row.call.task_id),
    Column("customerPersonId", "`customer.id` as an integer", LONG, _number("customer")),
    Column("calledPhoneNumber", "`customer_number`", MAYBE_TEXT, lambda row: row.call.customer_number),
    Column("phoneNumberId", "`line_number` as an integer, else 0", INTEGER, _number("line", absent=0)),
    *_SHARED,
    _CUSTOMER_AUDIO,
    _BASIS,
    Column("startTime", "`started_at`, Asia/Shanghai", TEXT, lambda row: _local(begun_at(row.call), LISTED_TIME)),
    _DURATION,
    _ROUNDS,
    Column("readStatus", "`read`", TEXT, lambda row: HAS_READ if row.call.read else NOT_READ),
    _TURNS,
    Column("hangupBy", "`ended_by`", MAYBE_TEXT, _hung_up),
    _REDIALS,
)

DETAILED: Final[tuple[Column[Row], ...]] = (
    _RECORD,
    _CUSTOMER_AUDIO,
    Column("startTime", "`started_at`, Asia/Shanghai", TEXT, lambda row: _local(begun_at(row.call), DETAILED_TIME)),
    Column("endTime", "`ended_at`, Asia/Shanghai", MAYBE_TEXT, lambda row: _local(row.call.ended_at, DETAILED_TIME)),
    _ROUNDS,
    _DURATION,
    Column("customerPerson", "`customer`; Tanyi's own as sent", _PERSON, _person),
    *_SHARED,
    _BASIS,
    _TURNS,
    _JOB,
    Column("attributes", "`extracted` as names and values; Tanyi's own as sent", list_schema({}), _attributes),
    _REDIALS,
)
