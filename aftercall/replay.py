"""`aftercall replay`: let the workers read the stream again, from a time or an offset."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from aftercall import flags
from aftercall.screen import screen
from aftercall.wiring import journal, kafka_settings
from runtime.clock import utc_now
from runtime.errors import Misconfigured
from runtime.logs import configure
from runtime.settings import LogLevel, Settings
from stream.journal_groups import PARTITION
from stream.ports import Partition, Rewinder

app = typer.Typer(add_completion=False)

TOPIC: Final = "aftercall.events"
UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@app.command()
def replay(
    *,
    since: Annotated[
        str | None, typer.Option(help="From when on: a time (2026-11-20T08:00:00Z) or an age (90m, 6h, 2d).")
    ] = None,
    offset: Annotated[int | None, typer.Option(min=0, help="Or from this offset on.")] = None,
    partition: Annotated[int, typer.Option(min=0, help="The partition of --offset.")] = 0,
    data: flags.Data = None,
) -> None:
    """Let the workers read events again; calls that are right already stay as they are, and edits are kept.

    With Kafka stop every worker first; `aftercall up` may run on.
    """
    if (since is None) == (offset is None):
        raise Misconfigured("Say from where: --since TIME or AGE, or --offset N.")
    settings = flags.settings(data=data)
    if settings.kafka is None and partition != PARTITION.number:
        raise Misconfigured(f"The journal has one partition, {PARTITION.number}; AFTERCALL_KAFKA is not set.")
    configure(LogLevel.ERROR)
    moved = asyncio.run(_move(settings, since=since, offset=offset, partition=partition))
    for place, position in sorted(moved.items()):
        screen().print(f"{place.topic}/{place.number} goes on at {position}.")


async def _move(
    settings: Settings, *, since: str | None, offset: int | None, partition: int
) -> Mapping[Partition, int]:
    async with _rewinder(settings) as rewinder:
        if offset is not None:
            place = PARTITION if settings.kafka is None else Partition(TOPIC, partition)
            return await rewinder.seek({place: offset})
        return await rewinder.rewind(since=instant_ms(since or "", now=utc_now()))


@asynccontextmanager
async def _rewinder(settings: Settings) -> AsyncIterator[Rewinder]:
    if settings.kafka is None:
        async with journal(settings, beside=True) as local:
            yield local.rewinder
        return
    from stream.kafka import kafka_rewinder

    async with kafka_rewinder(settings=kafka_settings(settings)) as rewinder:
        yield rewinder


def instant_ms(text: str, *, now: datetime) -> int:
    """Return the epoch milliseconds that *text* means, an age counted back from *now*; raises `Misconfigured`."""
    if text[:-1].isdigit() and text[-1] in UNITS:
        return round((now - timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])).timestamp() * 1000)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Misconfigured(
            f"{text!r} is no time: write 2026-11-20T08:00:00Z, or an age such as 90m, 6h, 2d."
        ) from None
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
