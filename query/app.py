"""The query API as one Starlette app; everything it touches is an argument."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby

from starlette.applications import Starlette
from starlette.routing import Route

from query.auth import Keyring, Scope
from query.calls import Calls
from query.edge import Edge, Endpoint, nowhere
from query.limits import Limits
from query.me import me
from runtime.config import Config
from storage.ports import CallReader


def create_app(
    *, reader: CallReader, config: Callable[[], Config], clock: Callable[[], datetime], signing_key: bytes
) -> Starlette:
    """Return the app; *config* tells what is configured now, *clock* the time (UTC), *signing_key* signs cursors."""
    keyring, limits = Keyring(config, clock), Limits(clock)
    table = endpoints(calls=Calls(reader=reader, signing_key=signing_key))
    app = Starlette(routes=routes(table, keyring=keyring, limits=limits))
    app.router.redirect_slashes = False
    app.router.default = nowhere
    return app


def endpoints(*, calls: Calls) -> tuple[Endpoint, ...]:
    """Return the route table: those of one path stand together, the more special path first."""
    return (
        Endpoint(method="GET", path="/v1/calls", answer=calls.list, scope=Scope.READ, tells="List calls."),
        Endpoint(method="POST", path="/v1/calls/search", answer=calls.search, scope=Scope.READ, tells="Search calls."),
        Endpoint(method="GET", path="/v1/calls/{id}", answer=calls.one, scope=Scope.READ, tells="Read one call."),
        Endpoint(method="GET", path="/v1/me", answer=me, scope=None, tells="What this key is."),
    )


def routes(table: Iterable[Endpoint], *, keyring: Keyring, limits: Limits) -> list[Route]:
    """Return one route a path; methods are told apart at its edge."""
    return [
        Route(path, endpoint=Edge(list(rows), keyring=keyring, limits=limits))
        for path, rows in groupby(table, key=lambda row: row.path)
    ]
