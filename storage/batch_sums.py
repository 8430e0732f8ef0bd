"""Sums of batches: as MongoDB groups calls, added to each other, and as they are kept. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from schemas.batch import BatchSum

Document = dict[str, Any]

BLOCK: Final = 256
"""Calls' numbers that a change is noted by, and the least that is summed anew for it."""
STRETCHES: Final = 128
"""Sums that a batch is kept in: one is a hundredth of the work, and all of them 32 KB."""
GROUP: Final[Document] = {
    "name": {"$max": "$batch.name"},
    "n": {"$sum": 1},
    "cost": {"$sum": "$cost.micros"},
    "talk_s": {"$sum": "$talk_s"},
    "first": {"$min": "$started_at"},
    "last": {"$max": "$started_at"},
    "direction": {"$max": "$direction"},
    "created": {"$min": "$created_at"},
    "begun": {"$min": "$keys.begun_at"},
    "talked": {"$sum": {"$cond": [{"$gt": ["$talk_s", 0]}, 1, 0]}},
}
"""What MongoDB adds up of the calls of one group."""
GROUPED: Final[Document] = {"id": "$batch.id", "outcome": "$outcome", "currency": "$cost.currency"}
"""What makes a group, whatever else does."""


def left(before: Document, document: Document) -> list[str]:
    """Return the batches that a call was taken out of, by now.

    It keeps them: if we die before they are marked, who folds the same again, or erases the call, marks them.
    """
    known: list[str] = before.get("left", [])
    was = before.get("batch", {}).get("id")
    return known if not was or was in {document.get("batch", {}).get("id"), *known} else [*known, was]


def in_batches(document: Document) -> Iterator[tuple[str, str, int]]:
    """Yield tenant, batch and number of a stored call for each batch that it is in or was."""
    for batch in {document.get("batch", {}).get("id"), *document.get("left", ())}:
        if batch:
            yield document["tenant"], batch, document["number"]


def block(number: int) -> int:
    """Return the first number of the block that *number* is in."""
    return number - number % BLOCK


def width(first: int, last: int) -> int:
    """Return how many numbers one stretch has, so that there are no more than `STRETCHES` from *first* to *last*."""
    wide = BLOCK
    while last // wide - first // wide >= STRETCHES:
        wide *= 2
    return wide


def changed(row: Document) -> set[int] | None:
    """Return where the stretches begin that changed since the batch was summed; None where that is not known.

    As many blocks are noted as were marked: else some found no room, or came from a version that notes none.
    """
    noted, kept = row.get("changed", ()), row.get("stretches", ())
    if not 0 < len(noted) == row["marks"] - row.get("summed", 0) or not 0 < len(kept) <= 2 * STRETCHES:
        return None
    return {each - each % row["width"] for each in noted}


def of_group(row: Mapping[str, Any]) -> BatchSum:
    """Return the sum that one group is."""
    outcome, currency = row["_id"].get("outcome"), row["_id"].get("currency")
    return BatchSum(
        id=row["_id"]["id"],
        name=row["name"],
        count=row["n"],
        outcomes={} if outcome is None else {outcome: row["n"]},
        cost={} if currency is None else {currency: int(row["cost"])},
        talk_s=row["talk_s"],
        first_started_at=row["first"],
        last_started_at=row["last"],
        direction=row["direction"],
        created_at=row["created"],
        begun_at=row["begun"],
        talked=row["talked"],
    )


def added(sums: Sequence[BatchSum]) -> BatchSum:
    """Return what *sums* of one batch, one or more, are together."""

    def told(name: str) -> list[Any]:
        return [value for each in sums if (value := getattr(each, name)) is not None]

    return BatchSum(
        id=sums[0].id,
        name=max(told("name"), default=None),
        count=sum(each.count for each in sums),
        outcomes=_together(each.outcomes for each in sums),
        cost=_together(each.cost for each in sums),
        talk_s=round(sum(each.talk_s for each in sums), 3),
        first_started_at=min(told("first_started_at"), default=None),
        last_started_at=max(told("last_started_at"), default=None),
        direction=max(told("direction"), default=None),
        created_at=min(told("created_at"), default=None),
        begun_at=min(told("begun_at"), default=None),
        talked=sum(each.talked for each in sums),
    )


def _together(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total)


def as_kept(found: BatchSum) -> Document:
    """Return the fields that keep *found*; the maps as lists, for their keys are a sender's words."""
    return {
        "name": found.name,
        "count": found.count,
        "outcomes": [list(each) for each in found.outcomes.items()],
        "cost": [list(each) for each in found.cost.items()],
        "talk_s": found.talk_s,
        "first_started_at": found.first_started_at,
        "last_started_at": found.last_started_at,
        "direction": found.direction,
        "created_at": found.created_at,
        "begun_at": found.begun_at,
        "talked": found.talked,
    }


def kept(row: Mapping[str, Any], batch: str) -> BatchSum:
    """Return the sum of *batch* that *row* keeps."""
    return BatchSum(
        id=batch,
        name=row["name"],
        count=row["count"],
        outcomes=dict(row["outcomes"]),
        cost=dict(row["cost"]),
        talk_s=row["talk_s"],
        first_started_at=row["first_started_at"],
        last_started_at=row["last_started_at"],
        **{name: row[name] for name in ("direction", "created_at", "begun_at", "talked") if name in row},
    )
