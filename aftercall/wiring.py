"""Which adapter stands behind which port: the one place that knows settings and adapters both."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Final, NamedTuple

from ingest.checks import check_connections
from runtime.config_watch import ConfigWatch
from runtime.errors import Misconfigured
from runtime.settings import Compression, Settings
from storage.errors import Away
from storage.mongo import Database, connect
from storage.mongo_keeper import MongoKeeper
from stream.journal import Journal, open_journal
from stream.kafka_client import KafkaSettings
from stream.ports import DeadLetters, Publisher, Source

MEGABYTE: Final = 2**20
LOOK_AGAIN_S: Final = 1.0
"""How often a MongoDB that is away at the start is looked for."""

log = logging.getLogger(__name__)


def watch_config(settings: Settings, *, secrets_of: Collection[str]) -> ConfigWatch:
    """Return the configuration, read and checked; raises `Misconfigured`."""
    checks = [check_connections] if "connections" in secrets_of else []
    return ConfigWatch(settings.config, os.environ, secrets_of=secrets_of, checks=checks)


class Reading(NamedTuple):
    """What workers do with a stream: read it, and set aside what nobody understands."""

    source: Source
    dead_letters: DeadLetters
    busy: Callable[[], bool] | None = None
    """Whether senders of this process want its time, and what is durable can wait; None: it has no senders."""


def journal(settings: Settings, *, beside: bool = False) -> AbstractAsyncContextManager[Journal]:
    """Open the journal below the data directory; *beside* the process that has it, for a look or a rewind."""
    directory = settings.data / "journal"
    return open_journal(directory=directory, bound_bytes=settings.journal_mb * MEGABYTE, beside=beside)


@asynccontextmanager
async def publishing(settings: Settings) -> AsyncIterator[Publisher]:
    """Open what ingest publishes to: Kafka with the journal behind it, or the journal alone."""
    if settings.kafka is None:
        async with journal(settings) as local:
            yield local
        return
    from stream.spool import open_spool

    directory, bound = settings.data / "journal", settings.journal_mb * MEGABYTE
    async with open_spool(settings=kafka_settings(settings), directory=directory, bound_bytes=bound) as spool:
        yield spool


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Reading]:
    """Open what workers read and where they set aside; raises `CannotStart` where Kafka cannot be reached."""
    if settings.kafka is None:
        async with journal(settings, beside=True) as local:
            yield Reading(local.source(), local.dead_letters)
        return
    from stream.kafka import kafka_dead_letters, kafka_source

    kafka = kafka_settings(settings)
    async with kafka_source(settings=kafka) as source, kafka_dead_letters(settings=kafka) as dead_letters:
        yield Reading(source, dead_letters)


@asynccontextmanager
async def stream(settings: Settings) -> AsyncIterator[tuple[Publisher, Reading]]:
    """Open both ends, for a process that does everything."""
    if settings.kafka is None:
        async with journal(settings) as local:
            yield local, Reading(local.source(), local.dead_letters, local.busy)
        return
    async with publishing(settings) as publisher, reading(settings) as events:
        yield publisher, events._replace(busy=lambda: False)  # Kafka may hold a burst back for as long as it likes


def kafka_settings(settings: Settings) -> KafkaSettings:
    """Return how Kafka is reached; `AFTERCALL_KAFKA` is set."""
    if settings.kafka is None:
        raise Misconfigured("AFTERCALL_KAFKA is not set: this verb speaks to Kafka only.")
    return KafkaSettings(
        bootstrap=settings.kafka,
        security=settings.kafka_security_protocol,
        sasl_mechanism=settings.kafka_sasl_mechanism,
        sasl_username=settings.kafka_username,
        sasl_password=settings.kafka_password.reveal() if settings.kafka_password else None,
        ssl_ca=str(settings.kafka_ca_file) if settings.kafka_ca_file else None,
        compression=None if settings.kafka_compression is Compression.NONE else settings.kafka_compression,
    )


class Store:
    """MongoDB as a process sees it: looked for until it answers, then told whether it still does."""

    def __init__(self) -> None:
        """Begin without one."""
        self._keeper: MongoKeeper | None = None

    @asynccontextmanager
    async def reached(self, url: str) -> AsyncIterator[Database]:
        """Yield the database at *url* once it answers, collections and indexes made; raises `CannotStart`."""
        async with AsyncExitStack() as stack:
            database = await _patiently(stack, url)
            keeper = MongoKeeper(database)
            for finding in await _once_there(keeper):
                log.warning("database_finding", extra={"finding": finding})
            self._keeper = keeper
            yield database

    async def ready(self) -> bool:
        """Tell whether it answers and takes writes."""
        return self._keeper is not None and await self._keeper.ready()

    async def signing_key(self, settings: Settings) -> bytes:
        """Return the key that was set, else the one that the database keeps; `reached` comes first."""
        if settings.signing_key is not None:
            return settings.signing_key.reveal().encode()
        if self._keeper is None:
            raise RuntimeError("the signing key is asked for before the database was reached")
        return await self._keeper.signing_key()


async def _patiently(stack: AsyncExitStack, url: str) -> Database:
    while True:
        try:
            return await stack.enter_async_context(connect(url))
        except Away as error:
            log.warning("database_away", extra={"why": str(error), "remedy": "see that MongoDB runs; it is looked for"})
        await asyncio.sleep(LOOK_AGAIN_S)


async def _once_there(keeper: MongoKeeper) -> list[str]:
    while True:
        try:
            await keeper.set_up()
            return list(await keeper.findings())
        except Away as error:
            log.warning("database_away", extra={"why": str(error), "remedy": "see that MongoDB runs; it is looked for"})
        await asyncio.sleep(LOOK_AGAIN_S)
