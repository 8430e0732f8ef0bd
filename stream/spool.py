"""Kafka with the journal behind it: when the broker is away, slow or refusing, an outage costs time and no calls."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from schemas.envelope import Envelope
from stream import metrics
from stream.breaker import Breaker
from stream.drain import Drain
from stream.journal import Journal, open_journal
from stream.journal_space import BOUND_BYTES, FLOOR_BYTES
from stream.kafka import kafka_publisher
from stream.kafka_client import KafkaSettings
from stream.kafka_publisher import KafkaPublisher
from stream.ports import Unavailable

log = logging.getLogger(__name__)

DEADLINE_S: Final = 0.8
"""What Kafka is given before the journal: a healthy one takes milliseconds, and the sender waits for both."""

SPOOL_S: Final = 2.0
"""What the journal is given then: with a large body's 2 s and Kafka's 0.8 s its sender is answered within 5 s."""

START_S: Final = 2.0
"""How long a start waits for Kafka; later it goes on without, into the spool."""

CLOSE_S: Final = 4.0
"""How long SIGTERM waits for the spool to drain; what is left is drained by the next start."""


class SpoolPublisher:
    """A publisher that prefers Kafka; made by `open_spool`."""

    def __init__(self, *, kafka: KafkaPublisher, journal: Journal) -> None:
        """Publish to *kafka*, else to *journal*, and move what is there to *kafka*."""
        self._kafka = kafka
        self._journal = journal
        self._loop = asyncio.get_running_loop()
        self._breaker = Breaker()
        self._drain = Drain(journal=journal, publish=self._to_kafka)

    async def publish(self, envelope: Envelope) -> None:
        """Return when *envelope* is in Kafka or on this machine's disk; raises `Unavailable` when neither takes it."""
        if self._breaker.allows(now=self._loop.time()):
            try:
                await self._to_kafka(envelope)
            except Unavailable:
                pass
            else:
                return
        await self._journal.publish(envelope)
        metrics.SPOOLED.inc()

    def ready(self) -> dict[str, bool]:
        """Tell whether Kafka takes events, and whether the journal does."""
        connected = all(self._kafka.ready().values())
        return {"kafka": connected and self._breaker.closed, **self._journal.ready()}

    async def close(self) -> None:
        """Drain within `CLOSE_S` if Kafka takes it."""
        await self._drain.finish(within_s=CLOSE_S if all(self.ready().values()) else 0.0)

    async def _to_kafka(self, envelope: Envelope) -> None:
        try:
            await self._kafka.publish(envelope)
        except Unavailable as error:
            if self._breaker.failed(now=self._loop.time()):
                self._opened(str(error))
            raise
        if self._breaker.worked():
            metrics.BREAKER_OPEN.set(0)
            log.info("kafka_works_again")

    def _opened(self, why: str) -> None:
        metrics.BREAKER_OPEN.set(1)
        log.error("spooling", extra={"why": why})
        self._kafka.drop(why)  # who still waits for a turn goes to the journal now


@asynccontextmanager
async def open_spool(
    *,
    settings: KafkaSettings,
    directory: Path,
    bound_bytes: int = BOUND_BYTES,
    floor_bytes: int = FLOOR_BYTES,
    start_s: float = START_S,
) -> AsyncIterator[SpoolPublisher]:
    """Publish to Kafka with a journal in *directory* behind it; Kafka may be away.

    Raises `Unusable` when the directory or the settings cannot work.
    """
    async with (
        open_journal(
            directory=directory,
            bound_bytes=bound_bytes,
            floor_bytes=floor_bytes,
            keep_ms=0,  # what was drained is in Kafka
            deadline_s=SPOOL_S,
            stream="spool",
        ) as journal,
        kafka_publisher(settings=settings, deadline_s=DEADLINE_S, wait_s=start_s) as kafka,
    ):
        spool = SpoolPublisher(kafka=kafka, journal=journal)
        try:
            yield spool
        finally:
            await spool.close()
