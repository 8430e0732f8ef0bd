"""A call as Zenicall shows it, in lists and alone: one row a field."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from query.dialects import amounts
from query.dialects.columns import ANYTHING, INTEGER, MAYBE_TEXT, NUMBER, TEXT, Column, Schema, member_schema
from query.dialects.dialect import Asked
from query.dialects.moments import seconds
from query.dialects.named_units import unit_of
from query.dialects.shelf import uuid_of
from query.dialects.speech import begun_at, spoken
from query.dialects.zenicall.words import shown as word_shown
from runtime.config import Tenant
from schemas.call import Call, Customer, Unit
from schemas.figures import figure
from schemas.words import Platform, Role

Json = dict[str, Any]
LONGEST_NUMBER: Final = 30
LONGEST_REASON: Final = 100
"""Columns of Zenicall's own table."""
COST_DECIMALS: Final = 5
ROLES: Final[Mapping[Role, str]] = {Role.AGENT: "assistant", Role.CUSTOMER: "user"}


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How a key wants words and ids."""

    names: bool
    uuids: bool
    base_url: str

    @classmethod
    def of(cls, asked: Asked) -> "Style":
        """Return the style that the key's settings ask for."""
        settings = asked.key.dialect
        return cls(
            names=settings.zenicall_enums == "names",
            uuids=settings.zenicall_ids == "uuid",
            base_url=asked.ask.base_url,
        )


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call and what showing it takes: integers of clinics and users by their ids."""

    call: Call
    tenant: Tenant
    style: Style
    clinics: Mapping[str, int]
    users: Mapping[str, int]

    @property
    def own(self) -> Json:
        """What Zenicall itself sent of the call: it comes back as it came."""
        sent = self.call.ext.get(Platform.ZENICALL, {}) if self.call.platform is Platform.ZENICALL else {}
        return sent if isinstance(sent, dict) else {}

    @property
    def flat(self) -> bool:
        """Whether Zenicall sent its own form of the call, not Vapi's report."""
        return "clinic_id" in self.own

    @property
    def unit(self) -> Unit:
        """The call's clinic."""
        return unit_of(self.call, self.tenant)

    @property
    def customer(self) -> Customer:
        """The caller."""
        return self.call.customer or Customer()


async def rows(asked: Asked, calls: Sequence[Call]) -> list[Row]:
    """Return rows of *calls*, all integers of a page asked for at once."""
    units = {unit_of(call, asked.tenant).id or "" for call in calls}
    users = {call.updated_by for call in calls if call.updated_by}
    clinics = await asked.shelf.aliases("unit", sorted(units))
    editors = await asked.shelf.aliases("user", sorted(users))
    style = Style.of(asked)
    return [Row(call=call, tenant=asked.tenant, style=style, clinics=clinics, users=editors) for call in calls]


def call_id(call: Call, style: Style) -> int | str:
    """Return the id of a call in the style's form."""
    return call.uid if style.uuids else call.number


def clinic_id(row: Row) -> int | str:
    """Return the id of a call's clinic."""
    unit_id = row.unit.id or ""
    return uuid_of(tenant=row.tenant.id, kind="unit", id_=unit_id) if row.style.uuids else row.clinics[unit_id]


async def clinic_shown(asked: Asked, unit_id: str) -> int | str:
    """Return a clinic's id in the form that the key's settings ask for, whichever form it was named in."""
    if Style.of(asked).uuids:
        return uuid_of(tenant=asked.tenant.id, kind="unit", id_=unit_id)
    return await asked.shelf.alias("unit", unit_id)


def user(key_id: str, number: int) -> Json:
    """Return a key as a user."""
    return {
        "id": number,
        "username": key_id,
        "email": None,
        "first_name": None,
        "last_name": None,
        "status": None,
    }


def _clinic(row: Row) -> Json:
    unit = row.unit
    return {
        "id": clinic_id(row),
        "name": unit.name,
        "created_at": seconds(unit.created_at),
        "updated_at": seconds(unit.updated_at),
    }


def _recording(row: Row) -> str | None:
    url = row.call.recording.full
    return f"{row.style.base_url}{url}" if url and url.startswith("/") else url


def _duration(row: Row) -> float:
    sent = figure(row.own.get("call_duration_seconds"))
    return float(row.call.talk_s if sent is None else sent)


