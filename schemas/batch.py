"""A batch as the sum of its calls."""

from collections.abc import Mapping
from datetime import datetime

import msgspec


class BatchSum(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign or job: its calls by outcome, their cost in micro-units by currency, seconds talked.

    `talked` counts the calls that talked at all; `begun_at` is the first start, of one never started its creation.
    """

    id: str
    name: str | None = None
    count: int
    outcomes: Mapping[str, int]
    cost: Mapping[str, int]
    talk_s: float
    first_started_at: datetime | None = None
    last_started_at: datetime | None = None
    direction: str | None = None
    created_at: datetime | None = None
    begun_at: datetime | None = None
    talked: int = 0


class BatchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which batches: those whose first call started from `started_after` on and before `started_before`."""

    started_after: datetime | None = None
    started_before: datetime | None = None
    limit: int = 50
    units: tuple[str, ...] | None = None
