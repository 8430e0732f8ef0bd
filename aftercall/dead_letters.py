"""`aftercall dead-letters`: what was set aside, and giving it another try."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
import typer
from rich.table import Table

from aftercall import flags
from aftercall.screen import screen
from aftercall.wiring import journal, kafka_settings
from runtime.errors import CannotStart, Misconfigured
from runtime.logs import configure
from runtime.settings import LogLevel, Settings
from stream.ports import Dead, DeadLetters, Publisher, Unavailable
from stream.replay import publish_again

REACHED_WITHIN_S: Final = 5.0

app = typer.Typer(help="What was set aside: list and replay.", no_args_is_help=True, add_completion=False)

Reason = Annotated[str | None, typer.Option(help="Only those that were set aside for this reason.")]
Platform = Annotated[str | None, typer.Option(help="Only those of this platform.")]
Tenant = Annotated[str | None, typer.Option(help="Only those of this tenant.")]


class Choice(msgspec.Struct, frozen=True):
    """Which dead letters are meant; what is None does not matter."""

    reason: str | None = None
    platform: str | None = None
    tenant: str | None = None

    def __call__(self, dead: Dead) -> bool:
        """Tell whether *dead* is meant; one without an envelope is of no platform and no tenant."""
        envelope = dead.envelope
        return (
            self.reason in (None, dead.reason)
            and self.platform in (None, envelope and envelope.platform)
            and self.tenant in (None, envelope and envelope.tenant)
        )


@app.command("list")
def list_(
    *,
    reason: Reason = None,
    platform: Platform = None,
    tenant: Tenant = None,
    limit: Annotated[int, typer.Option(min=1, help="Show so many at most.")] = 50,
    data: flags.Data = None,
) -> None:
    """Show what was set aside, oldest first, with a preview that holds no words of anybody."""
    settings = flags.settings(data=data)
    configure(LogLevel.ERROR)
    asyncio.run(_list(settings, Choice(reason, platform, tenant), limit=limit))


@app.command()
def replay(
    *,
    reason: Reason = None,
    platform: Platform = None,
    tenant: Tenant = None,
    everything: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    data: flags.Data = None,
) -> None:
    """Publish chosen dead letters again, after a version that understands them was installed."""
    if not (reason or platform or tenant or everything):
        raise Misconfigured("Say which: --reason, --platform, --tenant, or --all.")
    settings = flags.settings(data=data)
    configure(LogLevel.ERROR)
    published = asyncio.run(_replay(settings, Choice(reason, platform, tenant)))
    screen().print(f"{published} dead letters were published again.")


async def _list(settings: Settings, choice: Choice, *, limit: int) -> None:
    table = Table("when", "where", "reason", "platform", "type", "detail", "preview")
    shown = total = 0
    async with _both(settings) as (dead_letters, _):
        async for dead in dead_letters.all():
            total += choice(dead)
            if choice(dead) and shown < limit:
                shown += 1
                table.add_row(*_row(dead))
    screen().print(table)
    screen().print(f"{shown} of {total} dead letters.")


async def _replay(settings: Settings, choice: Choice) -> int:
    async with _both(settings) as (dead_letters, publisher):
        try:
            return await publish_again(dead_letters, publisher=publisher, chosen=choice)
        except Unavailable as error:
            raise CannotStart(f"The stream takes nothing now ({error}): those not yet published stay.") from None


def _row(dead: Dead) -> tuple[str, ...]:
    when = datetime.fromtimestamp(dead.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    where = f"{dead.partition.topic}/{dead.partition.number}/{dead.offset}"
    of = (dead.envelope.platform.value, dead.envelope.event_type) if dead.envelope else ("", "")
    return (when, where, dead.reason, *of, dead.detail, dead.preview)


@asynccontextmanager
async def _both(settings: Settings) -> AsyncIterator[tuple[DeadLetters, Publisher]]:
    """Open the dead letters, and what they are published to again."""
    if settings.kafka is None:
        async with journal(settings, beside=True) as local:
            yield local.dead_letters, local
        return
    from stream.kafka import kafka_dead_letters, kafka_publisher

    kafka = kafka_settings(settings)
    async with (
        kafka_dead_letters(settings=kafka, wait_s=REACHED_WITHIN_S) as dead_letters,
        kafka_publisher(settings=kafka, wait_s=REACHED_WITHIN_S) as publisher,
    ):
        yield dead_letters, publisher