def _conversation(row: Row) -> Any:
    """Return Zenicall's own as sent, nothing where it sent none: what we read out of the transcript's text is ours."""
    if row.flat or "full_conversation_json" in row.own:
        return row.own.get("full_conversation_json", [])
    return [{"role": ROLES[turn.role], "content": turn.text} for turn in spoken(row.call)]


def _cost(row: Row) -> str | None:
    return amounts.text(row.call.cost.micros, decimals=COST_DECIMALS) if row.call.cost else None


def _updated_by(row: Row) -> Json | None:
    by = row.call.updated_by
    return user(by, row.users[by]) if by else None


_ID: Final[Schema] = {"type": ["integer", "string"]}
_FLAG: Final[Schema] = {"type": ["boolean", "null"]}
_CLINIC: Final = member_schema({"id": _ID, "name": MAYBE_TEXT, "created_at": MAYBE_TEXT, "updated_at": MAYBE_TEXT})
USER: Final = member_schema(
    {"id": INTEGER, "username": TEXT, **dict.fromkeys(("email", "first_name", "last_name", "status"), MAYBE_TEXT)}
)

LISTED: Final[tuple[Column[Row], ...]] = (
    Column("id", "`number`, or `uid`", _ID, lambda row: call_id(row.call, row.style)),
    Column("external_call_id", "`platform_call_id`", TEXT, lambda row: row.call.platform_call_id),
    Column("caller_first_name", "`customer.first`", MAYBE_TEXT, lambda row: row.customer.first),
    Column("caller_last_name", "`customer.last`", MAYBE_TEXT, lambda row: row.customer.last),
    Column(
        "caller_phone_number",
        "`customer_number`, cut at 30",
        TEXT,
        lambda row: (row.call.customer_number or "")[:LONGEST_NUMBER],
    ),
    Column("call_started_at", "`started_at`, else `created_at`", TEXT, lambda row: seconds(begun_at(row.call))),
    Column("reason_for_call", "`reason`", MAYBE_TEXT, lambda row: word_shown(row.call.reason, names=row.style.names)),
    Column("status", "`workflow`", TEXT, lambda row: word_shown(row.call.workflow, names=row.style.names)),
    Column("clinic", "`unit`", _CLINIC, _clinic),
    Column("summary", "`summary`", MAYBE_TEXT, lambda row: row.call.summary or None),
    Column("audio_recording_url", "`recording.full`", MAYBE_TEXT, _recording),
)

DETAILED: Final[tuple[Column[Row], ...]] = (
    *LISTED,
    Column("is_existing_patient", "`existing_patient`", _FLAG, lambda row: row.call.existing_patient),
    Column("call_ended_at", "`ended_at`", MAYBE_TEXT, lambda row: seconds(row.call.ended_at)),
    Column("call_duration_seconds", "`talk_s`", NUMBER, _duration),
    Column(
        "callback_preference",
        "`callback_pref`",
        MAYBE_TEXT,
        lambda row: word_shown(row.call.callback_pref, names=row.style.names),
    ),
    Column("detailed_reason", "`reason_detail`", MAYBE_TEXT, lambda row: row.call.reason_detail),
    Column("preferred_dentist", "`preferred_person`", MAYBE_TEXT, lambda row: row.call.preferred_person),
    Column("cost", "`cost`, five decimals", MAYBE_TEXT, _cost),
    Column(
        "ended_reason",
        "`end_reason`, cut at 100",
        MAYBE_TEXT,
        lambda row: row.call.end_reason and row.call.end_reason[:LONGEST_REASON],
    ),
    Column("transcript_text", "`transcript`", MAYBE_TEXT, lambda row: row.call.transcript),
    Column("full_conversation_json", "`turns`; Zenicall's own as sent", ANYTHING, _conversation),
    Column("raw_structured_data", "`extracted`", ANYTHING, lambda row: row.call.extracted),
    Column("created_at", "`created_at`", TEXT, lambda row: seconds(row.call.created_at)),
    Column("updated_at", "the last edit", MAYBE_TEXT, lambda row: seconds(row.call.edited_at)),
    Column("updated_by", "`updated_by`", {"anyOf": [USER, {"type": "null"}]}, _updated_by),
)
