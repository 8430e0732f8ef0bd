"""What a report asks of calls, and the partial answers that a store gives: sums that can be added up further."""

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any, Final, NamedTuple

import msgspec

from schemas.query import EVERYTHING, Filter


@unique
class Calculation(StrEnum):
    """What a measure makes of a field's values."""

    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    P50 = "p50"
    P95 = "p95"
    RATE = "rate"


@unique
class Measured(StrEnum):
    """The fields that can be measured; `answered` and `success` as rates only, `score` as an average only."""

    DURATION_S = "duration_s"
    TALK_S = "talk_s"
    ROUNDS = "rounds"
    WAIT_S = "wait_s"
    HOLD_S = "hold_s"
    RECORD_S = "record_s"
    REDIALS = "redials"
    COST = "cost"
    SCORE = "score"
    ANSWERED = "answered"
    SUCCESS = "success"


@unique
class Group(StrEnum):
    """What calls can be grouped by."""

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
    WORKFLOW = "workflow"
    READ = "read"
    SUCCESS = "success"
    REASON = "reason"
    CURRENCY = "currency"
    HAS_RECORDING = "has_recording"
    HAS_TRANSCRIPT = "has_transcript"
    INTENT = "intent"
    TAG = "tag"


class Measure(NamedTuple):
    """One column of a report."""

    calculation: Calculation
    field: Measured | None = None

    @property
    def word(self) -> str:
        """The column's name: `avg:duration_s`."""
        return self.calculation.value if self.field is None else f"{self.calculation.value}:{self.field.value}"


PERCENTILES: Final[Mapping[Calculation, float]] = {Calculation.P50: 0.5, Calculation.P95: 0.95}


class Stretch(NamedTuple):
    """A stretch of time (epoch ms, end excluded; None: open) in which a clock differs from UTC by the same ms."""

    begin: int | None
    end: int | None
    offset: int


class Slots(msgspec.Struct, frozen=True):
    """Pieces of time of *length* ms, counted from 1970 on the clock that *stretches* tell; in UTC where they are none.

    A stretch that is likelier to hold a call stands before others.
    """

    length: int
    stretches: tuple[Stretch, ...] = ()


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a store adds up: *fields* by *groups*, and by slots where a report has buckets.

    `sketches` are the fields whose percentiles are asked. Cost is added up by currency.
    """

    filter: Filter = EVERYTHING
    groups: tuple[Group, ...] = ()
    fields: Mapping[Measured, frozenset[Calculation]] = {}
    """What is made of each field's values, percentiles apart."""
    sketches: frozenset[Measured] = frozenset()
    slots: Slots | None = None
    units: tuple[str, ...] | None = None


class Sum(NamedTuple):
    """What is known of some values: how many, their sum, least and greatest (of no values, 0)."""

    n: int
    total: float
    least: float = 0
    most: float = 0

    def plus(self, other: "Sum") -> "Sum":
        """Return what is known of the values of both."""
        if not self.n or not other.n:
            return self if self.n else other
        least, most = min(self.least, other.least), max(self.most, other.most)
        return Sum(self.n + other.n, self.total + other.total, least, most)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a report: of calls with these groups, in this slot (its number), of this currency.

    `calls` is 0 in a part that only carries values of one field that lie within 1 % of each other: `bucket` numbers
    such neighbourhoods in the order of their values, so that percentiles can be read from them.
    """

    groups: tuple[Any, ...]
    slot: int | None = None
    currency: str | None = None
    calls: int = 0
    sums: Mapping[Measured, Sum] = {}
    sketched: Measured | None = None
    sketch: Sum | None = None
    bucket: int = 0
