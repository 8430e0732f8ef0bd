"""Kafka as a stream: what `aftercall` wires, each part open for as long as its `async with`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from stream.kafka_chunks import ChunkReader
from stream.kafka_client import KafkaSettings, client_options
from stream.kafka_dead import KafkaDeadLetters
from stream.kafka_lag import Lag
from stream.kafka_publisher import DEADLINE_S, KafkaPublisher
from stream.kafka_refusal import told
from stream.kafka_rewind import GROUP, KafkaRewinder
from stream.kafka_source import REVOKE_S, KafkaSource
from stream.kafka_topics import BODIES, EVENTS, Topics, ensure_topics
from stream.ports import BATCH_RECORDS, Unusable

FETCH_BYTES: Final = 16 << 20
PARTITION_BYTES: Final = 2 << 20
"""What is read ahead at once, and of each partition: bounds a worker's memory."""

POLL_MS: Final = 24 * 3_600_000
"""While MongoDB is away a batch may stay in hand for hours: heartbeats keep the partitions meanwhile."""

SESSION_MS: Final = 10_000
"""A worker that was killed is replaced after so long."""


@asynccontextmanager
async def kafka_publisher(
    *, settings: KafkaSettings, deadline_s: float = DEADLINE_S, wait_s: float = 0.0
) -> AsyncIterator[KafkaPublisher]:
    """Publish to Kafka, connecting behind the scenes; wait up to *wait_s* for the first connection.

    Raises `Unusable` for settings that cannot work; an unreachable Kafka is no error, `publish` tells.
    """
    publisher = KafkaPublisher(settings, deadline_s=deadline_s)
    try:
        await publisher.linked(within_s=wait_s)
        yield publisher
    finally:
        await publisher.close()


@asynccontextmanager
async def kafka_dead_letters(*, settings: KafkaSettings, wait_s: float = 0.0) -> AsyncIterator[KafkaDeadLetters]:
    """Set poison aside on Kafka; wait up to *wait_s* for the first connection."""
    async with kafka_publisher(settings=settings, wait_s=wait_s) as publisher:
        yield KafkaDeadLetters(settings, publisher=publisher)


@asynccontextmanager
async def kafka_source(*, settings: KafkaSettings, records: int = BATCH_RECORDS) -> AsyncIterator[KafkaSource]:
    """Join the workers' group, topics made where they are missing; raises `Unusable` when Kafka cannot be reached."""
    topics = await reached_topics(settings=settings)
    consumer = AIOKafkaConsumer(
        **client_options(settings),
        group_id=settings.prefix + GROUP,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=PARTITION_BYTES,
        max_poll_interval_ms=POLL_MS,
        session_timeout_ms=SESSION_MS,
        # Longer than a batch in hand is waited for, or the group would go on without us.
        rebalance_timeout_ms=int((REVOKE_S + 10) * 1000),
    )
    chunks = ChunkReader(settings, topic=BODIES)
    lag = Lag(consumer, retention_ms=topics.retention_ms)
    source = KafkaSource(consumer, chunks=chunks, lag=lag, records=records)
    await consumer.start()
    consumer.subscribe([settings.prefix + EVENTS], listener=source)
    watching = asyncio.create_task(lag.watch())
    try:
        yield source
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await chunks.close()
        await consumer.stop()


@asynccontextmanager
async def kafka_rewinder(*, settings: KafkaSettings) -> AsyncIterator[KafkaRewinder]:
    """Move the workers' position; raises `Unusable` when Kafka cannot be reached or a worker runs."""
    topics = await reached_topics(settings=settings)
    consumer = AIOKafkaConsumer(**client_options(settings), group_id=settings.prefix + GROUP, enable_auto_commit=False)
    await consumer.start()
    try:
        yield KafkaRewinder(settings, consumer=consumer, partitions=topics.partitions[EVENTS])
    finally:
        await consumer.stop()


async def reached_topics(*, settings: KafkaSettings, make: bool = True) -> Topics:
    """Return the topics, made if *make* where they are missing; raises `Unusable` when Kafka cannot be reached."""
    try:
        return await ensure_topics(settings, make=make)
    except (KafkaError, OSError, TimeoutError) as error:
        raise Unusable(await told(settings, error=error)) from error
