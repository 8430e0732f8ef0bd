"""What can be asked of stored calls: conditions over fields, an order, a position. Closed words, no HTTP, no store."""

from collections.abc import Sequence
from enum import StrEnum, unique
from typing import Any, Generic, TypeVar

import msgspec


@unique
class Field(StrEnum):
    """What a condition can look at; words of the API, which each store translates totally."""

    PLATFORM = "platform"
    DIRECTION = "direction"
    CHANNEL = "channel"
    OUTCOME = "outcome"
    END_REASON = "end_reason"
    AGENT = "agent"
    UNIT = "unit"
    BATCH = "batch"
    EXTENSION = "extension"
    LINE = "line"
    CUSTOMER_NUMBER = "customer_number"
    FROM = "from"
    TO = "to"
    NUMBER = "number"
    WORKFLOW = "workflow"
    READ = "read"
    SUCCESS = "success"
    INTENT = "intent"
    REASON = "reason"
    TAG = "tag"
    HAS_RECORDING = "has_recording"
    HAS_TRANSCRIPT = "has_transcript"
    IS_VOICEMAIL = "is_voicemail"
    TEXT = "text"
    TITLE = "title"
    UID = "uid"
    PLATFORM_CALL_ID = "platform_call_id"
    SCORE = "score"
    STARTED_AT = "started_at"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    DURATION_S = "duration_s"
    TALK_S = "talk_s"
    COST = "cost"
    CURRENCY = "currency"
    ROUNDS = "rounds"


@unique
class Inner(StrEnum):
    """What only dialects look at; no native question names these. `*_FOLDED` ignore case and diacritics."""

    TITLE_FOLDED = "title_folded"
    AGENT_NAME_FOLDED = "agent_name_folded"
    BATCH_NAME_FOLDED = "batch_name_folded"
    SUMMARY_FOLDED = "summary_folded"
    NOTE_FOLDED = "note_folded"
    FIRST_NAME_FOLDED = "first_name_folded"
    LAST_NAME_FOLDED = "last_name_folded"
    CUSTOMER_NAME_FOLDED = "customer_name_folded"
    CALL_ID_FOLDED = "call_id_folded"
    DIGITS = "digits"
    """The digits of every telephone number of the call, one after the other, each ended by a blank."""
    BATCH_NAME = "batch_name"
    AGENT_EMAIL = "agent_email"
    QUEUE = "queue"
    IS_AUTO_CALL = "is_auto_call"
    REAL_LEVEL = "real_level"
    CONCERN = "concern"
    CUSTOMER_GROUP = "customer_group"
    CUSTOMER_ID = "customer_id"
    ENDED_BY = "ended_by"
    REDIALS = "redials"
    OWN_END = "own_end"
    """The platform's own end word, exactly."""
    BEGUN_AT = "begun_at"
    """When the call started, when it was created where nobody told."""
    TANYI_S = "tanyi_s"
    """How long Tanyi itself says its call was, where that is not the talk."""
    EXTRACTED = "extracted"
    """`storage.columns.digest` of what was extracted."""


@unique
class Op(StrEnum):
    """How a condition compares. A comparison with an absent value is false; `ne` is the complement of `eq`."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    EXISTS = "exists"
    CONTAINS = "contains"
    PREFIX = "prefix"
    TEXT = "text"


class Condition(msgspec.Struct, frozen=True):
    """One comparison; the value is of the field's kind (datetime, micro-units for cost, list for `in`)."""

    field: Field | Inner
    op: Op
    value: Any


class All(msgspec.Struct, frozen=True):
    """Every part holds; of no parts, true."""

    parts: Sequence["Filter"]


class Any_(msgspec.Struct, frozen=True):  # noqa: N801 - `Any` is typing's
    """At least one part holds."""

    parts: Sequence["Filter"]


class Not(msgspec.Struct, frozen=True):
    """The part does not hold: an exact complement."""

    part: "Filter"


Filter = Condition | All | Any_ | Not
EVERYTHING = All(())


@unique
class OrderBy(StrEnum):
    """What a list can be sorted by; absent values last in either direction, ties by `_id`."""

    STARTED_AT = "started_at"
    CREATED_AT = "created_at"
    DURATION_S = "duration_s"
    COST = "cost"


class Order(msgspec.Struct, frozen=True):
    """One key and its direction; ties are broken by `_id` in the same direction."""

    by: OrderBy = OrderBy.STARTED_AT
    descending: bool = True


NEWEST_FIRST = Order()


class Position(msgspec.Struct, frozen=True):
    """Where a page ended: the last call's sort key (None: absent) and its `_id`. Opaque outside HTTP."""

    value: Any
    id: str


class CallQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One question about a tenant's calls; `after` begins behind a position, `total` asks for the exact count."""

    filter: Filter = EVERYTHING
    order: Order = NEWEST_FIRST
    after: Position | None = None
    limit: int = 50
    total: bool = False
    units: tuple[str, ...] | None = None
    """Only these units are visible (a key's bound); None: all."""
    columns: tuple[str, ...] = ()
    """The only fields that are looked at, beside what names a call; (): all."""


T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some rows, where to go on (None at the end), and the exact total where it was asked for."""

    rows: list[T]
    next: Position | None
    total: int | None = None
