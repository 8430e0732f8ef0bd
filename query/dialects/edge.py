"""What surrounds every dialect: its paths, its callers, its rates, and one place where faults take its shape."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from query.auth import Caller
from query.cors import ANY
from query.dialects.dialect import Ask, Asked, Dialect, Fault, Faulted, File, Keys, Refused, Reply, Route
from query.dialects.openapi import openapi
from query.dialects.rates import Rates
from query.dialects.shelf import Shelf
from query.streamed import Streamed
from storage.errors import Away, TooSlow

LONGEST_S: Final = 10.0  # as for a native question
LARGEST_BODY: Final = 1_000_000  # bytes, as for a native question
SLOWEST_BODY_S: Final = 10.0
MOST_PARAMETERS: Final = 2000
RETRY_S: Final = 5
_SLASHES: Final = re.compile("/{2,}")
_encode: Final = msgspec.json.Encoder(decimal_format="number").encode
log = logging.getLogger(__name__)

ShelfFor = Callable[[Caller, Ask], Shelf]
FILES: Final = re.compile(r"/files/([0-9a-f]{32})")
"""Below `/dialects/{name}`: ordered files, by URLs that we signed."""
OPENAPI: Final = "/openapi.json"


class DialectApp:
    """One dialect as an ASGI app; it serves every path below the dialect's prefixes and never raises."""

    def __init__(
        self,
        dialect: Dialect,
        *,
        keys: Callable[[], Keys],
        shelf_for: ShelfFor,
        clock: Callable[[], datetime],
        files: Callable[[Request, str, Dialect], Awaitable[Response]],
        public_url: str | None = None,
        cors_origins: frozenset[str] = frozenset({ANY}),
    ) -> None:
        """Look callers up in *keys*, bind a shelf to each; *files* answers for an ordered file.

        Pages of *cors_origins* may ask, without credentials; clients reach us at *public_url* if it is set.
        """
        self._cors_origins: Final = cors_origins
        self._public_url: Final = public_url
        self._files: Final = files
        self._document: Final = openapi(dialect)
        self._dialect: Final = dialect
        self._keys: Final = keys
        self._shelf_for: Final = shelf_for
        self._clock: Final = clock
        self._rates: Final = Rates(clock)
        flags = re.IGNORECASE if dialect.ignore_case else 0
        self._prefix: Final = re.compile(rf"/dialects/{dialect.name}(?=/|$)", flags)
        self._routes: Final = [(re.compile(_pattern(route.path), flags), route) for route in dialect.routes]

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request in the dialect's own shape."""
        request = Request(scope, receive)
        response = await self._answer(request)
        for name, value in self._cors(request).items():
            response.headers.setdefault(name, value)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        ask = self._ask(request)
        try:
            if request.method == "OPTIONS" and self._dialect.cors:
                return Response(None, 204)
            if (special := await self._special(request, ask)) is not None:
                return special
            route, parts = self._route(ask)
            ask = msgspec.structs.replace(ask, parts=parts, body=await _body(request))
            async with asyncio.timeout(LONGEST_S):
                reply = await self._reply(route, ask)
        except Refused as refused:
            reply = refused.reply
        except Exception as error:  # noqa: BLE001 - the edge: everything becomes an answer of the dialect's shape
            reply = self._dialect.fault(self._faulted(error, ask), ask)
        return _response(reply)

    async def _special(self, request: Request, ask: Ask) -> Response | None:
        """Answer what is ours and not the dialect's: its document and its files."""
        if ask.method != "GET" or not _SLASHES.sub("/", request.scope["path"]).startswith("/dialects/"):
            return None
        if ask.path == OPENAPI:
            return _response(Reply(body=self._document))
        if (match := FILES.fullmatch(ask.path)) is not None:
            return await self._files(request, match[1], self._dialect)
        return None

    async def _reply(self, route: Route, ask: Ask) -> Reply:
        keys = self._keys()
        if route.open_answer is not None:
            return await route.open_answer(ask, keys)
        caller = self._dialect.authenticate(ask, keys)
        if self._dialect.name in caller.key.dialect.off:
            raise Faulted(Fault.SWITCHED_OFF, "This dialect is switched off for this key.")
        together = self._dialect.rates_together(caller.key)
        self._rates.take(caller.key, self._dialect.rates(caller.key), together=together)
        if route.scope is not None and route.scope.value not in caller.key.scopes:
            raise Faulted(Fault.SCOPE, f"This key lacks the scope {route.scope.value!r}.")
        answer: Callable[[Asked], Awaitable[Reply]] | None = route.answer
        if answer is None:
            raise Faulted(Fault.NO_PATH)
        return await answer(Asked(ask=ask, caller=caller, shelf=self._shelf_for(caller, ask)))

    def _route(self, ask: Ask) -> tuple[Route, Mapping[str, str]]:
        found: list[str] = []
        for pattern, route in self._routes:
            match = pattern.fullmatch(ask.path)
            if match is None:
                continue
            if route.method == ask.method:
                return route, {name: unquote(part) for name, part in match.groupdict().items()}
            found.append(route.method)
        if found:
            raise Faulted(Fault.METHOD, ", ".join(sorted(set(found))))
        raise Faulted(Fault.NO_PATH)

    def _ask(self, request: Request) -> Ask:
        raw = request.scope.get("raw_path") or request.scope["path"].encode()
        path = _SLASHES.sub("/", raw.decode("utf-8", "replace").partition("?")[0])
        if (prefix := self._prefix.match(path)) is not None:
            path = path[prefix.end() :]
        return Ask(
            method="GET" if request.method == "HEAD" else request.method,
            path=path.rstrip("/") or "/",
            parts={},
            parameters=_parameters(request),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=b"",
            now=self._clock(),
            base_url=(self._public_url or str(request.base_url)).rstrip("/"),
            target=_target(request),
        )

    def _faulted(self, error: Exception, ask: Ask) -> Faulted:
        match error:
            case Faulted():
                return error
            case TimeoutError() | TooSlow():
                return Faulted(Fault.TOO_SLOW, f"The answer took longer than {LONGEST_S:.0f} s; narrow the question.")
            case Away():
                return Faulted(Fault.AWAY, "The store does not answer now; ask again soon.", retry_after_s=RETRY_S)
            case _:
                told = {"dialect": self._dialect.name, "method": ask.method}
                log.error("dialect_failed", extra=told, exc_info=error)
                return Faulted(Fault.INTERNAL, "Internal server error")

    def _allowed(self, origin: str) -> Mapping[str, str] | None:
        """Say that *origin* may read the answer, None where it may not."""
        if ANY in self._cors_origins:
            return {"Access-Control-Allow-Origin": ANY}
        return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin in self._cors_origins else None

    def _cors(self, request: Request) -> Mapping[str, str]:
        if not self._dialect.cors or not (request.method == "OPTIONS" or "origin" in request.headers):
            return {}
        allowed = self._allowed(request.headers.get("origin", ""))
        if allowed is None:
            return {"Vary": "Origin"}
        return {
            **allowed,
            "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, x-api-key",
            "Access-Control-Max-Age": "600",
        }


