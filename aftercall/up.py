"""`aftercall up`: ingest, worker and query in one process on one port, with a MongoDB of its own."""

import asyncio
import os
import time
from functools import partial
from importlib import import_module
from typing import Annotated

import typer

from aftercall import flags
from aftercall.demo.token import keep_token
from aftercall.directory import held
from aftercall.mongo import own_mongod
from aftercall.process import run
from aftercall.starter import write_starter
from runtime.config_file import read
from runtime.settings import Settings

app = typer.Typer(add_completion=False)


@app.command()
def up(
    *,
    config: flags.Config = None,
    data: flags.Data = None,
    port: flags.Port = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Send the demo's webhooks once it is up, show the calls.")
    ] = False,
) -> None:
    """Run everything on this machine until Ctrl-C."""
    settings = flags.settings(config=config, data=data, port=port)
    began = time.monotonic()
    with held(settings.data):
        token = None if settings.config.exists() else first_time(settings)
        read(settings.config, os.environ)  # what is wrong with it is told before anything starts
        run(partial(_run, settings, began=began, token=token, demo=demo), settings=settings)


def first_time(settings: Settings) -> str:
    """Write the starter configuration and return its token, which is kept for the demo."""
    token = write_starter(settings.config).token.text
    keep_token(settings, token)
    return token


async def _run(settings: Settings, stop: asyncio.Event, *, began: float, token: str | None, demo: bool) -> None:
    async with own_mongod(settings) as url:
        # Everything else is loaded while mongod starts: each takes the better part of a second.
        together = await asyncio.to_thread(import_module, "aftercall.together")
        await together.Together(settings, url=url, began=began, token=token, demo=demo).run(stop)
