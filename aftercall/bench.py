"""`aftercall bench`: fill a running service's database with calls to measure on."""

import asyncio
import os
from functools import partial
from typing import Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn

from aftercall import flags
from aftercall.mongo import mongo_url
from aftercall.parts import raw_days
from aftercall.screen import screen
from aftercall.whose import whose
from bench.seed import fill
from runtime.config import Config
from runtime.config_file import read
from runtime.errors import CannotStart
from runtime.settings import Settings
from storage.errors import Away
from storage.mongo import connect
from storage.mongo_setup import set_up
from storage.mongo_writer import MongoWriter

app = typer.Typer(help="Fill a service with calls to measure on.", no_args_is_help=True, add_completion=False)


@app.callback()
def _words() -> None:
    """Keep `seed` a word below the verb, though it is alone."""


@app.command()
def seed(
    *,
    calls: Annotated[int, typer.Option(min=1, help="How many calls.")] = 10_000,
    tenant: Annotated[str | None, typer.Option(help="Whose they are; the only tenant by default.")] = None,
    variety: Annotated[int, typer.Option("--seed", help="Another seed, other calls.")] = 1,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Fill the database of a running service with bench calls: some 1 KB, eight turns, spread over a year."""
    settings = flags.settings(config=config, data=data)
    known = read(settings.config, os.environ, secrets_of=())
    asyncio.run(_seed(settings, known, calls=calls, tenant=whose(known, tenant), variety=variety))


async def _seed(settings: Settings, known: Config, *, calls: int, tenant: str, variety: int) -> None:
    try:
        async with connect(mongo_url(settings)) as database:
            await set_up(database)
            writer = MongoWriter(database, raw_days=partial(raw_days, lambda: known))
            columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
            with Progress(*columns, console=screen()) as progress:
                task = progress.add_task(f"bench calls of {tenant}", total=calls)
                told = partial(_tell, progress, task)
                await fill(writer.apply, calls, tenant=tenant, seed=variety, told=told)
    except Away as error:
        raise CannotStart(f"MongoDB went away ({error}): run it again, what is there stays as it is.") from None
    screen().print(f"{calls} bench calls of {tenant} are stored.")


def _tell(progress: Progress, task: TaskID, done: int) -> None:
    progress.update(task, completed=done)
