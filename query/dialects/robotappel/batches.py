"""A batch as RobotAppel shows it: how far its calls are. Pure."""

from collections.abc import Sequence
from typing import Final

from query.dialects.columns import INTEGER, MAYBE_TEXT, NUMBER, TEXT, Column
from query.dialects.robotappel import words
from query.dialects.robotappel.calls import plain
from query.dialects.robotappel.words import COMPLETED
from query.views import instant
from schemas.window import BatchTotals, TalkSum
from schemas.words import Outcome
from storage.columns import folded


def average(total: BatchTotals | TalkSum) -> int | float:
    """Return the mean talk of the calls that talked, in seconds with two decimals; 0 where none did."""
    return plain(round(total.talk_s / total.talked, 2)) if total.talked else 0


def _calls(batch: BatchTotals) -> int:
    return sum(batch.outcomes.values())


def _completed(batch: BatchTotals) -> int:
    return sum(batch.outcomes.get(outcome, 0) for outcome in COMPLETED)


def _pending(batch: BatchTotals) -> int:
    return batch.outcomes.get(Outcome.IN_PROGRESS, 0)


def _failed(batch: BatchTotals) -> int:
    return _calls(batch) - _completed(batch) - _pending(batch)


def status(batch: BatchTotals) -> str:
    """Return how far a batch is."""
    pending = _pending(batch)
    if pending == _calls(batch) and batch.started_at is None:
        return "pending"
    if pending:
        return "in_progress"
    return "completed" if _completed(batch) else "failed"


def chosen(batch: BatchTotals, *, name: str | None, state: str | None, direction: str | None) -> bool:
    """Tell whether a batch is asked for; what is None asks nothing."""
    named = name is None or folded(name) in folded(batch.name or "")
    return named and state in {None, status(batch)} and direction in {None, words.direction(batch.direction)}


def columns(tenant: str) -> Sequence[Column[BatchTotals]]:
    """Return the fields of a batch of *tenant*."""
    return (
        Column("batchId", "`batch.id`", TEXT, lambda batch: batch.id),
        Column("batchName", "`batch.name`", MAYBE_TEXT, lambda batch: batch.name),
        Column("clientOrgId", "the tenant's id", TEXT, lambda _: tenant),
        Column("direction", "its calls' `direction`", MAYBE_TEXT, lambda batch: words.direction(batch.direction)),
        Column("status", "how far its calls are", TEXT, status),
        Column("createdAt", "its calls' earliest `created_at`", TEXT, lambda batch: instant(batch.created_at)),
        Column("sendDate", "its calls' earliest start", TEXT, lambda batch: instant(batch.begun_at)),
        Column("totalCalls", "all its calls", INTEGER, _calls),
        Column("completedCalls", "answered and voicemail", INTEGER, _completed),
        Column("failedCalls", "every other end", INTEGER, _failed),
        Column("pendingCalls", "in progress", INTEGER, _pending),
        Column("averageCallDuration", "mean `talk_s` of calls that talked", NUMBER, average),
        Column("total_call_time", "sum of `talk_s`", NUMBER, lambda batch: plain(batch.talk_s)),
    )


BATCH: Final = columns("")
"""The fields for whoever only describes them."""
