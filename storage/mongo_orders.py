"""The orders of dialects' lists in MongoDB: what each compares, all total, so that a closed window never shifts."""

from collections.abc import Mapping
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING

from schemas.window import Sort, SortBy
from storage.mongo_endings import ENDING

_PATHS: Final[Mapping[SortBy, str]] = {
    SortBy.STARTED_AT: "started_at",
    SortBy.BEGUN_AT: "keys.begun_at",
    SortBy.CREATED_AT: "created_at",
    SortBy.UPDATED_AT: "updated_at",
    SortBy.NUMBER: "number",
    SortBy.TOOLZZ_S: "toolzz_s",
    SortBy.COST: "cost.micros",
    SortBy.TITLE: "title",
    SortBy.CHANNEL: "channel",
    SortBy.ENDING: "ending",
    SortBy.CUSTOMER_NUMBER: "customer_number",
    SortBy.SUCCESS: "success",
    SortBy.WORKFLOW: "workflow",
    SortBy.CUSTOMER_LAST: "customer.last",
}
_RECORD: Final = (("keys.record", -1), ("number", 1))
"""Tanyi's own integers are kept negated, and lie below all numbers."""
SORTS: Final[Mapping[SortBy, tuple[tuple[str, int], ...]]] = {
    **{by: ((path, 1), ("_id", 1)) for by, path in _PATHS.items()},
    SortBy.RECORD_ID: _RECORD,
}
"""What each order compares, and which way when it rises."""
COMPUTED: Final[Mapping[SortBy, Mapping[str, Any]]] = {
    SortBy.ENDING: ENDING,
    SortBy.TOOLZZ_S: {"$ifNull": ["$keys.own_s.toolzz", "$talk_s"]},
}
"""What is compared that no document holds."""


def order_of(sort: Sort) -> list[tuple[str, int]]:
    """Return the keys of a total order."""
    way = DESCENDING if sort.descending else ASCENDING
    return [(path, way * sign) for path, sign in SORTS[sort.by]]
