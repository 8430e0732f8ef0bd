"""What surrounds every endpoint: the key, its rate and scope, the time limit, one place for problems, metrics."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from query.asked import Asked
from query.auth import NOBODY, Keyring, Scope
from query.cors import Cors
from query.limits import Limits
from query.metrics import REQUESTS, SECONDS
from query.problems import Internal, InvalidChange, MethodNotAllowed, NotFound, Problem, TooSlow, Unavailable, render
from storage import errors

LONGEST_S: Final = 10.0  # a question that takes longer helps nobody and holds the database
LONGEST_CHANGE_S: Final = 60.0  # a change of 10 000 calls; cut off half-way it may be made again
RETRY_S: Final = 5  # when the store is away: its driver needs about that long to find the next primary

log = logging.getLogger(__name__)


class Endpoint(msgspec.Struct, frozen=True):
    """One row of the route table; a scope of None takes any valid key."""

    method: str
    path: str
    answer: Callable[[Asked], Awaitable[Response]]
    scope: Scope | None
    tells: str
    longest_s: float = LONGEST_S
    open: bool = False
    """Needs no key."""


class Edge:
    """One path: chooses the endpoint by method and turns whatever happens into an answer."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        keyring: Keyring,
        limits: Limits,
        cors: Cors,
        public_url: str | None,
    ) -> None:
        """Serve *endpoints*, which share a path; clients reach us at *public_url* if it is set."""
        self._route: Final = endpoints[0].path
        self._by_method: Final[Mapping[str, Endpoint]] = {each.method: each for each in endpoints}
        self._keyring: Final = keyring
        self._limits: Final = limits
        self._cors: Final = cors
        self._public_url: Final = public_url

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request; never raises for anything a caller did."""
        begun = time.perf_counter()
        response = await self._answer(Request(scope, receive))
        REQUESTS.labels(self._route, str(response.status_code)).inc()
        SECONDS.labels(self._route).observe(time.perf_counter() - begun)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        asked_before = self._cors.preflight(request, self._by_method)
        if asked_before is not None:
            return asked_before
        left: Mapping[str, str] = {}
        try:
            endpoint = self._endpoint(request.method)
            caller = NOBODY if endpoint.open else self._keyring.caller(request.headers)
            left = self._limits.take(caller.key)
            if endpoint.scope is not None:
                caller.must(endpoint.scope)
            async with asyncio.timeout(endpoint.longest_s):
                response = await endpoint.answer(Asked(request, caller, public_url=self._public_url))
        except Exception as error:  # noqa: BLE001 - the edge: everything becomes an answer
            response = render(self._problem(error))
        response.headers.update({**left, **self._cors.headers(request)})
        return response

    def _endpoint(self, method: str) -> Endpoint:
        endpoint = self._by_method.get("GET" if method == "HEAD" else method)
        if endpoint is None:
            allowed = sorted({*self._by_method, *(("HEAD",) if "GET" in self._by_method else ())})
            raise MethodNotAllowed(f"This path takes {', '.join(allowed)}.", headers={"Allow": ", ".join(allowed)})
        return endpoint

    def _problem(self, error: Exception) -> Problem:
        match error:
            case Problem():
                return error
            case errors.Away():
                return Unavailable(
                    "The store does not answer now; ask again soon.", headers={"Retry-After": str(RETRY_S)}
                )
            case errors.Full():
                return InvalidChange("The call holds as much as it can; write less on it.")
            case TimeoutError() | errors.TooSlow():
                return TooSlow("The answer took too long and was given up; narrow the question by time, unit or batch.")
            case _:
                log.error("question_failed", extra={"route": self._route}, exc_info=error)
                return Internal("The fault is ours; it was logged.")


async def nowhere(scope: AsgiScope, receive: Receive, send: Send) -> None:
    """Answer a path that nobody serves."""
    REQUESTS.labels("none", "404").inc()
    await render(NotFound("Nothing is served here; /docs shows what is."))(scope, receive, send)
