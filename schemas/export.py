"""An ordered file: which calls, which columns, how far it has grown."""

from datetime import datetime
from enum import StrEnum, unique
from typing import Any

import msgspec

from schemas.query import EVERYTHING, Filter


@unique
class Status(StrEnum):
    """How far an export is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """What was ordered by which key, and until when it can be fetched."""

    id: str
    tenant: str
    key: str
    format: str
    columns: tuple[str, ...]
    ordered_at: datetime
    expires_at: datetime
    status: Status = Status.RUNNING
    rows: int = 0
    grown_at: datetime
    why: str | None = None
    """Why it failed, and what to do."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which calls: those of a filter, newest first, or those with these ids in their order."""

    filter: Filter = EVERYTHING
    ids: tuple[str, ...] | None = None
    units: tuple[str, ...] | None = None
    whole: bool = False
    """With turns, transcript and extracted."""
    columns: tuple[str, ...] = ()
    """The only fields that are looked at, beside what names a call."""


class Part(msgspec.Struct, frozen=True):
    """Some rows of an export, one list of values a call."""

    uids: list[str]
    rows: list[list[Any]]
