"""Sums over calls in MongoDB: one grouping for sums, one for each field whose percentiles are asked."""

from collections.abc import AsyncIterator, Iterable, Mapping
from math import log
from typing import Any, Final

from schemas.query import All, Any_, Condition, Field, Filter, Inner, Not
from schemas.report import Calculation, Group, Measured, Question, Slots, Stretch, Sum, Tally
from storage.flatten import to_time
from storage.mongo import LONGEST_MS, Database, Document, answering
from storage.mongo_filters import scope
from storage.mongo_indexes import REPORTED

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


_PATHS: Final[Mapping[Measured, tuple[str, ...]]] = {
    Measured.COST: ("cost.micros", "cost.currency"),
    Measured.ANSWERED: ("outcome",),
}


_ADDERS: Final[Mapping[Calculation, tuple[str, ...]]] = {
    Calculation.SUM: ("sum",),
    Calculation.AVG: ("n", "sum"),
    Calculation.RATE: ("n", "sum"),
    Calculation.MIN: ("min",),
    Calculation.MAX: ("max",),
}
"""What is added up for each calculation."""

_EVERY: Final = frozenset({Measured.TALK_S, Measured.ANSWERED})
"""Fields that every call has: to count their values is to count calls, and a third of such a report's time."""


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
        if question.slots is not None:
            seen = {"$and": [seen, {"started_at": {"$ne": None}}]}
        stages: list[Document] = [{"$match": seen}]
        if Group.TAG in question.groups:
            stages.append({"$unwind": {"path": "$tags", "preserveNullAndEmptyArrays": True}})
        if field is not None:
            stages.append({"$match": {str(VALUES[field]).removeprefix("$"): {"$ne": None}}})
        stages.append({"$group": {"_id": _id(question, cost=cost) | sums.pop("_id", {}), **sums}})
        # Left alone, MongoDB chooses among the many indexes that begin with the tenant by chance.
        covered = _covered(question, question.fields if field is None else [field])
        hint: Document = {"hint": "report"} if covered else {}
        return await self._calls.aggregate(stages, maxTimeMS=LONGEST_MS, allowDiskUse=True, **hint)


def _covered(question: Question, fields: Iterable[Measured]) -> bool:
    """Return whether the index `report` alone answers: all calls of a time, by what is in it."""
    asked = {GROUPS[group].removeprefix("$") for group in question.groups}
    asked |= {path for field in fields for path in _PATHS.get(field, (field.value,))}
    return asked <= set(REPORTED) and question.units is None and _looked_at(question.filter) <= {Field.STARTED_AT}


def _looked_at(filter_: Filter) -> set[Field | Inner]:
    match filter_:
        case Condition(field):
            return {field}
        case All(parts) | Any_(parts):
            return {field for part in parts for field in _looked_at(part)}
        case Not(part):
            return _looked_at(part)


def _id(question: Question, *, cost: bool) -> Document:
    named: Document = {f"g{n}": GROUPS[group] for n, group in enumerate(question.groups)}
    if question.slots is not None:
        named["slot"] = {"$floor": {"$divide": [_clock(question.slots), question.slots.length]}}
    if cost:
        named["currency"] = "$cost.currency"
    return named


def _sums(question: Question) -> Document:
    sums: Document = {"calls": {"$sum": 1}}
    for field, calculations in question.fields.items():
        value = VALUES[field]
        adders = {
            "n": {"$sum": {"$cond": [{"$gt": [value, None]}, 1, 0]}},
            "sum": {"$sum": value},
            "min": {"$min": value},
            "max": {"$max": value},
        }
        # Each costs a tenth of a second over a million calls.
        needed = {name for calculation in calculations for name in _ADDERS[calculation]}
        if field in _EVERY:
            needed.discard("n")
        sums |= {f"{field.value}_{name}": adders[name] for name in sorted(needed)}
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


def _clock(slots: Slots) -> Any:
    """Return the call's start in milliseconds on the clock that slots are counted on."""
    at = {"$toLong": "$started_at"}
    if not slots.stretches:
        return at
    *known, last = slots.stretches
    branches = [{"case": {"$and": _within(each)}, "then": each.offset} for each in known]
    offset = {"$switch": {"branches": branches, "default": last.offset}} if branches else last.offset
    return {"$add": [at, offset]}


def _within(stretch: Stretch) -> list[Document]:
    """Return what holds for a start in *stretch*, which may be open at an end."""
    begins = [] if stretch.begin is None else [{"$gte": ["$started_at", to_time(stretch.begin)]}]
    ends = [] if stretch.end is None else [{"$lt": ["$started_at", to_time(stretch.end)]}]
    return begins + ends


def _slot(question: Question, row: Document) -> int | None:
    return None if question.slots is None else int(row["_id"]["slot"])


def _tally(question: Question, row: Document) -> Tally:
    currency = row["_id"].get("currency")
    return Tally(
        groups=_groups(question, row),
        slot=_slot(question, row),
        currency=currency,
        calls=row["calls"],
        sums={
            field: told
            for field in question.fields
            if (told := _sum(row, field, calls=row["calls"])).n and (currency is not None or field is not Measured.COST)
        },
    )


def _sum(row: Document, field: Measured, *, calls: int) -> Sum:
    """Return what was added up of *field*; where values were not counted, one stands for all."""
    total, least, most = (row.get(f"{field.value}_{name}") for name in ("sum", "min", "max"))
    # The sum of no values is 0, their least is none.
    ends = [row[name] for name in (f"{field.value}_min", f"{field.value}_max") if name in row]
    told = any(end is not None for end in ends) if ends else total is not None
    counted = calls if field in _EVERY else row.get(f"{field.value}_n", int(told))
    return Sum(counted, total or 0, least or 0, most or 0)


def _sketch(question: Question, row: Document, field: Measured) -> Tally:
    return Tally(
        groups=_groups(question, row),
        slot=_slot(question, row),
        currency=row["_id"].get("currency"),
        sketched=field,
        sketch=Sum(row["n"], 0, row["least"], row["most"]),
        bucket=int(row["_id"]["bucket"]),
    )
