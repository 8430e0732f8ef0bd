"""A dialect's own OpenAPI document, from its route table."""

import re
from collections.abc import Mapping
from typing import Any, Final

from query.dialects.dialect import Dialect, Route

VERSION: Final = "3.1.0"
SCHEMES: Final[Mapping[str, Any]] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    **{name: {"type": "apiKey", "in": "header", "name": name} for name in ("appKey", "signature")},
}
"""How a request can prove whose it is."""
_PART: Final = re.compile(r"\{(\w+)\}")


def openapi(dialect: Dialect) -> dict[str, Any]:
    """Return the document; every route is in it."""
    return {
        "openapi": VERSION,
        "info": {"title": dialect.title, "version": "1"},
        "paths": paths(dialect),
        "components": {"securitySchemes": {name: SCHEMES[name] for together in dialect.proofs for name in together}},
    }


def paths(dialect: Dialect) -> dict[str, dict[str, Any]]:
    """Return the dialect's paths, each with its operations."""
    found: dict[str, dict[str, Any]] = {}
    for route in dialect.routes:
        found.setdefault(route.path, {})[route.method.lower()] = _operation(dialect, route)
    return found


def _operation(dialect: Dialect, route: Route) -> Mapping[str, Any]:
    told = dict(route.schema)
    parts = [
        {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}
        for part in _PART.findall(route.path)
    ]
    told["parameters"] = [*parts, *told.get("parameters", ())]
    told.setdefault("responses", {"default": {"description": "The dialect's own answer.", "content": _ANY_JSON}})
    path = re.sub(r"\W+", "_", route.path).strip("_")
    proofs = () if route.open_answer is not None else dialect.proofs
    return {
        "tags": [dialect.name],
        "operationId": f"{dialect.name}_{route.method.lower()}_{path}",
        "summary": route.tells,
        "security": [{name: [] for name in together} for together in proofs],
        **told,
    }


_ANY_JSON: Final[Mapping[str, Any]] = {"application/json": {"schema": {}}}
