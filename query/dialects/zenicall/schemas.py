"""What Zenicall's routes take and answer, as OpenAPI says it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from query.dialects.columns import (
    ANYTHING,
    FLAG,
    INTEGER,
    MAYBE_TEXT,
    TEXT,
    Schema,
    columns_schema,
    json_content,
    list_schema,
    member_schema,
)
from query.dialects.zenicall.items import DETAILED, LISTED, USER

ID: Final[Schema] = {"type": ["integer", "string"]}
ERROR: Final = member_schema({"detail": ANYTHING, "error_key": TEXT}, optional=True)
STATUSES: Final[Schema] = {"anyOf": [list_schema(TEXT), TEXT]}
_FILTERS: Final[Mapping[str, Schema]] = {
    "clinic_id": ID,
    **dict.fromkeys(("caller_first_name", "caller_last_name", "caller_phone_number"), MAYBE_TEXT),
    "reason_for_call": {"anyOf": [STATUSES, {"type": "null"}]},
    **dict.fromkeys(("start_date", "end_date"), MAYBE_TEXT),
    "status": {"anyOf": [STATUSES, {"type": "null"}]},
}
_EXPORT: Final[Mapping[str, Schema]] = {
    **_FILTERS,
    "format": TEXT,
    "fields": list_schema(TEXT),
    "order_by": TEXT,
    "order_direction": TEXT,
    "limit": {"type": ["integer", "null"], "minimum": 1},
    "filename": MAYBE_TEXT,
    "date_format": TEXT,
    **dict.fromkeys(("include_headers", "pretty_filename", "include_timestamp"), FLAG),
}
_BULK: Final[Mapping[str, Schema]] = {
    "clinic_id": ID,
    "action": TEXT,
    "call_log_ids": list_schema(ID),
    "new_status": MAYBE_TEXT,
    "max_records": {"type": "integer", "minimum": 1, "maximum": 1000},
    "confirm_operation": FLAG,
}
_NOTE: Final = member_schema(
    {
        "id": INTEGER,
        "content": TEXT,
        "call_log_id": ID,
        "created_by_user_id": INTEGER,
        "created_by": USER,
        "created_at": TEXT,
        "updated_at": TEXT,
    }
)


def _answers(schema: Schema, *, status: int = 200) -> Mapping[str, Any]:
    return {
        "responses": {
            str(status): {"description": "The answer.", **json_content(schema)},
            "default": {"description": "An error.", **json_content(ERROR)},
        }
    }


def _page(schema: Schema) -> Schema:
    counts = dict.fromkeys(("total", "page", "limit", "pages"), INTEGER)
    return member_schema({"items": list_schema(schema), **counts})


def _body(members: Mapping[str, Schema], *, required: Sequence[str]) -> Mapping[str, Any]:
    told = {**member_schema(members, optional=True), "required": list(required)}
    return {"requestBody": {"required": True, **json_content(told)}}


def _query(**members: Schema) -> list[Mapping[str, Any]]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in members.items()]


def _pages(largest: int = 100) -> list[Mapping[str, Any]]:
    return _query(page={"type": "integer", "minimum": 1}, limit={"type": "integer", "minimum": 1, "maximum": largest})


CALLS: Final = _answers(_page(columns_schema(LISTED)))
CALL: Final = _answers(columns_schema(DETAILED))
BY_CLINIC: Final = {
    "parameters": [
        *_query(search=TEXT),
        {"name": "status[]", "in": "query", "schema": list_schema(TEXT)},
        *_pages(),
    ],
    **CALLS,
}
NEW: Final = {"parameters": [*_query(clinic_id=ID), *_pages(50)], **CALLS}
SEARCH: Final = {
    "parameters": [*_query(order_by=TEXT, order_direction=TEXT), *_pages()],
    **_body(_FILTERS, required=["clinic_id"]),
    **CALLS,
}
CHANGE: Final = {**_body({"status": MAYBE_TEXT, "summary": MAYBE_TEXT}, required=[]), **CALL}
NOTE: Final = _answers(_NOTE)
NOTES: Final = {"parameters": _pages(), **_answers(_page(_NOTE))}
ADD_NOTE: Final = {
    **_body({"content": TEXT, "call_log_id": ID}, required=["content", "call_log_id"]),
    **_answers(_NOTE, status=201),
}
CHANGE_NOTE: Final = {**_body({"content": TEXT}, required=["content"]), **NOTE}
REMOVE_NOTE: Final = _answers(member_schema({"message": TEXT}))
EXPORT: Final = {
    **_body(_EXPORT, required=["clinic_id"]),
    **_answers(
        member_schema(
            {
                **dict.fromkeys(("export_id", "filename", "format", "download_url"), TEXT),
                **dict.fromkeys(("total_records", "file_size_bytes"), INTEGER),
                "clinic_id": ID,
                "fields_included": list_schema(TEXT),
                "filters_applied": {"type": "object"},
                **dict.fromkeys(("expires_at", "generated_at", "generated_by"), TEXT),
            }
        )
    ),
}
PREVIEW: Final = {
    **_body(_EXPORT, required=["clinic_id"]),
    **_answers(
        member_schema(
            {
                "clinic_id": ID,
                "total_records": INTEGER,
                "fields_to_include": list_schema(TEXT),
                **dict.fromkeys(("estimated_file_size", "filters_summary"), TEXT),
                "sample_data": list_schema({"type": "object"}),
            }
        )
    ),
}
_COUNTED: Final[Mapping[str, Schema]] = {"clinic_id": ID, "action": TEXT, "new_status": TEXT, "total_records": INTEGER}
BULK: Final = {
    **_body(_BULK, required=["clinic_id", "action", "call_log_ids"]),
    **_answers(member_schema({**_COUNTED, "updated_count": INTEGER})),
}
BULK_PREVIEW: Final = {
    **_body(_BULK, required=["clinic_id", "action", "call_log_ids"]),
    **_answers(member_schema({**_COUNTED, "sample_data": list_schema(columns_schema(LISTED))})),
}
FILE: Final[Mapping[str, Any]] = {
    "responses": {
        "200": {"description": "The file.", "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}},
        "default": {"description": "An error.", **json_content(ERROR)},
    }
}
QUICK: Final = {"parameters": _query(filename=TEXT, format=TEXT), **FILE}
