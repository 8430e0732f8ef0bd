"""All parts of the service in one process, and the order in which they begin and end."""

import asyncio
import logging
import time
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from typing import Final

import msgspec

from aftercall.directory import tell_url
from aftercall.greeting import greet
from aftercall.parts import Later, ingesting, querying, working
from aftercall.process import first
from aftercall.urls import PORT, base_url
from aftercall.wiring import Reading, Store, stream, watch_config
from ingest.app import App
from runtime.errors import CannotStart
from runtime.health import Readiness, health_routes
from runtime.metrics import metrics_route
from runtime.server import serving
from runtime.settings import Settings
from stream.ports import Publisher

log = logging.getLogger(__name__)


class Together:
    """All parts of one service, and the order in which they begin and end."""

    def __init__(self, settings: Settings, *, url: Awaitable[str], began: float, token: str | None, demo: bool) -> None:
        """Read the configuration (raises `Misconfigured`); calls will be at *url*, a new *token* is shown once."""
        self._settings: Final = settings
        self._url: Final = url
        self._demo: Final = demo
        self._began: Final = began
        self._token: Final = token
        self._config: Final = watch_config(settings, secrets_of=("connections", "keys"))
        self._store: Final = Store()
        self._answers: Final = Later()
        self._closing: Final = asyncio.Event()
        self._ready: Final = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until *stop*: webhooks are taken first and longest."""
        async with stream(self._settings) as (publisher, events):
            behind = asyncio.create_task(self._behind(events), name="behind")
            following = asyncio.create_task(self._config.follow(), name="configuration")
            try:
                async with self._serving(publisher) as port:
                    telling = asyncio.create_task(self._tell(port), name="greeting")
                    await first(stop, behind)
                    await self._answers.leave()
                    telling.cancel()
            finally:
                following.cancel()
                await self._close(behind)

    def _serving(self, publisher: Publisher) -> AbstractAsyncContextManager[int]:
        routes = [
            *ingesting(self._settings, publisher=publisher, config=self._config.current),
            *health_routes(partial(self._readiness, publisher), enough=partial(_enough, publisher)),
            metrics_route(),
            self._answers,
        ]
        port = PORT if self._settings.port is None else self._settings.port
        return serving(App(routes), host=self._settings.host, port=port)

    async def _behind(self, events: Reading) -> None:
        """Work and answer questions as soon as MongoDB is there, until told to close."""
        current = self._config.current
        async with (
            self._store.reached(await self._url) as database,
            working(reading=events, database=database, config=current) as worker,
        ):
            self._answers.app = await querying(self._settings, store=self._store, database=database, config=current)
            self._worker = worker
            worker.add_done_callback(_told_why)
            self._ready.set()
            await self._closing.wait()

    async def _close(self, behind: asyncio.Task[None]) -> None:
        """End what is behind, and let out why it ended if it did so by itself."""
        self._closing.set()
        if not self._ready.is_set():
            behind.cancel()  # it still waits for MongoDB
        with suppress(asyncio.CancelledError):
            await behind

    async def _tell(self, port: int) -> None:
        await self._ready.wait()
        settings = msgspec.structs.replace(self._settings, port=port)
        tell_url(settings.data, base_url(settings))
        greet(settings, self._config.current(), seconds=time.monotonic() - self._began, token=self._token)
        if self._demo:
            await self._show(settings)

    async def _show(self, settings: Settings) -> None:
        from aftercall.demo.show import show

        try:
            await show(settings)
        except CannotStart as error:
            log.error("demo_failed", extra={"why": str(error)})  # noqa: TRY400 - the sentence says it all

    async def _readiness(self, publisher: Publisher) -> Readiness:
        worker = self._worker is not None and not self._worker.done()
        return {**publisher.ready(), "mongodb": await self._store.ready(), "worker": worker}


def _enough(publisher: Publisher, parts: Readiness) -> bool:
    """Ready while one stream is, and all the rest."""
    streams = publisher.ready().keys()
    return any(parts[name] for name in streams) and all(fine for name, fine in parts.items() if name not in streams)


def _told_why(worker: asyncio.Task[None]) -> None:
    """Log why the worker stopped: webhooks are still taken and wait for the next start."""
    if not worker.cancelled() and (error := worker.exception()):
        ours = not isinstance(error, CannotStart)  # a fault of ours may quote a body: its kind and places are told
        why = type(error).__name__ if ours else str(error)
        log.error("worker_stopped", extra={"why": why}, exc_info=error if ours else None)
