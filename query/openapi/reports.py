"""Measures over calls, and the sums of batches."""

from typing import Final

from query.analytics import MEASURES, MOST_GROUPS
from query.buckets import Interval
from query.openapi.schema import (
    AMOUNT,
    ANYTHING,
    INTEGER,
    MAYBE_TEXT,
    NUMBER,
    TEXT,
    TIME,
    Schema,
    by_name,
    listed,
    members,
    or_null,
    ref,
    words,
)
from schemas.report import Group

_BATCH: Final[dict[str, Schema]] = {
    "id": TEXT,
    "name": MAYBE_TEXT,
    "count": INTEGER,
    "outcomes": by_name(INTEGER),
    "cost": by_name(AMOUNT),
    "talk_s": NUMBER,
    **dict.fromkeys(("first_started_at", "last_started_at"), or_null(TIME)),
}

REPORTS: Final[dict[str, Schema]] = {
    "ReportQuestion": members(
        {
            "measures": or_null(listed(words(MEASURES), minItems=1, uniqueItems=True)),
            "group_by": or_null(listed(words(Group), maxItems=MOST_GROUPS, uniqueItems=True)),
            "interval": or_null(words(Interval)),
            "time_zone": MAYBE_TEXT,
            "filter": or_null(ref("Filter")),
        },
        required=(),
    ),
    "Report": members({"rows": listed(by_name(ANYTHING))}),
    "Batch": members(_BATCH),
    "Batches": members({"batches": listed(ref("Batch")), "next_cursor": MAYBE_TEXT}),
}
