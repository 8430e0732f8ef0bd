"""OMICall as a row of the table: its routes, with the schemas of what goes in and out."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from query.auth import Scope
from query.dialects.columns import (
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    Schema,
    columns_schema,
    json_content,
    list_schema,
    member_schema,
)
from query.dialects.dialect import Answer, Dialect, Route
from query.dialects.omicall import access, answers, envelope, hooks, questions, reports, scores
from query.dialects.omicall.items import ITEM, SEARCHED

_ITEM: Final = columns_schema(ITEM)
_TOKEN: Final = member_schema({"access_token": TEXT, "access_type": TEXT, "token_type": TEXT})
_PAGES: Final = {
    **dict.fromkeys(("page_number", "page_size", "total_items", "total_pages", "next_page", "previous_page"), INTEGER),
    **dict.fromkeys(("has_next", "has_previous"), FLAG),
}
_SEARCH_PAGES: Final = {
    **dict.fromkeys(("pageNumber", "pageSize", "totalItems", "totalPages", "nextPage", "previousPage"), INTEGER),
    **dict.fromkeys(("hasNext", "hasPrevious"), FLAG),
}
_LISTS: Final = list_schema(TEXT)
_EVALUATION: Final = member_schema(
    {
        "comment": TEXT,
        "values": list_schema(member_schema({"criteria_id": TEXT, "name": TEXT, "point": NUMBER}, optional=True)),
    },
    optional=True,
)


def _query(names: Sequence[str], **schemas: Schema) -> Mapping[str, Any]:
    told = {**dict.fromkeys(names, TEXT), **schemas}
    return {"parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in told.items()]}


def _body(members: Mapping[str, Schema]) -> Mapping[str, Any]:
    return {"requestBody": {"required": True, **json_content(member_schema(members, optional=True))}}


def _row(method: str, path: str, tells: str, answer: Answer, scope: Scope, *, payload: Schema, **schema: Any) -> Route:
    told = {**schema, "responses": envelope.schema(payload)}
    return Route(method=method, path=path, tells=tells, scope=scope, answer=answer, schema=told)


_WINDOW: Final = {"from_date": NUMBER, "to_date": NUMBER}
_PAGED: Final = {"page": INTEGER, "size": INTEGER}
_CALLS: Final = "/api/call_transaction"

ROUTES: Final = (
    Route(
        method="GET",
        path="/api/auth",
        tells="Get an access token.",
        open_answer=access.token,
        schema={**_query(["apiKey"]), "responses": envelope.schema(_TOKEN)},
    ),
    _row(
        "GET",
        f"{_CALLS}/list",
        "List calls.",
        answers.listed,
        Scope.READ,
        payload=member_schema({"items": list_schema(_ITEM), **_PAGES}),
        **_query(questions.LISTED, **_WINDOW, **_PAGED),
    ),
    _row(
        "POST",
        f"{_CALLS}/search",
        "Search calls in detail.",
        answers.searched,
        Scope.READ,
        payload=member_schema({"items": list_schema(columns_schema(SEARCHED)), **_SEARCH_PAGES}),
        **_query([], **_PAGED),
        **_body({**dict.fromkeys(questions.SEARCHED, _LISTS), **_WINDOW}),
    ),
    _row(
        "GET",
        f"{_CALLS}/detail/{{transaction_id}}",
        "Read one call.",
        answers.detail,
        Scope.READ,
        payload=_ITEM,
    ),
    _row(
        "POST",
        f"{_CALLS}/change/{{transaction_id}}",
        "Put tags or a note on a call.",
        answers.change,
        Scope.WRITE,
        payload=_ITEM,
        **_body({"tag": _LISTS, "note": TEXT}),
    ),
    _row(
        "GET",
        f"{_CALLS}/report",
        "Count calls by direction and disposition.",
        answers.report,
        Scope.READ,
        payload=reports.SCHEMA,
        **_query(questions.REPORTED, **_WINDOW),
    ),
    _row(
        "GET",
        "/api/evaluation_criteria/call/list",
        "List what calls are scored by.",
        answers.criteria,
        Scope.READ,
        payload=list_schema(scores.CRITERION),
    ),
    _row(
        "POST",
        f"{_CALLS}/add_evaluation/{{transaction_id}}",
        "Score a call.",
        answers.add_evaluation,
        Scope.WRITE,
        payload=_ITEM,
        **_body({"user_uuid": TEXT, "evaluation": _EVALUATION}),
    ),
    _row(
        "GET",
        "/api/v3/call-transaction/evaluation-criteria/list",
        "List what calls are scored by.",
        answers.criteria,
        Scope.READ,
        payload=list_schema(scores.CRITERION),
    ),
    _row(
        "POST",
        "/api/v3/call-transaction/add-evaluation",
        "Score a call.",
        answers.add_evaluation_3,
        Scope.WRITE,
        payload=_ITEM,
        **_body({"transactionId": TEXT, "agentId": TEXT, "evaluation": _EVALUATION}),
    ),
    _row(
        "GET",
        "/api/webhooks/list",
        "List receivers; nothing is sent to them yet.",
        hooks.registered,
        Scope.READ,
        payload=hooks.SCHEMA,
    ),
    _row(
        "POST",
        "/api/webhooks/register",
        "Register a receiver; nothing is sent to it yet.",
        hooks.register,
        Scope.WRITE,
        payload=hooks.SCHEMA,
        **_body({"webhook": member_schema({"type": TEXT, "url": TEXT, "events": _LISTS}, optional=True)}),
    ),
    _row(
        "POST",
        "/api/webhooks/destroy",
        "Forget the receivers of a type.",
        hooks.destroy,
        Scope.WRITE,
        payload=hooks.SCHEMA,
        **_query(["hook_type"]),
    ),
)

OMICALL: Final = Dialect(
    name=access.NAME,
    title="OMICall call transactions",
    under=(
        "/api/auth",
        _CALLS,
        "/api/evaluation_criteria",
        "/api/webhooks",
        "/api/v3/call-transaction",
    ),
    routes=ROUTES,
    authenticate=access.authenticate,
    proofs=(("bearer",), ("key",)),
    fault=envelope.fault,
    cors=True,
)
