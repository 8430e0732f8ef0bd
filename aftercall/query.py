"""`aftercall query`: answer questions about calls; needs MongoDB and no stream."""

import asyncio
from functools import partial

import typer
from starlette.applications import Starlette

from aftercall import flags
from aftercall.mongo import mongo_url
from aftercall.parts import Later, querying
from aftercall.process import first, run
from aftercall.urls import QUERY_PORT
from aftercall.wiring import Store, watch_config
from runtime.config_watch import ConfigWatch
from runtime.health import Readiness, health_routes
from runtime.metrics import metrics_route
from runtime.server import serving
from runtime.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def query(*, config: flags.Config = None, data: flags.Data = None, port: flags.Port = None) -> None:
    """Answer questions about calls over HTTP."""
    settings = flags.settings(config=config, data=data, port=port)
    run(partial(serve, settings), settings=settings)


async def serve(settings: Settings, stop: asyncio.Event) -> None:
    """Answer until *stop*: 503 while MongoDB is not there."""
    watch = watch_config(settings, secrets_of=("keys",))
    store, answers = Store(), Later()

    async def readiness() -> Readiness:
        return {"mongodb": await store.ready()}

    routes = [*health_routes(readiness), metrics_route(), answers]
    port = QUERY_PORT if settings.port is None else settings.port
    async with serving(Starlette(routes=routes), host=settings.host, port=port):
        answering = asyncio.create_task(_answer(settings, store=store, answers=answers, watch=watch), name="answers")
        following = asyncio.create_task(watch.follow(), name="configuration")
        await first(stop, answering, following)
        await answers.leave()
        following.cancel()
    answering.cancel()
    await asyncio.wait({answering})
    if not answering.cancelled():
        answering.result()


async def _answer(settings: Settings, *, store: Store, answers: Later, watch: ConfigWatch) -> None:
    """Put the app behind *answers* once MongoDB is there, and hold the connection."""
    async with store.reached(mongo_url(settings)) as database:
        answers.app = await querying(settings, store=store, database=database, config=watch.current)
        await asyncio.Event().wait()
