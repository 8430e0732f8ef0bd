"""`/healthz`: the process answers; `/readyz`: what it depends on does too, each named."""

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Readiness = Mapping[str, bool]
Ready = Callable[[], Readiness | Awaitable[Readiness]]
Enough = Callable[[Readiness], bool]

RETRY_AFTER_S: Final = 5


def any_of(parts: Readiness) -> bool:
    """Ready while one part is: an event can be made durable on Kafka or in the journal."""
    return any(parts.values())


def all_of(parts: Readiness) -> bool:
    """Ready while every part is."""
    return all(parts.values())


def health_routes(ready: Ready, *, enough: Enough = all_of) -> list[Route]:
    """Return both routes; *ready* tells of each part by name, *enough* whether that will do."""

    async def readyz(_request: Request) -> JSONResponse:
        told = ready()
        parts = await told if isawaitable(told) else told
        fine = enough(parts)
        body = {"status": "ready" if fine else "unavailable", "parts": dict(parts)}
        if fine:
            return JSONResponse(body)
        return JSONResponse(body, status_code=503, headers={"retry-after": str(RETRY_AFTER_S)})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


async def healthz(_request: Request) -> JSONResponse:
    """Say that the process lives."""
    return JSONResponse({"status": "alive"})
