"""`aftercall rebuild`: calls made anew from the raw events that are kept."""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Final

import typer
from rich.progress import MofNCompleteColumn, Progress

from aftercall import flags
from aftercall.mongo import mongo_url
from aftercall.parts import raw_days
from aftercall.replay import instant_ms
from aftercall.screen import screen
from runtime.clock import utc_now
from runtime.config_file import read
from runtime.errors import CannotStart, Misconfigured
from runtime.logs import configure
from runtime.nearest import suggestion
from runtime.settings import LogLevel, Settings
from schemas.envelope import Envelope
from schemas.update import CallUpdate
from schemas.words import Platform
from storage.errors import Away
from storage.mongo import connect
from storage.mongo_rebuild import MongoRebuilder, Rebuilt
from storage.mongo_writer import MongoWriter
from stream.ports import Partition, Record
from workers.guard import place
from workers.pipeline import Understood, understand

app = typer.Typer(add_completion=False)

AT_ONCE: Final = 16
"""Calls that are rebuilt beside each other: while one waits for the disk, another is understood."""
STORED: Final = Partition("stored", 0)

log = logging.getLogger(__name__)


@app.command()
def rebuild(
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only this platform's.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only calls with an event since a time or an age (90m, 6h, 2d).")
    ] = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Build calls again from their raw events: after an upgrade that reads them better, or where calls were lost.

    Edits and numbers stay, erased calls stay erased. A call is left as it is once some of its raw events are gone.
    """
    if platform is not None and platform not in set(Platform):
        raise Misconfigured(f"There is no platform {platform!r}{suggestion(platform, list(Platform))}")
    settings = flags.settings(config=config, data=data)
    configure(LogLevel.ERROR)
    from_ms = None if since is None else instant_ms(since, now=utc_now())
    at = None if from_ms is None else datetime.fromtimestamp(from_ms / 1000, UTC)
    done = asyncio.run(_rebuild(settings, tenant=tenant, platform=platform, since=at))
    screen().print(
        f"{done[Rebuilt.ANEW]} calls were made anew; left as they are: {done[Rebuilt.INCOMPLETE]} without some of "
        f"their raw events, {done[Rebuilt.SILENT]} of which no event is understood.",
        soft_wrap=True,
    )


async def _rebuild(
    settings: Settings, *, tenant: str | None, platform: str | None, since: datetime | None
) -> Counter[Rebuilt]:
    """Return what became of how many calls; raises `CannotStart`."""
    config = read(settings.config, os.environ, secrets_of=())
    done: Counter[Rebuilt] = Counter()
    try:
        async with connect(mongo_url(settings)) as database:
            writer = MongoWriter(database, raw_days=partial(raw_days, lambda: config))
            rebuilder = MongoRebuilder(database, writer=writer)
            uids = rebuilder.calls(tenant=tenant, platform=platform, since=since)
            with _progress() as progress:
                await _all(uids, rebuilder, done, progress=progress)
    except* Away as errors:
        calls = done.total()
        raise CannotStart(f"MongoDB went away ({errors.exceptions[0]}) after {calls} calls: run it again.") from None
    return done


def _progress() -> Progress:
    """Return what counts on a terminal; how many calls there are is known at the end."""
    console = screen()
    return Progress("calls", MofNCompleteColumn(), console=console, transient=True, disable=not console.is_terminal)


async def _all(
    uids: AsyncIterator[str], rebuilder: MongoRebuilder, done: Counter[Rebuilt], *, progress: Progress
) -> None:
    free, task = asyncio.Semaphore(AT_ONCE), progress.add_task("", total=None)

    def ended(_: asyncio.Task[None]) -> None:
        free.release()
        progress.update(task, completed=done.total())

    async with asyncio.TaskGroup() as group:
        async for uid in uids:
            await free.acquire()
            group.create_task(_one(uid, rebuilder, done)).add_done_callback(ended)


async def _one(uid: str, rebuilder: MongoRebuilder, done: Counter[Rebuilt]) -> None:
    done[await rebuilder.rebuild(uid, _meaning)] += 1


def _meaning(envelope: Envelope) -> CallUpdate | None:
    """Return what an event says of its call, None where it cannot be understood."""
    try:
        meaning = understand(Record(partition=STORED, offset=0, envelope=envelope))
    except Exception as error:  # noqa: BLE001 - a bug that one event meets must not keep the others from being read
        _tell(error)
        return None
    return meaning.update if isinstance(meaning, Understood) else None


def _tell(error: Exception) -> None:
    # Its place only: an exception's text may quote a body.
    log.error("unexpected", extra={"place": place(error)})
