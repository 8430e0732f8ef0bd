"""Kafka's batches, without a Kafka: what happens to who waits when it does not answer."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from aiokafka.structs import TopicPartition

from stream.deadlines import Deadlines
from stream.kafka_lanes import Lanes
from stream.ports import Unavailable

LANE = TopicPartition("events", 0)


class Batch:
    """Takes whatever comes."""

    def append(self, **_record: Any) -> object:
        return object()


class Silent:
    """A producer whose broker does not answer."""

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> Awaitable[Any]:
        return asyncio.get_running_loop().create_future()


def put(lanes: Lanes) -> "asyncio.Future[int]":
    return lanes.add(LANE, key=b"k", value=b"v", headers=[])


async def test_who_comes_after_a_batch_has_timed_out_is_told_in_time_too() -> None:
    deadlines = Deadlines(seconds=0.02, error=lambda: Unavailable("late"))
    lanes = Lanes(Silent(), new_batch=Batch, counted="events", watch=deadlines.watch, broken=lambda _: None)
    under_way = put(lanes)
    await asyncio.sleep(0.01)
    queued = put(lanes)
    await asyncio.wait({under_way, queued})

    async with asyncio.timeout(10):
        with pytest.raises(Unavailable, match="late"):
            await put(lanes)

    assert [type(one.exception()) for one in (under_way, queued)] == [Unavailable] * 2
    await lanes.close()
    deadlines.close()
