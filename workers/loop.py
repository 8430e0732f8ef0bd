"""Batch by batch: every record is stored or set aside, then the position moves; else it comes again."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial

from runtime.clock import Clock, utc_now
from storage.ports.workers import CallWriter
from stream.ports import Batch, DeadLetters, Record, Source
from workers import aside, metrics
from workers.courtesy import Courtesy
from workers.guard import Guard
from workers.patience import GivenUp, Patience
from workers.pipeline import SetAside
from workers.storing import Storing

log = logging.getLogger(__name__)


class Worker:
    """The loop and what it holds on to; everything it touches is an argument."""

    def __init__(
        self,
        source: Source,
        *,
        writer: CallWriter,
        dead_letters: DeadLetters,
        courtesy: Courtesy | None = None,
        patience: Patience | None = None,
        guard: Guard | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Work at the pace of *courtesy*, giving way before each slice."""
        self._source = source
        self._dead_letters = dead_letters
        self._courtesy = courtesy or Courtesy()
        self._patience = patience or Patience()
        self._storing = Storing(writer, self._patience, guard or Guard())
        self._clock = clock
        self._on_their_way = asyncio.Semaphore(self._courtesy.pace.together)

    async def run(self) -> None:
        """Work until `stop`; raises `Stopped` where the guard finds the fault to be ours."""
        try:
            async for batch in self._source.batches():
                with metrics.BATCH_SECONDS.time():
                    await self._finish(batch)
                    await self._source.commit(batch)
                metrics.count_batch(batch, now=self._clock())
        except GivenUp:
            log.info("given_up")  # the batch in hand is not committed: it comes again

    async def stop(self) -> None:
        """End `run` after the batch in hand, or at once where that one waits for something that is away."""
        self._patience.stop()
        await self._source.stop()

    async def _finish(self, batch: Batch) -> None:
        """Return when each record of *batch* is stored or set aside."""
        asides: list[SetAside] = []
        size = self._courtesy.pace.records
        slices = [batch.records[start : start + size] for start in range(0, len(batch.records), size)]
        # While MongoDB writes one slice, the next is understood; all of them end before any trouble is let out.
        done = await asyncio.gather(*map(self._store, slices), return_exceptions=True)
        for found in done:
            if isinstance(found, BaseException):
                raise found
            asides += found
        for one in asides:  # last: a guard that stops the worker has put nothing aside
            dead = aside.dead_letter(one, clock=self._clock)
            await self._patience.until_done(partial(self._dead_letters.put, dead))
            aside.tell(one)

    async def _store(self, records: Sequence[Record]) -> list[SetAside]:
        async with self._on_their_way:
            await self._courtesy.give_way()
            return await self._storing.store(records)
