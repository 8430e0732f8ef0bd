"""Batch by batch: every record is stored or set aside, then the position moves; else it comes again."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from functools import partial
from time import perf_counter
from typing import NamedTuple

from runtime.clock import Clock, utc_now
from storage.ports.workers import CallWriter
from stream.ports import Batch, DeadLetters, Record, Source
from workers import aside, metrics
from workers.ahead import in_order
from workers.courtesy import Courtesy
from workers.guard import Guard
from workers.patience import GivenUp, Patience
from workers.pipeline import SetAside
from workers.storing import Storing

log = logging.getLogger(__name__)


class _Stored(NamedTuple):
    """What became of a batch: what has to be set aside, and when it was begun."""

    asides: list[SetAside]
    began: float


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
        self._understanding = asyncio.Lock()
        self._on_their_way = asyncio.Semaphore(self._courtesy.pace.together)

    async def run(self) -> None:
        """Work until `stop`; raises `Stopped` where the guard finds the fault to be ours."""
        try:
            async with aclosing(in_order(self._source.batches(), self._stored)) as done:
                async for batch, stored in done:
                    await self._set_aside(stored.asides)
                    await self._source.commit(batch)
                    metrics.BATCH_SECONDS.observe(perf_counter() - stored.began)
                    metrics.count_batch(batch, now=self._clock())
        except GivenUp:
            log.info("given_up")  # the batches in hand are not committed: they come again

    async def stop(self) -> None:
        """End `run` after the batches in hand, or at once where those wait for something that is away."""
        self._patience.stop()
        await self._source.stop()

    async def _stored(self, batch: Batch) -> _Stored:
        """Return when each record of *batch* is stored, or has to be set aside."""
        began = perf_counter()
        slices = self._courtesy.pace.slices(batch.records)
        # All of them end before any trouble is let out.
        done = await asyncio.gather(*map(self._store, slices), return_exceptions=True)
        asides: list[SetAside] = []
        for found in done:
            if isinstance(found, BaseException):
                raise found
            asides += found
        return _Stored(asides, began)

    async def _store(self, records: Sequence[Record]) -> list[SetAside]:
        async with self._on_their_way:
            await self._courtesy.give_way()
            async with self._understanding:  # one behind the other: while MongoDB writes one, the next is understood
                meanings = await self._storing.understand(records)
            return await self._storing.store(meanings)

    async def _set_aside(self, asides: Sequence[SetAside]) -> None:
        for one in asides:  # last: a guard that stops the worker has put nothing aside
            dead = aside.dead_letter(one, clock=self._clock)
            await self._patience.until_done(partial(self._dead_letters.put, dead))
            aside.tell(one)
