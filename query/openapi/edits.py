"""What people change of a call, and what was changed."""

from typing import Final

from query.changes import INTENT, LONGEST_TAG, MOST_TAGS
from query.edits import MOST_CHANGED
from query.openapi.schema import (
    ANYTHING,
    FLAG,
    INTEGER,
    MAYBE_TEXT,
    TEXT,
    TIME,
    VISIBLE,
    Schema,
    listed,
    members,
    or_null,
    ref,
    words,
)
from schemas.words import Reason, Workflow

_ANY_ID: Final[Schema] = {"description": "A call's uid or number; what is neither is 422 in its own row."}

_PATCH: Final[dict[str, Schema]] = {
    **dict.fromkeys(("summary", "note", "title"), MAYBE_TEXT),
    "workflow": or_null(words(Workflow)),
    "reason": or_null(words(Reason)),
    **dict.fromkeys(("read", "success"), or_null(FLAG)),
    "tags": or_null(listed(TEXT | {"minLength": 1, "maxLength": LONGEST_TAG, "pattern": VISIBLE}, maxItems=MOST_TAGS)),
    "intent": or_null(members(dict.fromkeys(INTENT, MAYBE_TEXT), required=())),
}

EDITS: Final[dict[str, Schema]] = {
    "Patch": members(_PATCH, required=()),
    "Bulk": {
        "oneOf": [
            members({"ids": listed(_ANY_ID, maxItems=MOST_CHANGED), "patch": ref("Patch")}),
            members({"filter": ref("Filter"), "patch": ref("Patch")}),
        ]
    },
    "BulkResults": members({"results": listed(members({"id": ANYTHING, "status": INTEGER, "error": MAYBE_TEXT}))}),
    "History": members(
        {"history": listed(members({"at": TIME, "key": TEXT, "field": TEXT, "from": ANYTHING, "to": ANYTHING}))}
    ),
}
