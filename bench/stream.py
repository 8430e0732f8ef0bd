"""Publishing beside the bare libraries: `python -m bench.stream`; events a second, and this process's CPU an event.

128 senders wait for each acknowledgement, as webhooks do; broker, disk and senders share this machine.
"""

import argparse
import asyncio
import itertools
import os
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

import uvloop
from aiokafka import AIOKafkaProducer

from bench.webhooks import reports
from schemas.envelope import Envelope
from schemas.words import Platform
from stream.headers import to_headers
from stream.journal import open_journal
from stream.kafka import kafka_publisher
from stream.kafka_client import KafkaSettings
from stream.kafka_topics import EVENTS, ensure_topics
from stream.spool import open_spool
from tests.servers.kafka import KafkaServer

SENDERS: Final = 128
EVENTS_MEASURED: Final = 20_000
BODIES: Final = 500

Publish = Callable[[Envelope], Awaitable[None]]
Subject = Callable[[KafkaSettings, Path], AbstractAsyncContextManager[Publish]]


@asynccontextmanager
async def aiokafka_send(settings: KafkaSettings, _directory: Path) -> AsyncIterator[Publish]:
    """The library's own way: one `send` an event, its own batches."""
    async with AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=768 << 10,
        max_request_size=8 << 20,
        linger_ms=4,
    ) as producer:

        async def publish(envelope: Envelope) -> None:
            await (
                await producer.send(
                    settings.prefix + EVENTS, envelope.body, key=envelope.key, headers=to_headers(envelope)
                )
            )

        yield publish


@asynccontextmanager
async def ours_on_kafka(settings: KafkaSettings, _directory: Path) -> AsyncIterator[Publish]:
    """Our publisher on Kafka."""
    async with kafka_publisher(settings=settings, wait_s=30) as publisher:
        yield publisher.publish


@asynccontextmanager
async def ours_with_spool(settings: KafkaSettings, directory: Path) -> AsyncIterator[Publish]:
    """Our publisher on Kafka with the journal behind it."""
    async with open_spool(settings=settings, directory=directory, start_s=30) as publisher:
        yield publisher.publish


@asynccontextmanager
async def sqlite_rows(_settings: KafkaSettings, directory: Path) -> AsyncIterator[Publish]:
    """A row an event, inserted and fsynced together by a thread: what one writes first."""
    connection = sqlite3.connect(directory / "raw.sqlite3", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, body BLOB)")
    waiting: list[tuple[bytes, asyncio.Future[None]]] = []
    loop = asyncio.get_running_loop()

    def store(bodies: list[tuple[bytes]]) -> None:
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO rows (body) VALUES (?)", bodies)
        connection.execute("COMMIT")

    async def write() -> None:
        while True:
            await asyncio.sleep(0.002)
            group, waiting[:] = list(waiting), []
            await loop.run_in_executor(None, store, [(body,) for body, _ in group])
            for _, future in group:
                future.set_result(None)

    async def publish(envelope: Envelope) -> None:
        future: asyncio.Future[None] = loop.create_future()
        waiting.append((envelope.body, future))
        await future

    writer = asyncio.create_task(write())
    yield publish
    writer.cancel()
    connection.close()


@asynccontextmanager
async def ours_in_journal(_settings: KafkaSettings, directory: Path) -> AsyncIterator[Publish]:
    """Our journal."""
    async with open_journal(directory=directory) as journal:
        yield journal.publish


SUBJECTS: Final[dict[str, Subject]] = {
    "aiokafka, send": aiokafka_send,
    "ours, Kafka": ours_on_kafka,
    "ours, Kafka + spool": ours_with_spool,
    "SQLite, a row each": sqlite_rows,
    "ours, journal": ours_in_journal,
}


def envelopes() -> list[Envelope]:
    """Return events of many calls with bodies of 20 KB."""
    return [
        Envelope(
            event_id=f"call-{number}/end-of-call-report",
            platform=Platform.VAPI,
            connection="bench",
            tenant="bench",
            call_id=f"5d2f8b40-1f0c-4a3e-9c55-{number:012d}",
            event_type="end-of-call-report",
            received_at=1_789_000_000_000 + number,
            content_type="application/json",
            body=body,
        )
        for number, body in enumerate(reports(BODIES))
    ]


async def drive(publish: Publish, events: list[Envelope], count: int) -> None:
    """Publish *count* events from `SENDERS` senders."""
    rounds = iter(itertools.islice(itertools.cycle(events), count))

    async def sender() -> None:
        for envelope in rounds:
            await publish(envelope)

    await asyncio.gather(*(sender() for _ in range(SENDERS)))


async def measure(name: str, settings: KafkaSettings, events: list[Envelope], count: int) -> tuple[float, float]:
    """Return events a second and CPU microseconds an event."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as directory:
        async with SUBJECTS[name](settings, Path(directory)) as publish:
            await drive(publish, events, count // 10)
            wall, cpu = time.perf_counter(), time.process_time()
            await drive(publish, events, count)
            return count / (time.perf_counter() - wall), (time.process_time() - cpu) / count * 1e6


async def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--events", type=int, default=EVENTS_MEASURED)
    arguments.add_argument("--only", default="")
    chosen = arguments.parse_args()
    events = envelopes()
    print(f"{'':22} {'events/s':>9} {'CPU µs/event':>13}")
    with KafkaServer() as kafka:
        settings = KafkaSettings(bootstrap=kafka.bootstrap)
        await ensure_topics(settings)
        for name in SUBJECTS:
            if chosen.only in name:
                rate, cpu = await measure(name, settings, events, chosen.events)
                print(f"{name:22} {rate:9.0f} {cpu:13.1f}", flush=True)


if __name__ == "__main__":
    uvloop.run(main())
