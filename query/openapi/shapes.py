"""Every shape that the API takes and gives, by its name."""

from typing import Final

from query.openapi.calls import CALLS
from query.openapi.edits import EDITS
from query.openapi.exports import EXPORTS
from query.openapi.filters import FILTERS
from query.openapi.problems import PROBLEMS
from query.openapi.reports import REPORTS
from query.openapi.schema import INTEGER, TEXT, TIME, Schema, listed, members, or_null
from query.openapi.scores import SCORES

_OTHERS: Final[dict[str, Schema]] = {
    "NewErasure": members({"number": TEXT | {"minLength": 1, "maxLength": 200}}),
    "Erasure": members(
        {
            "erased": INTEGER,
            "tombstone": members({"id": TEXT, "erased_at": TIME}),
            "copies_end": members({"stream": TIME, "dead_letters": TIME}),
        }
    ),
    "Me": members(
        {
            "tenant": TEXT,
            "key": TEXT,
            "scopes": listed(TEXT),
            "requests_per_minute": or_null(INTEGER),
            "units": or_null(listed(TEXT)),
        }
    ),
}

SCHEMAS: Final = {**PROBLEMS, **CALLS, **FILTERS, **EDITS, **SCORES, **REPORTS, **EXPORTS, **_OTHERS}
