"""`aftercall doctor`: what is wrong, and what to do about it, before a call is lost."""

import asyncio
import os
import shutil
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

import typer
from rich.table import Table

from aftercall import flags
from aftercall.mongo import mongo_url
from aftercall.screen import screen
from aftercall.setup import topics
from aftercall.wiring import journal
from ingest.checks import check_connections
from runtime.config import Config
from runtime.config_file import read
from runtime.errors import CannotStart
from runtime.logs import configure
from runtime.settings import LogLevel, Settings
from storage.errors import Away
from storage.mongo import connect
from storage.mongo_keeper import MongoKeeper
from storage.mongod_binary import find, remedy
from stream.journal_space import FLOOR_BYTES

app = typer.Typer(add_completion=False)

LOW_BYTES: Final = 4 * FLOOR_BYTES
"""Below four times the floor at which the journal refuses, it is time to make room."""
FULL: Final = 0.5
"""Half of the journal waiting for workers: they have been away for long."""


class Mark(StrEnum):
    """How a check went."""

    FINE = "ok"
    LOOK = "look"
    BROKEN = "broken"


class Told(NamedTuple):
    """One line of the report."""

    mark: Mark
    about: str
    sentence: str


Check = Callable[[Settings], Awaitable[Sequence[Told]]]


@app.command()
def doctor(*, config: flags.Config = None, data: flags.Data = None) -> None:
    """Look at configuration, Kafka, MongoDB, disk and journal; exit status 1 where something is broken."""
    settings = flags.settings(config=config, data=data)
    configure(LogLevel.ERROR)
    told = asyncio.run(_all(settings))
    table = Table("", "about", "what", show_lines=False)
    for row in told:
        table.add_row(row.mark, row.about, row.sentence)
    screen().print(table)
    raise typer.Exit(1 if any(row.mark is Mark.BROKEN for row in told) else 0)


async def _all(settings: Settings) -> list[Told]:
    return [row for check in CHECKS for row in await check(settings)]


async def _configuration(settings: Settings) -> Sequence[Told]:
    try:
        config = read(settings.config, os.environ, checks=[check_connections])
    except CannotStart as error:
        return [Told(Mark.BROKEN, "configuration", sentence) for sentence in error.sentences]
    counts = f"{len(config.tenants)} tenants, {len(config.connections)} connections, {len(config.keys)} keys"
    return [Told(Mark.FINE, "configuration", f"{settings.config}: {counts}"), *_unsigned(config)]


def _unsigned(config: Config) -> list[Told]:
    return [
        Told(Mark.LOOK, "proof", f"connection {row.id} takes webhooks from anybody: give it a scheme and a secret")
        for row in config.connections
        if row.unsigned
    ]


async def _kafka(settings: Settings) -> Sequence[Told]:
    if settings.kafka is None:
        return [Told(Mark.FINE, "stream", "the journal (AFTERCALL_KAFKA is not set)")]
    try:
        findings = await topics(settings, make=False)
    except CannotStart as error:
        return [Told(Mark.BROKEN, "stream", sentence) for sentence in error.sentences]
    told = [Told(Mark.LOOK, "stream", finding) for finding in findings]
    return told or [Told(Mark.FINE, "stream", f"Kafka at {settings.kafka} keeps what is promised")]


async def _mongodb(settings: Settings) -> Sequence[Told]:
    try:
        async with connect(mongo_url(settings)) as database:
            findings = await MongoKeeper(database).findings()
    except Away as error:
        return [Told(Mark.BROKEN, "MongoDB", f"does not answer ({error}): see that it runs")]
    except CannotStart as error:
        mark = Mark.LOOK if settings.mongo_url is None else Mark.BROKEN
        return [Told(mark, "MongoDB", sentence) for sentence in error.sentences]
    told = [Told(Mark.LOOK, "MongoDB", finding) for finding in findings]
    return told or [Told(Mark.FINE, "MongoDB", "a replica set, every index is there")]


async def _mongod(settings: Settings) -> Sequence[Told]:
    if settings.mongo_url is not None:
        return []
    try:
        binary = find()
    except CannotStart as error:
        return [Told(Mark.BROKEN, "mongod", sentence) for sentence in error.sentences]
    asked = await asyncio.create_subprocess_exec(binary, "--version", stdout=PIPE, stderr=STDOUT)
    said, _ = await asked.communicate()
    if asked.returncode:
        return [Told(Mark.BROKEN, "mongod", remedy(said.decode(errors="replace")))]
    return [Told(Mark.FINE, "mongod", str(binary))]


async def _traffic(settings: Settings) -> Sequence[Told]:
    """Name the connections that nothing was heard of: a URL that was never pasted, or a sender that gave up."""
    try:
        rows = read(settings.config, os.environ, secrets_of=()).connections
        async with connect(mongo_url(settings)) as database:
            keeper = MongoKeeper(database)
            silent = [row.id for row in rows if await keeper.last_heard(row.tenant, row.id) is None]
    except (CannotStart, Away):
        return []  # told by the checks before
    return [
        Told(Mark.LOOK, "traffic", f"nothing of connection {name} is kept: was its URL pasted? Is raw_days over?")
        for name in silent
    ]


async def _journal(settings: Settings) -> Sequence[Told]:
    directory = settings.data / "journal"
    if not directory.exists():
        return []
    try:
        async with journal(settings, beside=True) as local:
            waiting = sum(local.source().lag().values())
    except CannotStart as error:
        return [Told(Mark.BROKEN, "journal", sentence) for sentence in error.sentences]
    size = sum(path.stat().st_size for path in directory.iterdir() if path.is_file()) >> 20
    sentence = f"{size} of {settings.journal_mb} MB, {waiting} events wait"
    full = waiting and size > settings.journal_mb * FULL
    return [Told(Mark.LOOK if full else Mark.FINE, "journal", sentence + (": is a worker running?" if full else ""))]


async def _disk(settings: Settings) -> Sequence[Told]:
    directory = next(path for path in (settings.data, *settings.data.resolve().parents) if path.exists())
    usage = shutil.disk_usage(directory)
    sentence = f"{usage.free >> 20} MB are free below {settings.data}"
    if usage.free < LOW_BYTES:
        return [Told(Mark.LOOK, "disk", f"{sentence}; below {FLOOR_BYTES >> 20} MB webhooks are refused: make room")]
    return [Told(Mark.FINE, "disk", sentence)]


CHECKS: Final[Sequence[Check]] = (_configuration, _kafka, _mongodb, _mongod, _traffic, _journal, _disk)
