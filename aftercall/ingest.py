"""`aftercall ingest`: take webhooks; needs a stream and no MongoDB."""

import asyncio
from functools import partial
from typing import Final

import typer

from aftercall import flags
from aftercall.parts import ingesting
from aftercall.process import first, run
from aftercall.wiring import publishing, watch_config
from ingest.app import App
from runtime.health import any_of, health_routes
from runtime.metrics import metrics_route
from runtime.server import serving
from runtime.settings import Settings

PORT: Final = 8080

app = typer.Typer(add_completion=False)


@app.command()
def ingest(*, config: flags.Config = None, data: flags.Data = None, port: flags.Port = None) -> None:
    """Take webhooks: to Kafka, to the journal while Kafka is away; to the journal alone without AFTERCALL_KAFKA."""
    settings = flags.settings(config=config, data=data, port=port)
    run(partial(serve, settings), settings=settings)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Take webhooks until *stop*; those in flight are answered, then the stream is closed."""
    watch = watch_config(settings, secrets_of=("connections",))
    async with publishing(settings) as publisher:
        routes = [
            *ingesting(settings, publisher=publisher, config=watch.current),
            *health_routes(publisher.ready, enough=any_of),
            metrics_route(),
        ]
        port = PORT if settings.port is None else settings.port
        async with serving(App(routes), host=settings.host, port=port):
            following = asyncio.create_task(watch.follow(), name="configuration")
            await first(stop, following)
            following.cancel()
