"""What MongoDB added up of dialects' calls, as they look at it. Pure."""

from collections.abc import Sequence
from typing import Any

from schemas.window import BatchTotals, TalkSum
from storage.mongo import Document


def talk_sum(row: Document, by: Sequence[str]) -> TalkSum:
    """Return a group's totals."""
    group: dict[str, Any] = row["_id"] or {}
    return TalkSum(
        group=tuple(group.get(name) for name in by),
        count=row["count"],
        talk_s=round(float(row["talk_s"]), 3),
        talked=row["talked"],
    )


def batch_totals(rows: Sequence[Document]) -> list[BatchTotals]:
    """Return batches of the sums by outcome, the newest first call first."""
    by_id: dict[str, list[Document]] = {}
    for row in rows:
        by_id.setdefault(row["_id"]["id"], []).append(row)
    totals = [_batch(batch_id, parts) for batch_id, parts in by_id.items()]
    return sorted(totals, key=lambda each: (each.begun_at, each.id), reverse=True)


def _batch(batch_id: str, parts: Sequence[Document]) -> BatchTotals:
    """Return one batch; of several names and directions the greatest, as in the sums that are kept of it."""
    starts = [part["started_at"] for part in parts if part["started_at"] is not None]
    return BatchTotals(
        id=batch_id,
        name=max((part["name"] for part in parts if part["name"]), default=None),
        direction=max((part["direction"] for part in parts if part["direction"]), default=None),
        created_at=min(part["created_at"] for part in parts),
        begun_at=min(part["begun_at"] for part in parts),
        started_at=min(starts, default=None),
        outcomes={part["_id"]["outcome"]: part["count"] for part in parts},
        talk_s=round(sum(float(part["talk_s"]) for part in parts), 3),
        talked=sum(part["talked"] for part in parts),
    )
