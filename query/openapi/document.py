"""The whole document, once for a process."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from query.dialects import DIALECTS
from query.dialects.openapi import SCHEMES
from query.dialects.openapi import paths as dialect_paths
from query.edge import Endpoint
from query.openapi.operations import OPERATIONS, Operation
from query.openapi.problems import problems
from query.openapi.schema import ref
from query.openapi.shapes import SCHEMAS

Json = dict[str, Any]

VERSION: Final = "1"  # of the API, as in its paths
_PROBLEM: Final = {"application/problem+json": {"schema": ref("Problem")}}
_TELLS: Final = (
    "Every call that voice platforms told of, in one shape. Times are UTC with milliseconds, durations seconds, "
    "amounts decimal strings. Errors are `application/problem+json` with a fixed `code`."
)


def document(endpoints: Iterable[Endpoint]) -> Json:
    """Return the OpenAPI 3.1 document of *endpoints*, which all have a row in `OPERATIONS`, and of the dialects."""
    paths: dict[str, Json] = {}
    for endpoint in endpoints:
        path = endpoint.path.replace(":path}", "}")
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, OPERATIONS[endpoint.method, path])
    for dialect in DIALECTS.values():
        for path, operations in dialect_paths(dialect).items():
            paths.setdefault(path, {}).update(operations)
    return {
        "openapi": "3.1.0",
        "info": {"title": "aftercall", "version": VERSION, "description": _TELLS},
        "paths": paths,
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": SCHEMES,
        },
        "security": [{"bearer": []}, {"key": []}],
        "x-problems": {code: {"status": each.status, "tells": each.__doc__} for code, each in problems().items()},
    }


def _operation(endpoint: Endpoint, row: Operation) -> Json:
    told: Json = {
        "operationId": row.id,
        "tags": [row.tag],
        "summary": endpoint.tells,
        "parameters": list(row.parameters),
        "responses": {str(status): _answer(status, body) for status, body in row.answers.items()},
    }
    told["responses"]["default"] = {"description": "Refused; `code` says why.", "content": _PROBLEM}
    if row.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(row.body)}}}
    if endpoint.scope is not None:
        told["description"] = f"Needs the scope `{endpoint.scope.value}`."
    return told | ({"security": []} if endpoint.open else {})


def _answer(status: int, content: Mapping[str, Json] | None) -> Json:
    told: Json = {"description": _STATUS.get(status, "Done.")}
    if content is None:
        return told
    return told | {"content": {media_type: {"schema": schema} for media_type, schema in content.items()}}


_STATUS: Final = {
    201: "Made.",
    204: "Gone.",
    206: "The part that was asked for.",
    302: "At the platform.",
    304: "Unchanged.",
}
