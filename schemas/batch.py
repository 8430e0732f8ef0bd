"""A batch as the sum of its calls."""

from collections.abc import Mapping
from datetime import datetime

import msgspec


class BatchSum(msgspec.Struct, frozen=True, kw_only=True):
    """One campaign or job: its calls by outcome, their cost in micro-units by currency, seconds talked."""

    id: str
    name: str | None = None
    count: int
    outcomes: Mapping[str, int]
    cost: Mapping[str, int]
    talk_s: float
    first_started_at: datetime | None = None
    last_started_at: datetime | None = None


class BatchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which batches: those whose first call started from `started_after` on and before `started_before`."""

    started_after: datetime | None = None
    started_before: datetime | None = None
    limit: int = 50
    units: tuple[str, ...] | None = None
