"""What one event says about one call, and where it stands in the order of that call's events."""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from schemas.call import Agent, Batch, Customer, Forward, Intent, Turn, Unit
from schemas.envelope import Defaults
from schemas.money import Cost
from schemas.words import CallbackPref, Channel, Direction, EndedBy, Outcome, Platform, Reason, RecordingChannel, Stage


class Leg(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One leg of a call that has several (telnyx, vonage, livekit); the call combines the legs of the least `tier`.

    Started is the earliest, ended the latest, `from`, `to` and direction are of the leg that started first, cost is
    the sum, outcome the best (answered, then voicemail, then the rest). `tier` 0 is the telephone leg, 1 another
    party, 2 a stand-in (a room) that counts only where there is no other, or where none of these says how it ended.
    """

    tier: int | None = None
    channel: Channel | None = None
    """What it was in all likelihood; a channel that an event tells of the call wins."""
    direction: Direction | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    customer_number: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    duration_s: float | None = None
    talk_s: float | None = None
    outcome: Outcome | None = None
    unknown_end: bool | None = None
    """The platform's end word is in no table: `answered` if somebody talked, else `system_error`."""
    end_reason: str | None = None
    is_voicemail: bool | None = None
    """A machine took this leg: answered, it is `voicemail`; another leg may have been answered by a person."""
    cost: Cost | None = None


class Media(msgspec.Struct, frozen=True):
    """A recording that came in the webhook itself, kept by us."""

    content_type: str
    content: bytes


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a normaliser read from one event. None, "", [] and {} say nothing; False and 0 are values.

    `rank` orders the event types of a platform (a call's start below its end below its analysis), `at` is the
    event's own time. Durations in seconds. `ext` holds what has no canonical place (shown as `ext.<platform>`).
    """

    rank: int
    at: datetime | None = None
    stage: Stage = Stage.NOTE
    outcome: Outcome | None = None
    unknown_end: bool | None = None
    """The platform's end word is in no table: `answered` if somebody talked, else `system_error`."""
    by_parties: bool | None = None
    """Only who took part tells the outcome: `answered` with two legs or more, else `no_answer`."""
    created_at: datetime | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    duration_s: float | None = None
    talk_s: float | None = None
    billed_s: float | None = None
    audio_s: float | None = None
    ringing_s: float | None = None
    record_s: float | None = None
    wait_s: float | None = None
    hold_s: float | None = None
    title: str | None = None
    direction: Direction | None = None
    channel: Channel | None = None
    from_: str | None = msgspec.field(default=None, name="from")
    to: str | None = None
    customer_number: str | None = None
    """The known party where nothing tells the direction."""
    line_number: str | None = None
    extension: str | None = None
    queue: str | None = None
    unit: Unit | None = None
    agent: Agent | None = None
    batch: Batch | None = None
    task_id: int | None = None
    end_reason: str | None = None
    ended_by: EndedBy | None = None
    summary: str | None = None
    turns: list[Turn] = []
    transcript: str | None = None
    rounds: int | None = None
    recording: dict[RecordingChannel, str] = {}
    media: dict[RecordingChannel, Media] = {}
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
    note: str | None = None
    tags: list[str] = []
    redials: int | None = None
    env: str | None = None
    legs: dict[str, Leg] = {}
    ext: dict[str, Any] = {}


class OrderKey(NamedTuple):
    """The total order over a call's updates: the greatest one that has a value gives a field its value.

    Times are epoch ms; an event without a time of its own takes the time it was received.
    """

    rank: int
    at_ms: int
    received_ms: int
    event_id: str
    digest: str


class CallUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One event's facts, whose call they are about, and their place in the order."""

    tenant: str
    platform: Platform
    platform_call_id: str
    order: OrderKey
    facts: Facts
    defaults: Defaults = Defaults()
