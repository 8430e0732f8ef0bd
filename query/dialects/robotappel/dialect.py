"""RobotAppel as a row of the table: its routes, with the schemas of what goes in and out."""

from typing import Any, Final

from query.auth import Scope
from query.dialects.bearer import bearer
from query.dialects.columns import (
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
from query.dialects.dialect import Dialect, Route
from query.dialects.robotappel import answers, batches, bodies, files, refusals
from query.dialects.robotappel.calls import COLUMNS, EXPORTED
from runtime.config import Key

RATES: Final = ((100, 60), (1000, 3600), (10_000, 86_400))
"""Requests and seconds of a whole organisation, as the vendor tells them; a key's own rate takes their place."""

_CALL: Final = columns_schema(COLUMNS)
_BATCH: Final = columns_schema(batches.BATCH)
_PAGED: Final = {"page": {"type": "integer", "default": 1}, "limit": {"type": "integer", "default": 10}}
_FILTERS: Final = dict.fromkeys((*bodies.TEXTS, "qualification"), TEXT)
_AVERAGE: Final = {"averageCallDuration": NUMBER}
_PAGES: Final = {"total": INTEGER, "page": INTEGER, "limit": INTEGER, "totalPages": INTEGER}
_HISTORY: Final = member_schema({**_PAGES, "calls": list_schema(_CALL), **_AVERAGE, "total_call_time": NUMBER})
_BATCHES: Final = member_schema({**_PAGES, "batches": list_schema(_BATCH)})
_HEADER: Final = {
    "name": "header",
    "in": "query",
    "description": f"Columns of the file, separated by commas: {', '.join(column.name for column in EXPORTED)}.",
    "schema": TEXT,
}


def _body(members: Schema, *, required: bool = False) -> Schema:
    return {"requestBody": {"required": required, **json_content(member_schema(members, optional=not required))}}


def _told(schema: Schema) -> Schema:
    return answered(schema, error=refusals.ERROR)


def _row(method: str, path: str, tells: str, answer: answers.Answer, scope: Scope, **schema: Any) -> Route:
    return Route(method=method, path=path, tells=tells, scope=scope, answer=answers.paid(answer), schema=schema)


ROUTES: Final = (
    _row(
        "POST",
        "/callHistory/GetCallHistory",
        "List calls.",
        answers.history,
        Scope.READ,
        **_body({**_FILTERS, "callId": TEXT, **_PAGED}),
        responses=_told(_HISTORY),
    ),
    _row(
        "POST",
        "/callHistory/ExportCallHistory",
        "Order a file of the calls that match.",
        answers.export,
        Scope.EXPORT,
        parameters=[_HEADER],
        **_body(_FILTERS),
        responses=_told(member_schema({"url": TEXT})),
    ),
    _row(
        "POST",
        "/callHistory/ExportCallHistoryById",
        "Order a file of the calls that are named.",
        answers.export_by_id,
        Scope.EXPORT,
        parameters=[_HEADER],
        **_body({"callIds": list_schema(TEXT)}, required=True),
        responses=_told(member_schema({"url": TEXT})),
    ),
    _row(
        "GET",
        "/callHistory/batch-status/{id}",
        "How far a batch is.",
        answers.batch_status,
        Scope.READ,
        responses=_told(_BATCH),
    ),
    _row(
        "GET",
        "/callHistory/retrieveCallInfo/{callId}",
        "Read one call.",
        answers.call_info,
        Scope.READ,
        responses=_told(_CALL),
    ),
    _row(
        "POST",
        "/callHistory/getBatchHistory",
        "List batches.",
        answers.batch_history,
        Scope.READ,
        **_body({"batchName": TEXT, "status": TEXT, "direction": TEXT, **_PAGED}),
        responses=_told(_BATCHES),
    ),
    _row(
        "GET",
        "/callHistory/averageCallDuration",
        "How long calls are on average.",
        answers.average_duration,
        Scope.READ,
        responses=_told(member_schema(_AVERAGE)),
    ),
    _row(
        "POST",
        "/notes/addNote/{callSid}",
        "Put a note on a call.",
        answers.add_note,
        Scope.WRITE,
        **_body({"notes": {"type": "string", "maxLength": bodies.LONGEST_NOTE}}, required=True),
        responses=_told(_CALL),
    ),
)


def _rates(key: Key) -> tuple[tuple[int, int], ...]:
    return RATES if key.requests_per_minute is None else ((key.requests_per_minute, 60),)


ROBOTAPPEL: Final = Dialect(
    name=answers.NAME,
    title="RobotAppel call history",
    under=("/callHistory", "/notes"),
    routes=ROUTES,
    authenticate=bearer,
    fault=refusals.fault,
    rates=_rates,
    rates_together=lambda key: key.requests_per_minute is None,
    write_file=files.write,
    ignore_case=True,
)
