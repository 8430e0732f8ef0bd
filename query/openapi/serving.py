"""The document and its page over HTTP; neither needs a key."""

from collections.abc import Sequence
from functools import cache

import msgspec
from starlette.responses import Response

from query.asked import Asked, etag, matches
from query.edge import Endpoint
from query.openapi.document import document
from query.openapi.page import page

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


class Described:
    """The endpoints that describe the others."""

    def __init__(self, table: Sequence[Endpoint]) -> None:
        """Describe *table*, once it is asked for."""
        self._document = cache(lambda: msgspec.json.encode(document(table)))
        self._page = cache(lambda: page(document(table)).encode())

    async def json(self, asked: Asked) -> Response:
        """Answer with the OpenAPI document."""
        return _kept(asked, self._document(), media_type="application/json")

    async def html(self, asked: Asked) -> Response:
        """Answer with the page."""
        return _kept(asked, self._page(), media_type="text/html; charset=utf-8")


def _kept(asked: Asked, content: bytes, *, media_type: str) -> Response:
    headers = {"ETag": etag(content), "Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
    if matches(asked.request.headers.get("if-none-match"), headers["ETag"], weak=True):
        return Response(None, 304, headers)
    return Response(content, headers=headers, media_type=media_type)
