"""What dialects ask beside the native terms: an offset list's order, and sums of talk."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum, unique
from typing import Any

import msgspec

from schemas.words import Platform


@unique
class SortBy(StrEnum):
    """What an offset list can be sorted by; ties by `_id` in the same direction, absent values least."""

    STARTED_AT = "started_at"
    BEGUN_AT = "begun_at"
    """The start, the creation where nobody told: what dialects print as a start."""
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"
    NUMBER = "number"
    RECORD_ID = "record_id"
    """Tanyi's own small integer where a call has one, else the number, which is larger."""
    TOOLZZ_S = "toolzz_s"
    """How long Toolzz itself says its call was; of another platform's the talk."""
    COST = "cost"
    TITLE = "title"
    CHANNEL = "channel"
    ENDING = "ending"
    """The word that Toolzz shows for an end."""
    CUSTOMER_NUMBER = "customer_number"
    SUCCESS = "success"
    WORKFLOW = "workflow"
    CUSTOMER_LAST = "customer_last"


class Sort(msgspec.Struct, frozen=True):
    """One sort key."""

    by: SortBy
    descending: bool = True


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an offset list: its order, the calls before it, its size, and how much of each call is read.

    A call has what lists show, and `ext` if it is of the platform *own*; with *said* turns, transcript and `extracted`.
    """

    sort: Sort
    skip: int
    limit: int
    own: Platform | None = None
    said: bool = False


class Narrow(msgspec.Struct, frozen=True):
    """What alone is read of each call: some fields by their names, and of the calls of one platform `ext` too.

    `turns`, `transcript` and `extracted` lie behind a call: what is not named of them is not read.
    """

    fields: tuple[str, ...]
    own: Platform


class TalkSum(msgspec.Struct, frozen=True, kw_only=True):
    """Totals of one group: calls, seconds talked, and how many calls talked at all."""

    group: tuple[Any, ...]
    count: int
    talk_s: float
    talked: int


class BatchTotals(msgspec.Struct, frozen=True, kw_only=True):
    """One batch and the totals of its calls by outcome; an outcome that nobody told counts under ""."""

    id: str
    name: str | None
    direction: str | None
    created_at: datetime
    begun_at: datetime
    started_at: datetime | None
    outcomes: Mapping[str, int]
    talk_s: float
    talked: int
