"""`aftercall worker`: turn events into calls; needs a stream and MongoDB."""

import asyncio
from typing import Final

import typer
from starlette.applications import Starlette

from aftercall import flags
from aftercall.mongo import mongo_url
from aftercall.parts import working
from aftercall.process import first, run
from aftercall.wiring import Store, reading, watch_config
from runtime.config_watch import ConfigWatch
from runtime.health import Readiness, health_routes
from runtime.metrics import metrics_route
from runtime.server import serving
from runtime.settings import Settings

PORT: Final = 8082

app = typer.Typer(add_completion=False)


@app.command()
def worker(*, config: flags.Config = None, data: flags.Data = None, port: flags.Port = None) -> None:
    """Store what the stream brings; start as many as the topic has partitions. The port is for health and metrics."""
    settings = flags.settings(config=config, data=data, port=port)
    run(_Worker(settings).run, settings=settings)


class _Worker:
    """A worker's process: its health is told from the first second, its work begins when all is there."""

    def __init__(self, settings: Settings) -> None:
        self._settings: Final = settings
        self._config: Final[ConfigWatch] = watch_config(settings, secrets_of=())
        self._store: Final = Store()
        self._works = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until *stop*; raises `CannotStart` where the stream cannot be read, or the fault is ours."""
        routes = [*health_routes(self._readiness), metrics_route()]
        port = PORT if self._settings.port is None else self._settings.port
        async with serving(Starlette(routes=routes), host=self._settings.host, port=port):
            working = asyncio.create_task(self._work(stop), name="work")
            following = asyncio.create_task(self._config.follow(), name="configuration")
            await first(stop, working, following)
            following.cancel()
            if not self._works:
                working.cancel()  # it still waits for MongoDB
            await asyncio.wait({working})
        if not working.cancelled():
            working.result()

    async def _work(self, stop: asyncio.Event) -> None:
        async with (
            reading(self._settings) as events,
            self._store.reached(mongo_url(self._settings)) as database,
            working(reading=events, database=database, config=self._config.current) as work,
        ):
            self._works = True
            await first(stop, work)
            self._works = False
        if work.done() and not work.cancelled():
            work.result()

    async def _readiness(self) -> Readiness:
        return {"mongodb": await self._store.ready(), "worker": self._works}
