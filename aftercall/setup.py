"""`aftercall setup`: topics, collections and indexes made apart, for clusters where the service itself may not."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from aftercall import flags
from aftercall.mongo import mongo_url
from aftercall.screen import screen
from aftercall.wiring import kafka_settings
from runtime.errors import CannotStart
from runtime.logs import configure
from runtime.settings import LogLevel, Settings
from storage.errors import Away
from storage.mongo import connect
from storage.mongo_keeper import MongoKeeper

app = typer.Typer(add_completion=False)

QUIET: Final = LogLevel.ERROR


@app.command()
def setup(
    *,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Drop indexes that an older version defined otherwise, and create them again."),
    ] = False,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Create missing topics, collections and indexes; report settings under which events may be lost."""
    settings = flags.settings(config=config, data=data)
    configure(QUIET)
    findings = asyncio.run(_set_up(settings, anew=anew))
    for finding in findings:
        screen().print(f"! {finding}")
    raise typer.Exit(1 if findings else 0)


async def _set_up(settings: Settings, *, anew: bool) -> list[str]:
    """Return what was found; raises `CannotStart`."""
    findings: list[str] = []
    if settings.kafka is not None:
        findings += await topics(settings, make=True)
        screen().print(f"Topics are there on {settings.kafka}.")
    findings += await collections(mongo_url(settings), anew=anew)
    screen().print("Collections and indexes are there.")
    return findings


async def topics(settings: Settings, *, make: bool) -> Sequence[str]:
    """Return a sentence on each promise that Kafka's topics cannot keep; raises `CannotStart`."""
    from stream.kafka import reached_topics

    found = (await reached_topics(settings=kafka_settings(settings), make=make)).findings
    return [f"{row.topic}: {row.setting} is {row.found}, needed is {row.needed}; {row.remedy}" for row in found]


async def collections(url: str, *, anew: bool) -> Sequence[str]:
    """Make the missing ones, *anew* those made otherwise too; return a sentence on each unfit; raises `CannotStart`."""
    try:
        async with connect(url) as database:
            keeper = MongoKeeper(database)
            await keeper.set_up(anew=anew)
            return await keeper.findings()
    except Away as error:
        raise CannotStart(f"MongoDB does not answer ({error}): see that it runs, and AFTERCALL_MONGO_URL.") from None
