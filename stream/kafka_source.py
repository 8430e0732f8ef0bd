"""Reading Kafka as one worker of a group: batches a partition each, committed only while the partition is ours."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import IllegalStateError, KafkaError
from aiokafka.structs import TopicPartition

from stream import metrics
from stream.kafka_chunks import ChunkReader
from stream.kafka_lag import Lag
from stream.kafka_records import first_batch
from stream.ports import Batch, Partition

log = logging.getLogger(__name__)

POLL_S: Final = 0.25
"""How long a read waits for records: also how soon `stop` is heard."""

RETRY_S: Final = 1.0
"""How long to wait after an error that reading again may cure."""

REVOKE_S: Final = 20.0
"""How long a rebalance waits for the batches in hand; later they are somebody else's, who does them again."""


class KafkaSource(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """The workers' end of Kafka; made by `kafka_source`."""

    def __init__(self, consumer: AIOKafkaConsumer, *, chunks: ChunkReader, lag: Lag, records: int) -> None:
        """Read up to *records* at once through a started *consumer*."""
        self._consumer = consumer
        self._chunks = chunks
        self._lag = lag
        self._records = records
        self._hand: defaultdict[Partition, list[Batch]] = defaultdict(list)
        self._ahead: deque[tuple[Partition, list[Any]]] = deque()  # read, not yet given out
        self._emptied = asyncio.Event()
        self._settled = asyncio.Event()  # cleared while partitions go: what is in hand then becomes no more
        self._settled.set()
        self._rebalances = 0
        self._stopped = False

    async def batches(self) -> AsyncIterator[Batch]:
        """Yield batches until `stop`; wait while Kafka is away."""
        while not self._stopped:
            await self._settled.wait()
            if not self._ahead:
                await self._read()
            elif (batch := await self._next()) is not None:
                yield batch

    async def commit(self, batch: Batch) -> None:
        """Move on behind *batch*; nothing where its partition is no longer ours."""
        hand = self._hand[batch.partition]
        if not any(batch is held for held in hand):
            return
        try:
            await self._consumer.commit({TopicPartition(*batch.partition): batch.next_offset})
        except (KafkaError, IllegalStateError) as error:  # it is done again, which changes nothing
            log.warning("commit_lost", extra={"partition": batch.partition.number, "error": type(error).__name__})
        else:
            self._lag.committed(batch)
        hand[:] = [held for held in hand if held.next_offset > batch.next_offset]
        if not any(self._hand.values()):
            self._emptied.set()

    async def stop(self) -> None:
        """End `batches` after the one in hand."""
        self._stopped = True

    def lag(self) -> dict[Partition, int]:
        """Return how many records wait behind the committed ones, as last known."""
        return self._lag.records()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Let the batches in hand be finished and committed before their partitions go."""
        self._rebalances += 1
        self._settled.clear()
        try:
            await self._put_down()
        finally:
            self._settled.set()
        self._hand.clear()
        self._ahead.clear()  # read again, by whoever gets them, from the committed offsets
        self._lag.forget(Partition(lane.topic, lane.partition) for lane in revoked)

    async def _put_down(self) -> None:
        self._emptied.clear()
        if any(self._hand.values()):
            try:
                async with asyncio.timeout(REVOKE_S):
                    await self._emptied.wait()
            except TimeoutError:
                metrics.REVOKED_UNDONE.inc(sum(map(len, self._hand.values())))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Learn where the group stands."""
        await self._lag.learn(list(assigned))

    async def _read(self) -> None:
        try:
            rows: dict[TopicPartition, list[Any]] = await self._consumer.getmany(
                timeout_ms=int(POLL_S * 1000), max_records=self._records
            )
        except KafkaError as error:
            log.error("kafka_unreadable", extra={"error": f"{type(error).__name__}: {error}"})  # noqa: TRY400  # its text says all
            await asyncio.sleep(RETRY_S)
        else:
            self._ahead += [(Partition(lane.topic, lane.partition), found) for lane, found in rows.items()]

    async def _next(self) -> Batch | None:
        partition, rows = self._ahead[0]
        rebalances = self._rebalances
        batch = await first_batch(partition, rows, chunks=self._chunks)
        if rebalances != self._rebalances:
            return None  # the partition went while a large body was fetched
        self._lag.seen(batch, at=rows[0].timestamp)
        self._hand[partition].append(batch)
        del rows[: len(batch.records)]
        if not rows:
            self._ahead.popleft()
        return batch
