"""How far the workers are behind, in records and in seconds, and whether Kafka dropped what nobody had read."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from stream import metrics
from stream.ports import Batch, Partition
from stream.times import now_ms

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0
"""How often the partitions' ends are asked for: a scrape sees lag that is at most so old."""


class Lag:
    """The positions of the partitions that are ours."""

    def __init__(self, consumer: AIOKafkaConsumer, *, retention_ms: int, clock: Callable[[], int] = now_ms) -> None:
        """Ask *consumer*; records are kept for *retention_ms* (negative: for ever)."""
        self._consumer = consumer
        self._retention_ms = retention_ms
        self._clock = clock
        self._away = False
        self._done: dict[Partition, int] = {}
        self._next: dict[Partition, int] = {}
        self._ends: dict[Partition, int] = {}
        self._since: dict[Partition, int] = {}  # time of the oldest record that may wait, epoch ms

    async def learn(self, lanes: Sequence[TopicPartition]) -> None:
        """Ask where the group stands in *lanes*."""
        if not lanes:
            return
        begins = await self._consumer.beginning_offsets(lanes)
        ends = await self._consumer.end_offsets(lanes)
        for lane, committed in zip(lanes, await asyncio.gather(*map(self._consumer.committed, lanes)), strict=True):
            partition = Partition(lane.topic, lane.partition)
            self._ends[partition] = ends[lane]
            self._done[partition] = begins[lane] if committed is None else committed
            self._next[partition] = self._done[partition]

    def seen(self, batch: Batch, *, at: int) -> None:
        """Note that *batch* was read, whose first record is of *at* (epoch ms); tell if others are gone before it."""
        partition, first = batch.partition, batch.records[0].offset
        expected = self._next.get(partition, first)
        if first != expected:
            metrics.OFFSETS_LOST.inc()
            log.error(
                "records_gone",
                extra={
                    "partition": partition.number,
                    "expected": expected,
                    "found": first,
                    "records": first - expected,
                },
            )
        self._next[partition] = batch.next_offset
        self._ends[partition] = max(self._ends.get(partition, 0), batch.next_offset)
        self._since[partition] = at

    def committed(self, batch: Batch) -> None:
        """Note that *batch* is done."""
        self._done[batch.partition] = batch.next_offset

    def forget(self, partitions: Iterable[Partition]) -> None:
        """Drop what is no longer ours."""
        for partition in partitions:
            for known in (self._done, self._next, self._ends, self._since):
                known.pop(partition, None)

    def records(self) -> dict[Partition, int]:
        """Return how many records wait in each partition."""
        return {partition: max(0, self._ends[partition] - done) for partition, done in self._done.items()}

    async def watch(self) -> None:
        """Keep the ends and the metrics fresh, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            for lane, end in (await self._look()).items():
                if (partition := Partition(lane.topic, lane.partition)) in self._done:
                    self._ends[partition] = end
            self.tell()

    async def _look(self) -> dict[TopicPartition, int]:
        """Return the ends; nothing, told once, while Kafka is away."""
        try:
            ends: dict[TopicPartition, int] = await self._consumer.end_offsets([TopicPartition(*p) for p in self._done])
        except KafkaError as error:
            if not self._away:
                log.error("kafka_away", extra={"error": type(error).__name__})  # noqa: TRY400  # its name says all
            self._away = True
            return {}
        if self._away:
            log.info("kafka_back")
        self._away = False
        return ends

    def tell(self) -> None:
        """Set the metrics."""
        waiting = {partition: count for partition, count in self.records().items() if count}
        now = self._clock()
        seconds = max(((now - self._since.get(partition, now)) / 1000 for partition in waiting), default=0.0)
        metrics.LAG_EVENTS.set(sum(waiting.values()))
        metrics.LAG_SECONDS.set(seconds)
        metrics.LAG_RETENTION_RATIO.set(max(0.0, seconds * 1000 / self._retention_ms) if self._retention_ms > 0 else 0)
