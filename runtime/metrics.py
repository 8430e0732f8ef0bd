"""`/metrics`: this process's numbers, or those of all its workers where they share a directory."""

import os

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def metrics_route() -> Route:
    """Return the route; several processes behind one port are added up where `PROMETHEUS_MULTIPROC_DIR` is set."""
    return Route("/metrics", _metrics)


async def _metrics(_request: Request) -> Response:
    return Response(generate_latest(_registry()), headers={"content-type": CONTENT_TYPE_LATEST})


def _registry() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return shared
