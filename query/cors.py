"""Which pages of other origins may ask: those of `AFTERCALL_CORS_ORIGINS`, without credentials."""

from collections.abc import Iterable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

ANY: Final = "*"
_ASKS: Final = "Authorization, Content-Type, If-Match, If-None-Match, Last-Event-ID, Range, X-API-Key"
_READS: Final = "Content-Disposition, ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
_REMEMBERED_S: Final = "600"  # a preflight; browsers cap it anyway


class Cors:
    """The origins that were configured; none: browsers keep other pages out."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        """Let pages of *origins* ask; `*` stands for all."""
        self._origins: Final = frozenset(origins)

    def headers(self, request: Request) -> Mapping[str, str]:
        """Return what lets the page that asks read the answer."""
        origin = request.headers.get("origin")
        if origin is None or not self._origins:
            return {}
        if ANY not in self._origins and origin not in self._origins:
            return {"Vary": "Origin"}
        return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _READS, "Vary": "Origin"}

    def preflight(self, request: Request, methods: Iterable[str]) -> Response | None:
        """Return the answer to a browser's question before the question, None where *request* is none."""
        if request.method != "OPTIONS" or "access-control-request-method" not in request.headers:
            return None
        told = self.headers(request)
        if "Access-Control-Allow-Origin" not in told:
            return None
        allowed = {"Access-Control-Allow-Methods": ", ".join(sorted(methods)), "Access-Control-Allow-Headers": _ASKS}
        return Response(None, 204, {**told, **allowed, "Access-Control-Max-Age": _REMEMBERED_S})