def _pattern(path: str) -> str:
    """Return the expression of a route's path; a part takes one segment, %2F in it included."""
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))


def _target(request: Request) -> str:
    query = request.scope["query_string"].decode("utf-8", "replace")
    path = (request.scope.get("raw_path") or request.scope["path"].encode()).decode("utf-8", "replace")
    return f"{path.partition('?')[0]}?{query}" if query else path.partition("?")[0]


def _parameters(request: Request) -> Sequence[tuple[str, str]]:
    text = request.scope["query_string"].decode("utf-8", "replace")
    return parse_qsl(text[: 64 * MOST_PARAMETERS], keep_blank_values=True, errors="replace")[:MOST_PARAMETERS]


async def _body(request: Request) -> bytes:
    parts = bytearray()
    try:
        async with asyncio.timeout(SLOWEST_BODY_S):
            async for part in request.stream():
                parts += part
                if len(parts) > LARGEST_BODY:
                    raise Faulted(Fault.TOO_LARGE, f"The body is larger than {LARGEST_BODY} bytes.")
    except ClientDisconnect:
        return b""
    return bytes(parts)


def file_response(file: File) -> Response:
    """Return a file while it is written; nobody keeps a copy of it."""
    headers = {"Content-Disposition": _disposition(file.name), "Cache-Control": "private, no-store"}
    return Streamed(file.content, headers=headers, media_type=file.content_type)


def _disposition(name: str) -> str:
    """Return the header that names a file; letters beyond ASCII are told as RFC 8187 says, with a plain name beside."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    told = f'attachment; filename="{plain}"'
    return told if plain == name else f"{told}; filename*=UTF-8''{quote(name)}"


def _response(reply: Reply) -> Response:
    if isinstance(reply.body, File):
        return file_response(reply.body)
    content = reply.body if isinstance(reply.body, bytes) else _encode(reply.body)
    return Response(content, reply.status, dict(reply.headers), reply.content_type)
