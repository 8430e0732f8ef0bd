"""Understanding and storing a slice of records; a bug that hits one of them hits that one only."""

import asyncio
import logging
from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import NamedTuple

from storage.ports.workers import CallWriter
from stream.ports import Record
from workers import metrics
from workers.guard import Guard, place
from workers.patience import GivenUp, Patience
from workers.pipeline import SetAside, Understood, understand
from workers.reasons import Aside

log = logging.getLogger(__name__)


class Storing(NamedTuple):
    """Where understood events go; the guard counts what fails because of us."""

    writer: CallWriter
    patience: Patience
    guard: Guard

    async def understand(self, records: Sequence[Record]) -> list[Understood | SetAside]:
        """Return what each of *records* means. Raises `Stopped`."""
        return [await self._meaning(record) for record in records]

    async def store(self, meanings: Sequence[Understood | SetAside]) -> list[SetAside]:
        """Return what has to be set aside; all the rest is stored. Raises `GivenUp` and `Stopped`."""
        asides = [meaning for meaning in meanings if isinstance(meaning, SetAside)]
        understood = [meaning for meaning in meanings if isinstance(meaning, Understood)]
        return asides + await self._write(understood)

    async def _meaning(self, record: Record) -> Understood | SetAside:
        await asyncio.sleep(0)  # others in this process wait for one record at most
        started = perf_counter()
        try:
            meaning = understand(record)
        except Exception as error:  # noqa: BLE001 - the guard decides whether it is one record's or ours
            return self._unexpected(record, error)
        metrics.NORMALISE_SECONDS.labels(metrics.platform(record.envelope)).observe(perf_counter() - started)
        return meaning

    async def _write(self, understood: Sequence[Understood]) -> list[SetAside]:
        """Return those that cannot be stored even alone, found by halving: stored twice is stored once."""
        if not understood:
            return []
        try:
            refused = await self.patience.until_done(partial(self._effect, understood))
        except GivenUp:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            if len(understood) == 1:
                return [self._unexpected(understood[0].record, error)]
            half = len(understood) // 2
            return await self._write(understood[:half]) + await self._write(understood[half:])
        self.guard.went_well(len(understood))
        metrics.count_stored(understood)
        return [SetAside(one.record, Aside.UNSTORABLE) for one in refused]

    async def _effect(self, understood: Sequence[Understood]) -> list[Understood]:
        """Keep and fold; return those whose call would become too large."""
        with metrics.STORE_SECONDS.time():
            await self.writer.keep([one.envelope for one in understood])
            refused = await self.writer.apply([one.update for one in understood if one.update is not None])
        no_room = {id(update) for update in refused}
        return [one for one in understood if id(one.update) in no_room]

    def _unexpected(self, record: Record, error: Exception) -> SetAside:
        # Its place only: an exception's text may quote a body.
        where = {"place": place(error), "partition": record.partition.number, "offset": record.offset}
        log.error("unexpected", extra=where)
        self.guard.failed(error)
        return SetAside(record, Aside.UNEXPECTED, place(error))
