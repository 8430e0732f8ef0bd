"""`aftercall rebuild`: calls made again from the raw events that are kept."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Final

import typer

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
from schemas.words import Platform
from storage.mongo import connect
from storage.mongo_stored import stored_events
from storage.mongo_writer import MongoWriter
from storage.ports import Away
from stream.ports import Partition, Record
from workers.guard import Guard
from workers.patience import Patience
from workers.storing import Storing

app = typer.Typer()

TOGETHER: Final = 250
"""Events understood and written at once; at 20 KB each some 5 MB."""
STORED: Final = Partition("stored", 0)


@app.command()
def rebuild(
    *,
    tenant: Annotated[str | None, typer.Option(help="Only this tenant's.")] = None,
    platform: Annotated[str | None, typer.Option(help="Only this platform's.")] = None,
    since: Annotated[str | None, typer.Option(help="Only events since a time, or an age such as 6h or 2d.")] = None,
    config: flags.Config = None,
    data: flags.Data = None,
) -> None:
    """Understand the kept raw events again and fold them in: after a better normaliser, or for calls that were lost.

    Edits and numbers stay, erased calls stay erased; what an event said before and is no longer read from it stays too.
    """
    if platform is not None and platform not in set(Platform):
        raise Misconfigured(f"There is no platform {platform!r}{suggestion(platform, list(Platform))}")
    settings = flags.settings(config=config, data=data)
    configure(LogLevel.ERROR)
    from_ms = None if since is None else instant_ms(since, now=utc_now())
    at = None if from_ms is None else datetime.fromtimestamp(from_ms / 1000, UTC)
    events, left = asyncio.run(_rebuild(settings, tenant=tenant, platform=platform, since=at))
    screen().print(f"{events} events were folded in again, {left} cannot be understood.")


async def _rebuild(
    settings: Settings, *, tenant: str | None, platform: str | None, since: datetime | None
) -> tuple[int, int]:
    """Return how many events there were, and how many of them nobody understands; raises `CannotStart`."""
    config = read(settings.config, os.environ, secrets_of=())
    events = left = 0
    try:
        async with connect(mongo_url(settings)) as database:
            writer = MongoWriter(database, raw_days=partial(raw_days, lambda: config))
            storing = Storing(writer, Patience(), Guard())
            stored = stored_events(database, tenant=tenant, platform=platform, since=since)
            async for records in _batches(stored):
                left += len(await storing.store(records))
                events += len(records)
    except Away as error:
        raise CannotStart(f"MongoDB went away ({error}) after {events} events: run it again.") from None
    return events, left


async def _batches(envelopes: AsyncIterator[Envelope]) -> AsyncIterator[list[Record]]:
    records: list[Record] = []
    offset = 0
    async for envelope in envelopes:
        records.append(Record(partition=STORED, offset=offset, envelope=envelope))
        offset += 1
        if len(records) == TOGETHER:
            yield records
            records = []
    if records:
        yield records
