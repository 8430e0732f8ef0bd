"""The query API as one Starlette app; everything it touches is an argument."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from itertools import groupby

from starlette.applications import Starlette
from starlette.routing import Route

from query.auth import Keyring
from query.cors import ANY, Cors
from query.dialects.serving import Serving
from query.edge import Edge, Endpoint, nowhere
from query.exports import Exports
from query.limits import Limits
from query.openapi.serving import Described
from query.routes import endpoints
from query.stores import Stores
from runtime.config import Config


class Api(Starlette):
    """The app, and what it does beside its answers."""

    exports: Exports


def create_app(
    *,
    stores: Stores,
    config: Callable[[], Config],
    clock: Callable[[], datetime],
    signing_key: bytes,
    cors_origins: Iterable[str] = (),
    dialect_cors_origins: Iterable[str] = (ANY,),
    public_url: str | None = None,
) -> Api:
    """Return the app; *config* tells what is configured now, *clock* the time (UTC), *signing_key* signs cursors."""
    keyring, limits, cors = Keyring(config, clock), Limits(clock), Cors(cors_origins)
    exports = Exports(exports=stores.exports, clock=clock, signing_key=signing_key)
    table = endpoints(stores, exports=exports, keyring=keyring, clock=clock, signing_key=signing_key)
    described = Described(table)
    open_ = (
        Endpoint("GET", "/openapi.json", described.json, None, "This document.", open=True),
        Endpoint("GET", "/docs", described.html, None, "This document as a page.", open=True),
    )
    paths = groupby((*table, *open_), key=lambda row: row.path)
    edge = partial(Edge, keyring=keyring, limits=limits, cors=cors, public_url=public_url)
    edges = [(path, edge(list(rows))) for path, rows in paths]
    dialects = Serving(
        stores=stores,
        config=config,
        clock=clock,
        signing_key=signing_key,
        public_url=public_url,
        cors_origins=dialect_cors_origins,
    ).routes()
    app = Api(routes=[*(Route(path, endpoint=edge) for path, edge in edges), *dialects])
    app.exports = exports
    app.router.redirect_slashes = False
    app.router.default = nowhere
    return app
