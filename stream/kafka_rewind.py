"""Moving the workers' group by hand: its committed offsets are written anew while no worker runs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from stream.kafka_client import KafkaSettings
from stream.kafka_topics import EVENTS
from stream.ports import Partition, Unusable

GROUP: Final = "aftercall.workers"


class KafkaRewinder:
    """Moves the position of the workers' group; made by `kafka_rewinder`."""

    def __init__(self, settings: KafkaSettings, *, consumer: AIOKafkaConsumer, partitions: int) -> None:
        """Write through *consumer*, a started one that has joined no group's balancing."""
        self._consumer = consumer
        self._lanes = [TopicPartition(settings.prefix + EVENTS, number) for number in range(partitions)]
        consumer.assign(self._lanes)

    async def rewind(self, *, since: int) -> dict[Partition, int]:
        """Go to the first record that Kafka got at or after *since* (epoch ms); raises `Unusable`."""
        with _answering():
            found = await self._consumer.offsets_for_times(dict.fromkeys(self._lanes, since))
            ends = await self._consumer.end_offsets(self._lanes)
        return await self._commit({lane: ends[lane] if at is None else at.offset for lane, at in found.items()})

    async def seek(self, offsets: Mapping[Partition, int]) -> dict[Partition, int]:
        """Go to *offsets*, or to the nearest that is kept; raises `Unusable`."""
        lanes = {TopicPartition(*partition): offset for partition, offset in offsets.items()}
        for lane in lanes.keys() - set(self._lanes):  # Kafka would wait for one that never comes
            raise Unusable(
                f"{lane.topic} has the partitions 0 to {len(self._lanes) - 1}, none of number {lane.partition}"
            )
        with _answering():
            begins = await self._consumer.beginning_offsets(list(lanes))
            ends = await self._consumer.end_offsets(list(lanes))
        return await self._commit({lane: max(begins[lane], min(at, ends[lane])) for lane, at in lanes.items()})

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> dict[Partition, int]:
        try:
            await self._consumer.commit(dict(offsets))
        except KafkaError as error:
            raise Unusable(
                f"the position of the workers cannot be moved ({type(error).__name__}): stop every worker, "
                "wait ten seconds for one that was killed, and try again"
            ) from error
        return {Partition(lane.topic, lane.partition): offset for lane, offset in offsets.items()}


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise Unusable(f"Kafka did not answer ({type(error).__name__}): see that it runs, and try again") from error
