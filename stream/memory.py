"""A stream in memory, for tests: it remembers, loses everything with the process, and passes the same suite."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Final
from zlib import crc32

from schemas.envelope import Envelope
from stream.ports import Batch, Dead, Partition, Record, Unavailable
from stream.times import now_ms

BATCH_RECORDS: Final = 100
"""Small, so that tests see more than one batch."""


class MemoryStream:
    """Publisher, rewinder and dead letters in one; `source` gives the workers' end."""

    def __init__(self, *, partitions: int = 3) -> None:
        """Keep *partitions* lists."""
        self.available = True
        self.records: dict[Partition, list[Record]] = {Partition("memory", n): [] for n in range(partitions)}
        self.stored: dict[Partition, list[int]] = {partition: [] for partition in self.records}
        self.committed: dict[Partition, int] = dict.fromkeys(self.records, 0)
        self.arrived = asyncio.Event()
        self.rewinds = 0
        self._dead: dict[tuple[Partition, int], Dead] = {}

    async def publish(self, envelope: Envelope) -> None:
        """Remember *envelope*; raise `Unavailable` while `available` is false."""
        if not self.available:
            raise Unavailable("the memory stream was told to refuse")
        partition = Partition("memory", crc32(envelope.key) % len(self.records))
        kept = self.records[partition]
        kept.append(Record(partition=partition, offset=len(kept), envelope=envelope, value=envelope.body))
        self.stored[partition].append(now_ms())
        self.arrived.set()

    def ready(self) -> dict[str, bool]:
        """Tell whether `publish` remembers."""
        return {"memory": self.available}

    def source(self, *, records: int = BATCH_RECORDS) -> "MemorySource":
        """Return a workers' end that begins where the last one committed."""
        return MemorySource(stream=self, records=records)

    async def rewind(self, *, since: int) -> dict[Partition, int]:
        """Go to the first record stored at or after *since*."""
        return await self.seek({part: sum(at < since for at in times) for part, times in self.stored.items()})

    async def seek(self, offsets: Mapping[Partition, int]) -> dict[Partition, int]:
        """Go to *offsets*, or to the nearest that is kept."""
        moved = {part: max(0, min(offset, len(self.records[part]))) for part, offset in offsets.items()}
        self.committed |= moved
        self.rewinds += 1
        self.arrived.set()
        return moved

    async def put(self, dead: Dead) -> None:
        """Remember *dead*."""
        self._dead[dead.partition, dead.offset] = dead

    async def all(self) -> AsyncIterator[Dead]:
        """Yield what was set aside and not settled, oldest first."""
        for dead in sorted(self._dead.values(), key=lambda dead: dead.at):
            yield dead

    async def settle(self, dead: Dead) -> None:
        """Forget *dead*."""
        self._dead.pop((dead.partition, dead.offset), None)


class MemorySource:
    """The workers' end of a `MemoryStream`."""

    def __init__(self, *, stream: MemoryStream, records: int) -> None:
        """Begin where the last one committed."""
        self._stream = stream
        self._most = records
        self._next = dict(stream.committed)
        self._rewinds = stream.rewinds
        self._hand: list[Batch] = []
        self._stopped = False

    async def batches(self) -> AsyncIterator[Batch]:
        """Yield batches until `stop`."""
        while not self._stopped:
            self._stream.arrived.clear()
            batch = self._ready()
            if batch is None:
                await self._stream.arrived.wait()
            else:
                self._next[batch.partition] = batch.next_offset
                self._hand.append(batch)
                yield batch

    async def commit(self, batch: Batch) -> None:
        """Move on behind *batch*; nothing where the position was moved by hand meanwhile."""
        held = any(batch is one for one in self._hand)
        if held and self._rewinds == self._stream.rewinds:
            self._stream.committed[batch.partition] = batch.next_offset

    async def stop(self) -> None:
        """End `batches` after the one in hand."""
        self._stopped = True
        self._stream.arrived.set()

    def lag(self) -> dict[Partition, int]:
        """Return how many records wait behind the committed ones."""
        return {part: len(kept) - self._stream.committed[part] for part, kept in self._stream.records.items()}

    def _ready(self) -> Batch | None:
        if self._rewinds != self._stream.rewinds:
            self._next, self._rewinds, self._hand = dict(self._stream.committed), self._stream.rewinds, []
        for partition, kept in self._stream.records.items():
            if records := kept[self._next[partition] :][: self._most]:
                return Batch(partition, tuple(records))
        return None
