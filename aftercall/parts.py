"""The parts of the service, each running for as long as its block does: alone in a process, or all in one."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, NamedTuple

from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from aftercall.retention import end_old_calls
from aftercall.stores import mongo_stores
from aftercall.wiring import Reading, Store
from ingest.app import webhook_routes
from query.app import create_app
from runtime.clock import utc_now
from runtime.config import Config, Tenant
from runtime.proxies import trusted_by
from runtime.settings import Settings
from storage.mongo import Database
from storage.mongo_writer import MongoWriter
from stream.ports import Publisher
from workers.courtesy import Courtesy
from workers.loop import Worker

LAST_BATCH_S: Final = 5.0
"""For the batches in hand when the process is told to stop; what is not committed then comes again."""
RETRY_AFTER_S: Final = 2

log = logging.getLogger(__name__)

Configured = Callable[[], Config]


def ingesting(settings: Settings, *, publisher: Publisher, config: Configured) -> Sequence[BaseRoute]:
    """Return the routes that take webhooks."""
    trusted = trusted_by(settings.trusted_proxies)
    return webhook_routes(publisher=publisher, config=config, clock=utc_now, trusted=trusted)


class Answers(NamedTuple):
    """The app that answers questions, and how to end the answers that never end by themselves."""

    app: ASGIApp
    leave: Callable[[], Awaitable[None]]


async def querying(settings: Settings, *, store: Store, database: Database, config: Configured) -> Answers:
    """Return the app that answers questions."""
    key = await store.signing_key(settings)
    stores = mongo_stores(database)
    app = create_app(
        stores=stores,
        config=config,
        clock=utc_now,
        signing_key=key,
        cors_origins=settings.cors_origins,
        dialect_cors_origins=settings.dialect_cors_origins,
        public_url=settings.public_url,
    )

    async def leave() -> None:
        await stores.feed.close()
        await app.exports.close()

    return Answers(app, leave)


@asynccontextmanager
async def working(
    *,
    reading: Reading,
    database: Database,
    config: Configured,
) -> AsyncIterator[asyncio.Task[None]]:
    """Store what *reading* gives while the block runs; yields the work, which ends only by a fault of our own."""
    writer = MongoWriter(database, raw_days=partial(raw_days, config))
    worker = Worker(reading.source, writer=writer, dead_letters=reading.dead_letters, courtesy=Courtesy(reading.busy))
    running = asyncio.create_task(worker.run(), name="worker")
    ageing = asyncio.create_task(end_old_calls(database, config), name="retention")
    try:
        yield running
    finally:
        ageing.cancel()
        await worker.stop()
        await asyncio.wait({running}, timeout=LAST_BATCH_S)
        if not running.done():
            log.warning("batch_given_up", extra={"after_s": LAST_BATCH_S})
            running.cancel()


def raw_days(config: Configured, tenant: str) -> int:
    """Return how long a tenant's raw events are kept; the usual time for one that is configured no more."""
    known = (row for row in config().tenants if row.id == tenant)
    return next(known, Tenant(id=tenant)).raw_days


class Later(BaseRoute):
    """Every path that no route before it takes, by an app that is there before what it needs is: 503 until then.

    A `Mount` would take no path with a line break, and answer it by words of its own.
    """

    def __init__(self) -> None:
        """Begin without."""
        self.app: Answers | None = None

    async def leave(self) -> None:
        """End the answers that never end by themselves: who watches is told to come again."""
        if self.app is not None:
            await self.app.leave()

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Take every request over HTTP."""
        return (Match.FULL if scope["type"] == "http" else Match.NONE), {}

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the app, or tell that it is too early."""
        await (self.app.app if self.app else _too_early)(scope, receive, send)


_too_early: Final = JSONResponse(
    {"type": "about:blank", "title": "MongoDB is awaited", "status": 503, "code": "unavailable"},
    status_code=503,
    headers={"Retry-After": str(RETRY_AFTER_S)},
    media_type="application/problem+json",
)
