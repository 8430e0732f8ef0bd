"""What each endpoint takes and gives: one row an endpoint, by method and path."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from query.fields import FIELDS
from query.filters import FILTERS
from query.formats import FORMATS as FILES
from query.listing import INCLUDES, MOST_ROWS, ORDERS
from query.openapi.schema import FLAG, INTEGER, NUMBER, RANGE, TEXT, TIME, Schema, listed, ref, words
from query.transcripts import FORMATS
from query.views import CHOOSABLE
from schemas.words import RecordingChannel

JSON: Final = "application/json"
ID: Final[Schema] = {"name": "id", "in": "path", "required": True, "schema": TEXT, "description": "A uid or a number."}


class Operation(NamedTuple):
    """One endpoint's row."""

    id: str
    tag: str
    answers: Mapping[int, Mapping[str, Schema] | None]
    """Schemas by media type, by status; None: no body."""
    parameters: tuple[Schema, ...] = ()
    body: str | None = None


def _in_url(name: str, schema: Schema, tells: str, *, many: bool = False) -> Schema:
    shape = listed(schema) if many else schema
    style = {"style": "form", "explode": True} if many else {}
    return {"name": name, "in": "query", "required": False, "schema": shape, "description": tells, **style}


def _value(name: str) -> Schema:
    kind = FIELDS[FILTERS[name].field].kind
    amount: Schema = NUMBER | RANGE
    shapes: dict[str, Schema] = {
        "flag": FLAG,
        "integer": INTEGER | RANGE,
        "time": TIME,
        "number": amount,
        "money": amount,
    }
    return words(kind.words) if kind.words else shapes.get(kind.name, TEXT)


_FILTERS: Final = tuple(
    _in_url(name, _value(name), f"{FIELDS[row.field].tells} Repeated: any of.", many=True)
    for name, row in FILTERS.items()
)
_LIMIT: Final = _in_url("limit", INTEGER | {"minimum": 1, "maximum": MOST_ROWS, "default": 50}, "Rows of a page.")
_CURSOR: Final = _in_url("cursor", TEXT, "`next_cursor` of the page before.")
_LIST: Final = (
    _in_url("order", words(ORDERS), "What to sort by; `-` for descending."),
    _LIMIT,
    _CURSOR,
    _in_url("include_total", FLAG, "Count all that match, exactly."),
    {**_in_url("fields", listed(words(CHOOSABLE)), "Comma-separated."), "style": "form", "explode": False},
    {**_in_url("include", listed(words(INCLUDES)), "Comma-separated."), "style": "form", "explode": False},
)
_IF_MATCH: Final[Schema] = {"name": "If-Match", "in": "header", "required": False, "schema": TEXT}
_EVENT_ID: Final = ID | {"name": "event_id", "description": "An event's id, or that of one of its versions."}
_CHANNEL: Final = ID | {"name": "channel", "schema": words(RecordingChannel), "description": "Which voices."}


def _json(name: str) -> Mapping[str, Schema]:
    return {JSON: ref(name)}


def _files(media_types: Iterable[str], schema: Schema) -> Mapping[str, Schema]:
    return {each.partition(";")[0]: schema for each in media_types}


_ONE: Final = "/v1/calls/{id}"
_BYTES: Final[Mapping[str, Schema]] = {"*/*": {}}
_SPOKEN: Final = {**_files((each.media_type for each in FORMATS.values()), TEXT), **_json("Transcript")}
_EXPORTED: Final = _files((each.media_type for each in FILES.values()), {})

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("GET", "/v1/calls"): Operation("listCalls", "calls", {200: _json("Calls")}, (*_FILTERS, *_LIST)),
    ("POST", "/v1/calls/search"): Operation("searchCalls", "calls", {200: _json("Calls")}, body="Search"),
    ("POST", "/v1/calls/bulk"): Operation("editCalls", "edits", {200: _json("BulkResults")}, body="Bulk"),
    ("GET", _ONE): Operation("readCall", "calls", {200: _json("Call"), 304: None}, (ID,)),
    ("PATCH", _ONE): Operation("editCall", "edits", {200: _json("Call")}, (ID, _IF_MATCH), body="Patch"),
    ("DELETE", _ONE): Operation("eraseCall", "erasure", {200: _json("Erasure")}, (ID,)),
    ("GET", f"{_ONE}/transcript"): Operation(
        "readTranscript",
        "calls",
        {200: _SPOKEN},
        (ID, _in_url("format", words(FORMATS), "How it is written.")),
    ),
    ("GET", f"{_ONE}/recordings/{{channel}}"): Operation(
        "fetchRecording", "calls", {200: _BYTES, 206: _BYTES, 302: None}, (ID, _CHANNEL)
    ),
    ("GET", f"{_ONE}/events"): Operation("listEvents", "calls", {200: _json("Events")}, (ID,)),
    ("GET", f"{_ONE}/events/{{event_id}}"): Operation("readEvent", "calls", {200: _BYTES}, (ID, _EVENT_ID)),
    ("GET", f"{_ONE}/history"): Operation("readHistory", "edits", {200: _json("History")}, (ID,)),
    ("POST", f"{_ONE}/evaluations"): Operation(
        "scoreCall", "scores", {201: _json("Evaluation")}, (ID,), body="NewEvaluation"
    ),
    ("GET", "/v1/criteria"): Operation("listCriteria", "scores", {200: _json("Criteria")}),
    ("POST", "/v1/criteria"): Operation("addCriterion", "scores", {201: _json("Criterion")}, body="NewCriterion"),
    ("PATCH", "/v1/criteria/{id}"): Operation(
        "changeCriterion", "scores", {200: _json("Criterion")}, (ID,), body="CriterionPatch"
    ),
    ("DELETE", "/v1/criteria/{id}"): Operation("removeCriterion", "scores", {204: None}, (ID,)),
    ("POST", "/v1/analytics"): Operation("report", "reports", {200: _json("Report")}, body="ReportQuestion"),
    ("GET", "/v1/batches"): Operation(
        "listBatches",
        "batches",
        {200: _json("Batches")},
        (
            _LIMIT,
            _CURSOR,
            _in_url("started_after", TIME, "Their first call started then or later."),
            _in_url("started_before", TIME, "Their first call started before."),
        ),
    ),
    ("GET", "/v1/batches/{id}"): Operation("readBatch", "batches", {200: _json("Batch")}, (ID,)),
    ("POST", "/v1/erasures"): Operation("eraseNumber", "erasure", {200: _json("Erasure")}, body="NewErasure"),
    ("POST", "/v1/exports"): Operation("orderExport", "exports", {201: _json("Export")}, body="NewExport"),
    ("GET", "/v1/exports/{id}"): Operation("readExport", "exports", {200: _json("Export")}, (ID,)),
    ("GET", "/v1/exports/{id}/{name}"): Operation(
        "fetchExport",
        "exports",
        {200: _EXPORTED},
        (
            ID,
            ID | {"name": "name", "description": "The file's name, as the URL tells it."},
            _in_url("expires", INTEGER, "As the URL tells it."),
            _in_url("signature", TEXT, "As the URL tells it."),
        ),
    ),
    ("GET", "/v1/live"): Operation("watch", "calls", {200: {"text/event-stream": TEXT}}, _FILTERS),
    ("GET", "/v1/me"): Operation("me", "keys", {200: _json("Me")}),
}
