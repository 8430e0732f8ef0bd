"""Moving spooled events to Kafka: oldest first, beside the fresh ones, never in their way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from schemas.envelope import Envelope
from stream import metrics
from stream.breaker import PROBE_S
from stream.journal import Journal
from stream.ports import Batch, Dead, Fault, Record
from stream.times import now_ms

log = logging.getLogger(__name__)

DRAIN_RECORDS: Final = 50
"""Moved at a time: a batch of Kafka's, well below what comes in fresh meanwhile."""

REST: Final = 1.0
"""Rest after each move, as a share of the time it took: fresh events keep half of the machine."""


class Drain:
    """Empties a journal through *publish* for as long as it lives."""

    def __init__(self, *, journal: Journal, publish: Callable[[Envelope], Awaitable[None]]) -> None:
        """Begin at once."""
        self._publish = publish
        self._dead_letters = journal.dead_letters
        self._source = journal.source(records=DRAIN_RECORDS)
        self._rest = REST
        self._task = asyncio.create_task(self._run())

    async def finish(self, *, within_s: float) -> None:
        """Hurry until the journal is empty, at most *within_s*; then stop."""
        self._rest = 0.0
        try:
            async with asyncio.timeout(within_s):
                while any(self._source.lag().values()):  # noqa: ASYNC110  # lag has no event, and shutdown no hurry
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.warning("spool_left", extra={"events": sum(self._source.lag().values())})
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._drain()
            except Exception:  # whatever it was, what is spooled must not stay there until a restart
                log.exception("drain_failed")
            await asyncio.sleep(PROBE_S)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        async for batch in self._source.batches():
            began = loop.time()
            await self._move(batch)
            await self._source.commit(batch)
            metrics.DRAINED.inc(len(batch.records))
            await asyncio.sleep(self._rest * (loop.time() - began))

    async def _move(self, batch: Batch) -> None:
        """Return when all of *batch* is in Kafka, trying as long as it takes."""
        left: Sequence[Record] = batch.records
        while left:
            outcomes = await asyncio.gather(*map(self._move_one, left), return_exceptions=True)
            left = [record for record, outcome in zip(left, outcomes, strict=True) if outcome is not None]
            if left:
                await asyncio.sleep(PROBE_S)

    async def _move_one(self, record: Record) -> None:
        if record.envelope is not None:
            await self._publish(record.envelope)
        else:  # the disk damaged it: Kafka cannot take what says no key
            await self._dead_letters.put(_damaged(record))


def _damaged(record: Record) -> Dead:
    return Dead(
        partition=record.partition,
        offset=record.offset,
        reason=record.fault or Fault.DAMAGED,
        detail="found in the spool",
        preview="",
        at=now_ms(),
        envelope=None,
        value=record.value,
    )
