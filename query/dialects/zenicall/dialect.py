"""The routes of Zenicall, one row each; the more special path first."""

from collections.abc import Mapping
from typing import Any, Final

from query.auth import Scope
from query.dialects.bearer import bearer
from query.dialects.dialect import Answer, Dialect, Route
from query.dialects.zenicall import bulk, calls, export_files, exports, notes, schemas
from query.dialects.zenicall.refusals import fault

CALLS: Final = "/api/v1/call-logs"
NOTES: Final = "/api/v1/internal-notes"


def _route(  # noqa: PLR0917 - a row of a table is read by its places
    method: str, path: str, answer: Answer, scope: Scope, tells: str, schema: Mapping[str, Any]
) -> Route:
    return Route(method=method, path=path, answer=answer, scope=scope, tells=tells, schema=schema)


ZENICALL: Final = Dialect(
    name="zenicall",
    title="Zenicall call logs",
    under=(CALLS, NOTES),
    routes=(
        _route(
            "GET",
            f"{CALLS}/by-clinic/{{clinic_id}}",
            calls.by_clinic,
            Scope.READ,
            "List a clinic's calls.",
            schemas.BY_CLINIC,
        ),
        _route("GET", f"{CALLS}/new", calls.new, Scope.READ, "List a clinic's new calls.", schemas.NEW),
        _route("POST", f"{CALLS}/search", calls.search, Scope.READ, "Search a clinic's calls.", schemas.SEARCH),
        _route("POST", f"{CALLS}/export", exports.order, Scope.EXPORT, "Order a file.", schemas.EXPORT),
        _route(
            "POST",
            f"{CALLS}/export/preview",
            exports.preview,
            Scope.EXPORT,
            "Tell what a file would hold.",
            schemas.PREVIEW,
        ),
        _route(
            "GET",
            f"{CALLS}/export/download/{{export_id}}",
            exports.download,
            Scope.EXPORT,
            "Fetch an ordered file.",
            schemas.FILE,
        ),
        _route(
            "GET",
            f"{CALLS}/export/quick/{{kind}}/{{clinic_id}}",
            exports.quick,
            Scope.EXPORT,
            "Fetch a file at once.",
            schemas.QUICK,
        ),
        _route("POST", f"{CALLS}/bulk/update", bulk.update, Scope.WRITE, "Change many calls.", schemas.BULK),
        _route(
            "POST",
            f"{CALLS}/bulk/preview",
            bulk.preview,
            Scope.WRITE,
            "Tell what a change would reach.",
            schemas.BULK_PREVIEW,
        ),
        _route("GET", f"{CALLS}/{{call_log_id}}", calls.one, Scope.READ, "Read one call.", schemas.CALL),
        _route("PATCH", f"{CALLS}/{{call_log_id}}", calls.change, Scope.WRITE, "Change one call.", schemas.CHANGE),
        _route("POST", NOTES, notes.add, Scope.WRITE, "Write a note.", schemas.ADD_NOTE),
        _route("GET", f"{NOTES}/my-notes", notes.mine, Scope.READ, "List one's own notes.", schemas.NOTES),
        _route(
            "GET", f"{NOTES}/call-log/{{call_log_id}}", notes.of_call, Scope.READ, "List a call's notes.", schemas.NOTES
        ),
        _route("GET", f"{NOTES}/{{note_id}}", notes.one, Scope.READ, "Read one note.", schemas.NOTE),
        _route("PUT", f"{NOTES}/{{note_id}}", notes.change, Scope.WRITE, "Change one's note.", schemas.CHANGE_NOTE),
        _route("DELETE", f"{NOTES}/{{note_id}}", notes.remove, Scope.WRITE, "Remove one's note.", schemas.REMOVE_NOTE),
    ),
    authenticate=bearer,
    fault=fault,
    write_file=export_files.write,
    cors=True,
)
