"""The URL as the sender called it, for signatures that cover it."""

from collections.abc import Mapping
from typing import Any

from ingest.headers import Headers
from runtime.proxies import Trusted, origin


def url_of(scope: Mapping[str, Any], *, headers: Headers, public_url: str | None, trusted: Trusted) -> str:
    """Return *public_url* with the request's query unless it has one of its own; without it, what the request tells."""
    query = scope["query_string"].decode("latin-1")
    if public_url is not None:
        return public_url if "?" in public_url or not query else f"{public_url}?{query}"
    path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    return f"{origin(scope, header=headers.last, trusted=trusted)}{path}{'?' if query else ''}{query}"
