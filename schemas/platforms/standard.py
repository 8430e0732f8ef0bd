"""Our own event, for every sender without an adapter: the canonical fields that a sender can know, and nothing else.

Ingest decodes it whole, so that a misspelt field is refused by name while somebody is there to notice; workers decode
the same shapes again. An explicit null is the same as absent. Below `extracted`, `ext` and `customer.props` anything
goes.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from schemas.words import AgentKind, CallbackPref, Channel, Direction, EndedBy, Outcome, Reason, Role

RANKS = {"call.started": 10, "call.updated": 20, "call.ended": 30, "call.analyzed": 40}

Time = Annotated[datetime, msgspec.Meta(tz=True)]
Seconds = Annotated[float, msgspec.Meta(ge=0)]
Id = str | int


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object of ours: a member that is not named here is a mistake."""


class Unit(Shape, frozen=True):
    """The clinic, shop or department that the call belongs to."""

    id: Id | None = None
    name: str | None = None
    created_at: Time | None = None
    updated_at: Time | None = None


class Agent(Shape, frozen=True):
    """Who spoke for the tenant."""

    id: Id | None = None
    name: str | None = None
    kind: AgentKind | None = None
    email: str | None = None


class Named(Shape, frozen=True):
    """A batch, a customer's group, a tag."""

    id: Id | None = None
    name: str | None = None


class Turn(Shape, frozen=True):
    """One utterance or tool step; `n` only documents, turns keep the sender's order."""

    role: Role
    text: str | None = None
    n: int | None = None
    at_ms: int | None = None
    offset_s: float | None = None
    interrupted: bool | None = None


class Parts(Shape, frozen=True):
    """What the cost was paid for, by its closed words."""

    stt: Decimal | None = None
    llm: Decimal | None = None
    tts: Decimal | None = None
    telephony: Decimal | None = None
    platform: Decimal | None = None
    analysis: Decimal | None = None
    storage: Decimal | None = None
    other: Decimal | None = None


class Cost(Shape, frozen=True):
    """Amounts are decimal text or numbers, in units of the ISO 4217 currency."""

    total: Decimal | None = None
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] | None = None
    parts: Parts | None = None


class Recording(Shape, frozen=True):
    """URLs by channel."""

    full: str | None = None
    customer: str | None = None
    agent: str | None = None
    voicemail: str | None = None


class Forward(Shape, frozen=True):
    """A leg that was forwarded out, and its billed seconds."""

    out: bool | None = None
    bill_s: Seconds | None = None


class Intent(Shape, frozen=True):
    """How interested the customer was."""

    level: str | None = None
    label: str | None = None
    tag_id: Id | None = None
    real_level: str | None = None
    real_label: str | None = None
    basis: str | None = None


class Customer(Shape, frozen=True):
    """The other party; `props` is whatever the sender knows of them."""

    id: Id | None = None
    number: str | None = None
    first: str | None = None
    last: str | None = None
    full: str | None = None
    email: str | None = None
    group: Named | None = None
    props: dict[str, Any] | None = None


class Data(Shape, frozen=True):
    """What the sender knows of the call."""

    call_id: str
    unit: Unit | None = None
    agent: Agent | None = None
    title: str | None = None
    batch: Named | None = None
    task_id: int | None = None
    direction: Direction | None = None
    channel: Channel | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    customer_number: str | None = None
    line_number: str | None = None
    extension: str | None = None
    queue: str | None = None
    started_at: Time | None = None
    answered_at: Time | None = None
    ended_at: Time | None = None
    duration_s: Seconds | None = None
    talk_s: Seconds | None = None
    record_s: Seconds | None = None
    wait_s: Seconds | None = None
    hold_s: Seconds | None = None
    outcome: Outcome | None = None
    end_reason: str | None = None
    ended_by: EndedBy | None = None
    summary: str | None = None
    turns: list[Turn] | None = None
    transcript: str | None = None
    rounds: int | None = None
    recording: Recording | None = None
    is_voicemail: bool | None = None
    is_auto_call: bool | None = None
    forward: Forward | None = None
    cost: Cost | None = None
    carrier: str | None = None
    extracted: Any = None
    success: bool | None = None
    intent: Intent | None = None
    concerns: list[str] | None = None
    customer: Customer | None = None
    reason: Reason | None = None
    reason_detail: str | None = None
    callback_pref: CallbackPref | None = None
    existing_patient: bool | None = None
    preferred_person: str | None = None
    note: str | None = None
    tags: list[str | Named] | None = None
    redials: int | None = None
    env: str | None = None
    ext: dict[str, Any] | None = None


class Event(Shape, frozen=True):
    """The whole webhook; `timestamp` is the event's own time."""

    type: Literal["call.started", "call.updated", "call.ended", "call.analyzed"]
    timestamp: Time
    data: Data


decode = msgspec.json.Decoder(Event).decode
