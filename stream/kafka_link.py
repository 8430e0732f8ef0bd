"""One producer while it works, and how it is made and given up."""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from stream import metrics
from stream.deadlines import Futures
from stream.kafka_batch import QUICK, PlainBatch
from stream.kafka_client import CONNECT_S, KafkaSettings, client_options
from stream.kafka_lanes import Lanes
from stream.kafka_request import use_flat_requests
from stream.kafka_topics import EVENTS, Topics, ensure_topics

ABANDON_S: Final = 2.0
"""A producer that is given up may try so long to end well; it holds nothing that anybody was promised."""


class Link(msgspec.Struct, frozen=True):
    """A connected producer, its open batches, and the topics as they were when it was made."""

    producer: AIOKafkaProducer
    lanes: Lanes
    topics: Topics


async def connect(settings: KafkaSettings, *, watch: Callable[[Futures], None], broken: Callable[[str], None]) -> Link:
    """Return a link to Kafka; raises `KafkaError`, `OSError` or `TimeoutError` when there is none."""
    use_flat_requests()
    topics = await ensure_topics(settings)
    producer = AIOKafkaProducer(
        **client_options(settings),
        acks="all",
        enable_idempotence=True,
        max_batch_size=topics.batch_bytes,
        compression_type=settings.compression,
    )
    try:
        async with asyncio.timeout(CONNECT_S):
            await producer.start()
    except BaseException:
        await producer.client.close()
        raise
    metrics.PRODUCERS_MADE.inc()
    plain = QUICK and settings.compression is None
    lanes = Lanes(
        producer,
        new_batch=partial(PlainBatch, most=topics.batch_bytes) if plain else producer.create_batch,
        counted=settings.prefix + EVENTS,
        watch=watch,
        broken=broken,
    )
    return Link(producer, lanes, topics)


async def abandon(link: Link) -> None:
    """End *link* whatever state it is in; what waits fails."""
    await link.lanes.close()
    sender, waiting = link.producer._sender, link.producer._message_accumulator  # noqa: SLF001  # aiokafka offers no other way
    # What it calls when its sender ends in trouble expects a transaction, which we do not use.
    sender.sender_task.remove_done_callback(sender._fail_all)  # noqa: SLF001  # the same
    # With idempotence a batch is retried for ever, and `stop` waits for it: fail it first.
    waiting.fail_all(KafkaError("given up"))
    with contextlib.suppress(Exception):  # whatever a broken producer raises on its way out
        async with asyncio.timeout(ABANDON_S):
            await link.producer.stop()
    await link.producer.client.close()
