"""Sums over calls in MongoDB: one grouping for sums, one for each field whose percentiles are asked."""

from collections.abc import AsyncIterator, Mapping
from math import log
from typing import Any, Final

from schemas.report import Group, Measured, Question, Sum, Tally
from storage.mongo import Database, Document, answering
from storage.mongo_filters import scope

TOO_SLOW_MS: Final = 10_000
"""A report that takes longer is cancelled: nobody waits for it, and others do."""
GAMMA: Final = 1.01
"""Values of one neighbourhood differ by less than this factor, so a percentile is right within 1 %."""
OFFSET: Final = 10_000
"""Makes the number of every positive value's neighbourhood positive, so that negative ones can mirror it."""

GROUPS: Final[Mapping[Group, str]] = {
    Group.PLATFORM: "$platform",
    Group.DIRECTION: "$direction",
    Group.CHANNEL: "$channel",
    Group.OUTCOME: "$outcome",
    Group.END_REASON: "$end_reason",
    Group.AGENT: "$agent.id",
    Group.UNIT: "$unit.id",
    Group.BATCH: "$batch.id",
    Group.EXTENSION: "$extension",
    Group.LINE: "$line_number",
    Group.WORKFLOW: "$workflow",
    Group.READ: "$read",
    Group.SUCCESS: "$success",
    Group.REASON: "$reason",
    Group.CURRENCY: "$cost.currency",
    Group.HAS_RECORDING: "$has_recording",
    Group.HAS_TRANSCRIPT: "$has_transcript",
    Group.INTENT: "$intent.level",
    Group.TAG: "$tags.name",
}

VALUES: Final[Mapping[Measured, Any]] = {
    **{each: f"${each.value}" for each in Measured},
    Measured.COST: "$cost.micros",
    Measured.ANSWERED: {"$cond": [{"$eq": ["$outcome", "answered"]}, 1, 0]},
    Measured.SUCCESS: {"$switch": {"branches": [
        {"case": {"$eq": ["$success", True]}, "then": 1},
        {"case": {"$eq": ["$success", False]}, "then": 0},
    ], "default": None}},
}  # fmt: skip
"""What is added up for each field; None counts for nothing."""


class MongoReports:
    """The half of the store that adds up."""

    def __init__(self, database: Database) -> None:
        """Add up in *database*, whose indexes are there."""
        self._calls = database["calls"]

    async def tallies(self, tenant: str, question: Question) -> AsyncIterator[Tally]:
        """Yield the parts of a report."""
        with answering():
            cost = Measured.COST in question.fields
            async for row in await self._grouped(tenant, question, _sums(question), cost=cost):
                yield _tally(question, row)
            for field in sorted(question.sketches):
                groups = _neighbourhoods(field)
                rows = await self._grouped(tenant, question, groups, cost=field is Measured.COST, field=field)
                async for row in rows:
                    yield _sketch(question, row, field)

    async def _grouped(
        self, tenant: str, question: Question, sums: Document, *, cost: bool, field: Measured | None = None
    ) -> Any:
        seen = scope(tenant, question.filter, units=question.units)
        if question.slot_ms is not None:
            seen = {"$and": [seen, {"started_at": {"$ne": None}}]}
        stages: list[Document] = [{"$match": seen}]
        if Group.TAG in question.groups:
            stages.append({"$unwind": {"path": "$tags", "preserveNullAndEmptyArrays": True}})
        if field is not None:
            stages.append({"$match": {str(VALUES[field]).removeprefix("$"): {"$ne": None}}})
        stages.append({"$group": {"_id": _id(question, cost=cost) | sums.pop("_id", {}), **sums}})
        return await self._calls.aggregate(stages, maxTimeMS=TOO_SLOW_MS, allowDiskUse=True)


def _id(question: Question, *, cost: bool) -> Document:
    named: Document = {f"g{n}": GROUPS[group] for n, group in enumerate(question.groups)}
    if question.slot_ms is not None:
        at = {"$toLong": "$started_at"}
        # The remainder of what lies before 1970 is negative.
        into = {"$mod": [{"$add": [{"$mod": [at, question.slot_ms]}, question.slot_ms]}, question.slot_ms]}
        named["slot"] = {"$subtract": [at, into]}
    if cost:
        named["currency"] = "$cost.currency"
    return named


def _sums(question: Question) -> Document:
    sums: Document = {"calls": {"$sum": 1}}
    for field in question.fields:
        value = VALUES[field]
        sums[f"{field.value}_n"] = {"$sum": {"$cond": [{"$gt": [value, None]}, 1, 0]}}
        sums[f"{field.value}_sum"] = {"$sum": value}
        sums[f"{field.value}_min"] = {"$min": value}
        sums[f"{field.value}_max"] = {"$max": value}
    return sums


def _neighbourhoods(field: Measured) -> Document:
    value = VALUES[field]
    size = {"$add": [{"$ceil": {"$divide": [{"$ln": {"$abs": value}}, log(GAMMA)]}}, OFFSET]}
    number = {"$switch": {"branches": [
        {"case": {"$gt": [value, 0]}, "then": size},
        {"case": {"$lt": [value, 0]}, "then": {"$multiply": [size, -1]}},
    ], "default": 0}}  # fmt: skip
    return {"_id": {"bucket": number}, "n": {"$sum": 1}, "least": {"$min": value}, "most": {"$max": value}}


def _groups(question: Question, row: Document) -> tuple[Any, ...]:
    return tuple(row["_id"].get(f"g{n}") for n in range(len(question.groups)))


def _tally(question: Question, row: Document) -> Tally:
    sums = {}
    for field in question.fields:
        n = row[f"{field.value}_n"]
        if n:
            total, least, most = (row[f"{field.value}_{name}"] for name in ("sum", "min", "max"))
            sums[field] = Sum(n, total, least, most)
    return Tally(
        groups=_groups(question, row),
        slot=row["_id"].get("slot"),
        currency=row["_id"].get("currency"),
        calls=row["calls"],
        sums=sums,
    )


def _sketch(question: Question, row: Document, field: Measured) -> Tally:
    return Tally(
        groups=_groups(question, row),
        slot=row["_id"].get("slot"),
        currency=row["_id"].get("currency"),
        sketched=field,
        sketch=Sum(row["n"], 0, row["least"], row["most"]),
        bucket=int(row["_id"]["bucket"]),
    )
