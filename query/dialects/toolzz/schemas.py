"""What Toolzz' routes take and answer, as OpenAPI says it."""

from collections.abc import Mapping
from typing import Any, Final

from query.dialects.columns import (
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    Schema,
    answered,
    columns_schema,
    json_content,
    list_schema,
    member_schema,
)
from query.dialects.toolzz.items import COLUMNS

ERROR: Final = member_schema({"message": TEXT})
_FILTERS: Final = member_schema(
    {
        "search": TEXT,
        "operator": TEXT,
        "date": TEXT,
        "startDate": TEXT,
        "endDate": TEXT,
        "nDays": {"type": "number", "minimum": 0},
    },
    optional=True,
)
_PAGE: Final = {"type": "integer", "minimum": 1}
_BODY: Final = member_schema(
    {
        "filters": _FILTERS,
        "pagination": member_schema({"page": _PAGE, "pageSize": _PAGE}, optional=True),
        "orderBy": member_schema({"column": TEXT, "direction": TEXT}, optional=True),
    },
    optional=True,
)
_PAGINATION: Final = member_schema(
    {
        "currentPage": INTEGER,
        "hasNextPage": FLAG,
        "hasPreviousPage": FLAG,
        "pageSize": INTEGER,
        "totalItems": NUMBER,
        "totalPages": NUMBER,
    }
)


def _responses(schema: Schema) -> Mapping[str, Any]:
    return {"responses": answered(schema, error=ERROR)}


SEARCH: Final[Mapping[str, Any]] = {
    "requestBody": {"required": True, **json_content(_BODY)},
    **_responses(
        member_schema({"message": TEXT, "items": list_schema(columns_schema(COLUMNS)), "pagination": _PAGINATION})
    ),
}
ONE: Final[Mapping[str, Any]] = _responses(columns_schema(COLUMNS))
