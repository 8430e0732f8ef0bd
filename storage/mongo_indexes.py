"""The indexes, each with the questions that it is there for."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pymongo import ASCENDING, DESCENDING, IndexModel

NEWEST: Final = (("started_at", DESCENDING), ("_id", DESCENDING))
_OVER: Final = ("outcome", ASCENDING)
"""Last in an index of dialects' lists: calls in progress are skipped without being read."""
_TALK: Final = ("talk_s", ASCENDING)
"""Beside the order, so that it is added up without reading a call."""
_BEGUN: Final = (("keys.begun_at", DESCENDING), ("_id", DESCENDING), _OVER)


REPORTED: Final = (
    *("started_at", "outcome", "unit.id", "agent.id", "batch.id", "direction", "platform", "success"),
    *("duration_s", "talk_s", "cost.currency", "cost.micros"),
)
"""What the common reports group by, measure and filter by."""


class Index(NamedTuple):
    """One index: keys in order, what it serves, and MongoDB's options."""

    collection: str
    name: str
    serves: str
    keys: tuple[tuple[str, int], ...]
    options: Mapping[str, Any] = MappingProxyType({})

    def model(self) -> IndexModel:
        """Return what the driver makes it from."""
        return IndexModel(list(self.keys), name=self.name, **self.options)


def _calls(name: str, serves: str, *keys: tuple[str, int], **options: Any) -> Index:
    return Index("calls", name, serves, (("tenant", ASCENDING), *keys), options)


def _batches(name: str, serves: str, *keys: tuple[str, int]) -> Index:
    return Index("batches", name, serves, (("tenant", ASCENDING), *keys))


def _expiring(collection: str) -> Index:
    keys = (("expires_at", ASCENDING),)
    return Index(collection, f"{collection}_expiry", "they end by themselves", keys, {"expireAfterSeconds": 0})


INDEXES: Final = (
    _calls("number", "one call by number; numbers are never given twice", ("number", ASCENDING), unique=True),
    _calls("uid", "one call by uid", ("uid", ASCENDING), unique=True),
    _calls("platform_call_id", "platform_call_id =", ("platform_call_id", ASCENDING)),
    _calls(
        "own_id",
        "one call by what its platform names it beside its call id",
        ("keys.own_id", ASCENDING),
        partialFilterExpression={"keys.own_id": {"$type": "string"}},
    ),
    _calls("started", "lists by start, any filter on the way; started_after, started_before", *NEWEST),
    _calls(
        "begun", "dialects' lists by start, which a call that never started has too, and their talk", *_BEGUN, _TALK
    ),
    _calls(
        "created",
        "lists by creation, and OMICall's report",
        ("created_at", DESCENDING),
        ("_id", DESCENDING),
        _OVER,
        ("direction", ASCENDING),
        _TALK,
    ),
    _calls("updated", "updated_after: keeping a copy in step", ("updated_at", DESCENDING), ("_id", DESCENDING)),
    _calls("duration", "lists by duration", ("duration_s", DESCENDING), ("_id", DESCENDING)),
    _calls("cost", "lists by cost", ("cost.currency", DESCENDING), ("cost.micros", DESCENDING), ("_id", DESCENDING)),
    _calls("customer", "customer_number =, newest first", ("keys.customer", ASCENDING), *NEWEST),
    _calls("outcome", "outcome =, newest first", ("outcome", ASCENDING), *NEWEST),
    _calls("unit", "unit =, newest first; a key bound to units", ("unit.id", ASCENDING), *NEWEST),
    _calls("agent", "agent =, newest first", ("agent.id", ASCENDING), *NEWEST),
    _calls("batch", "batch =, newest first", ("batch.id", ASCENDING), *NEWEST),
    _calls(
        "batch_record",
        "a job's calls by Tanyi's integers, then by number",
        ("batch.id", ASCENDING),
        ("keys.record", ASCENDING),
        ("number", DESCENDING),
        _OVER,
    ),
    _calls("batch_number", "what changed of a batch's sums", ("batch.id", ASCENDING), ("number", ASCENDING)),
    _calls("batch_begun", "RobotAppel's list of a batch, and its talk", ("batch.id", ASCENDING), *_BEGUN, _TALK),
    _calls("unit_begun", "dialects' lists of a unit by start", ("unit.id", ASCENDING), *_BEGUN),
    _calls(
        "unit_created",
        "dialects' lists of a unit by creation",
        ("unit.id", ASCENDING),
        ("created_at", DESCENDING),
        ("_id", DESCENDING),
        _OVER,
    ),
    _calls("words", "text, newest first", ("text.terms", ASCENDING), *NEWEST),
    _calls("report", "reports of what is in it, without reading a call", *((field, ASCENDING) for field in REPORTED)),
    _calls("numbers", "erasure of a number in any spelling", ("keys.numbers", ASCENDING)),
    _batches("batches_started", "batches, newest first", ("first_started_at", DESCENDING), ("_id", DESCENDING)),
    _batches("batches_begun", "RobotAppel's batches, and how many", ("begun_at", -1), ("_id", -1), ("count", 1)),
    _batches("batches_stale", "batches to be summed anew", ("stale", ASCENDING)),
    Index("tombstones", "tenant", "whether a tenant ever erased anything", (("tenant", ASCENDING),)),
    Index("export_rows", "export_rows_call", "erasure of ordered rows", (("uids", ASCENDING),)),
    Index(
        "aliases",
        "alias",
        "what an integer stands for; no two ids have one",
        (("tenant", ASCENDING), ("kind", ASCENDING), ("number", ASCENDING)),
        {"unique": True},
    ),
    Index("notes", "notes_call", "a call's internal notes", (("tenant", ASCENDING), ("uid", ASCENDING), ("id", -1))),
    Index("notes", "notes_author", "a key's own notes", (("tenant", ASCENDING), ("author", ASCENDING), ("id", -1))),
    Index("hooks", "hooks", "registered receivers", (("tenant", ASCENDING),)),
    _expiring("file_orders"),
    _expiring("seen_once"),
    _expiring("exports"),
    _expiring("export_rows"),
    Index("events", "expiry", "raw events end by themselves", (("expire_at", ASCENDING),), {"expireAfterSeconds": 0}),
)
