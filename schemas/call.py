"""One call document, whatever the platform: the canonical fields and their shapes.

Times are UTC with milliseconds, durations float seconds rounded to the millisecond, absent values None, absent lists
empty.
"""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from schemas.money import Cost
from schemas.words import (
    AgentKind,
    CallbackPref,
    Channel,
    Direction,
    EndedBy,
    Outcome,
    Platform,
    Reason,
    Role,
    Workflow,
)


class Unit(msgspec.Struct, frozen=True, omit_defaults=True):
    """The clinic, shop or department that a call belongs to."""

    id: str | None = None
    name: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class Agent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who spoke for the tenant: a bot or a person."""

    id: str | None = None
    name: str | None = None
    kind: AgentKind | None = None
    email: str | None = None


class Batch(msgspec.Struct, frozen=True, omit_defaults=True):
    """The campaign or job that a call was made for."""

    id: str | None = None
    name: str | None = None


class Turn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One utterance or tool step; `n` counts from 1, `at_ms` is epoch ms, `offset_s` seconds from the call's start."""

    n: int
    role: Role
    text: str
    at_ms: int | None = None
    offset_s: float | None = None
    interrupted: bool | None = None


class Recordings(msgspec.Struct, frozen=True, omit_defaults=True):
    """URLs by channel."""

    full: str | None = None
    customer: str | None = None
    agent: str | None = None
    voicemail: str | None = None


class Forward(msgspec.Struct, frozen=True, omit_defaults=True):
    """A leg that was forwarded out, and its billed seconds."""

    out: bool | None = None
    bill_s: float | None = None


class Intent(msgspec.Struct, frozen=True, omit_defaults=True):
    """How interested the customer was: the platform's level (A-F), and the one a person set."""

    level: str | None = None
    label: str | None = None
    tag_id: str | None = None
    real_level: str | None = None
    real_label: str | None = None
    basis: str | None = None


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """The group that a customer belongs to."""

    id: str | None = None
    name: str | None = None


class Customer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The other party; `props` is whatever the platform knows of them."""

    id: str | None = None
    number: str | None = None
    first: str | None = None
    last: str | None = None
    full: str | None = None
    email: str | None = None
    group: Group | None = None
    props: dict[str, Any] | None = None


class Tag(msgspec.Struct, frozen=True):
    """A label on a call."""

    id: str
    name: str


class Score(msgspec.Struct, frozen=True):
    """One criterion's points; `name` is the criterion's at the time of scoring."""

    criteria_id: str
    name: str
    point: float


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What one user thought of a call; `avg` is weighted by the criteria."""

    id: str
    user: str
    comment: str | None
    values: list[Score]
    avg: float
    at: datetime


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a call: the platform's facts with people's edits laid over them."""

    uid: str
    number: int
    tenant: str
    platform: Platform
    platform_call_id: str
    unit: Unit | None = None
    agent: Agent | None = None
    title: str | None = None
    batch: Batch | None = None
    task_id: int | None = None
    queue: str | None = None
    direction: Direction | None = None
    channel: Channel | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    customer_number: str | None = None
    line_number: str | None = None
    from_e164: str | None = None
    to_e164: str | None = None
    customer_e164: str | None = None
    extension: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    duration_s: float | None = None
    talk_s: float = 0.0
    record_s: float | None = None
    wait_s: float | None = None
    hold_s: float | None = None
    outcome: Outcome | None = None
    end_reason: str | None = None
    ended_by: EndedBy | None = None
    summary: str | None = None
    turns: list[Turn] = []
    transcript: str | None = None
    rounds: int | None = None
    recording: Recordings = Recordings()
    is_voicemail: bool | None = None
    is_auto_call: bool | None = None
    forward: Forward | None = None
    cost: Cost | None = None
    carrier: str | None = None
    extracted: Any = None
    success: bool | None = None
    intent: Intent | None = None
    concerns: list[str] = []
    customer: Customer | None = None
    reason: Reason | None = None
    reason_detail: str | None = None
    callback_pref: CallbackPref | None = None
    existing_patient: bool | None = None
    preferred_person: str | None = None
    workflow: Workflow = Workflow.NEW
    read: bool = False
    note: str | None = None
    tags: list[Tag] = []
    evaluations: list[Evaluation] = []
    redials: int | None = None
    env: str | None = None
    updated_by: str | None = None
    has_recording: bool = False
    has_transcript: bool = False
    ext: dict[str, Any] = {}
    edited_at: datetime | None = None
    revision: int = 0

    @property
    def key(self) -> str:
        """What a store knows the call by."""
        return call_key(tenant=self.tenant, platform=self.platform, platform_call_id=self.platform_call_id)


def call_key(*, tenant: str, platform: str, platform_call_id: str) -> str:
    """Return a call's `_id`: `{tenant}:{platform}:{platform_call_id}`."""
    return f"{tenant}:{platform}:{platform_call_id}"


@lru_cache(maxsize=4096)  # asked for the raw event and again for the call
def call_uid(key: str) -> str:
    """Return the UUIDv5 that a call is known by outside."""
    return str(uuid5(NAMESPACE_URL, key))


def tag_id(*, tenant: str, name: str) -> str:
    """Return a tag's id: the first 24 hex digits of its UUIDv5."""
    return uuid5(NAMESPACE_URL, f"{tenant}:tag:{name}").hex[:24]
