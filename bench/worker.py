"""The worker, journal → real MongoDB, beside raw bulk upserts of the very documents it wrote: `python -m bench.worker`.

The baseline uses the same driver, server, collections, indexes, write concern and batch size, and does nothing else:
no reading of the stream, no understanding, no folding, no look at what is stored already.
"""

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pymongo import ReplaceOne

from bench.webhooks import reports
from schemas.envelope import Envelope
from schemas.words import Platform
from storage.mongo import Database, connect
from storage.mongo_setup import set_up
from storage.mongo_writer import MongoWriter
from stream.journal import Journal, open_journal
from tests.servers.mongo import MongoServer
from workers.loop import Worker
from workers.platforms import NORMALISERS

CALLS = 5_000
BATCH = 500
COLLECTIONS = ("events", "transcripts", "calls")
ROUNDS = 3
WORKER, BASELINE, NORMALISE = "worker, journal to stored", "raw bulk upserts of ready documents", "normalise alone"


class Measured(NamedTuple):
    name: str
    seconds: float
    cpu_s: float
    calls: int

    @property
    def per_second(self) -> float:
        return self.calls / self.seconds


def envelope(number: int, body: bytes) -> Envelope:
    return Envelope(
        event_id=f"{number}/end-of-call-report",
        platform=Platform.VAPI,
        connection="bench",
        tenant="bench",
        call_id=f"call-{number}",
        event_type="end-of-call-report",
        received_at=int(time.time() * 1000),
        content_type="application/json",
        body=body,
    )


async def timed(name: str, work: Callable[[], Awaitable[Any]], *, calls: int = CALLS) -> Measured:
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    return Measured(name, time.perf_counter() - started, time.process_time() - cpu, calls)


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    async with connect(url) as opened:
        await opened.client.drop_database(opened.name)
        await set_up(opened)
        yield opened


async def fill(journal: Journal, envelopes: list[Envelope]) -> None:
    for start in range(0, len(envelopes), BATCH):
        await asyncio.gather(*map(journal.publish, envelopes[start : start + BATCH]))


async def drain(journal: Journal, opened: Database) -> None:
    """Run the worker until nothing waits."""
    source = journal.source()
    worker = Worker(source, writer=MongoWriter(opened, raw_days=lambda _: 30), dead_letters=journal.dead_letters)
    running = asyncio.create_task(worker.run())
    while not running.done() and any(source.lag().values()):  # noqa: ASYNC110 - nobody tells of commits
        await asyncio.sleep(0.005)
    await worker.stop()
    await running


async def upsert(opened: Database, ready: dict[str, list[dict[str, Any]]]) -> None:
    for start in range(0, CALLS, BATCH):
        for name in COLLECTIONS:
            rows = ready[name][start : start + BATCH]
            await opened[name].bulk_write(
                [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows], ordered=False
            )


async def understand(envelopes: list[Envelope]) -> None:
    normalise = NORMALISERS[Platform.VAPI]
    for one in envelopes:
        normalise(one)


async def one_round(url: str, envelopes: list[Envelope]) -> list[Measured]:
    with tempfile.TemporaryDirectory() as directory:
        async with open_journal(directory=Path(directory)) as journal:
            await fill(journal, envelopes)
            async with database(url) as opened:
                worker = await timed(WORKER, lambda: drain(journal, opened))
                assert await opened["calls"].count_documents({}) == CALLS
                ready = {name: await opened[name].find().to_list() for name in COLLECTIONS}
    async with database(url) as opened:
        baseline = await timed(BASELINE, lambda: upsert(opened, ready))
        assert await opened["calls"].count_documents({}) == CALLS
    return [worker, baseline, await timed(NORMALISE, lambda: understand(envelopes))]


async def main() -> None:
    envelopes = [envelope(number, body) for number, body in enumerate(reports(CALLS))]
    size = sum(len(one.body) for one in envelopes) / CALLS
    print(f"{CALLS} Vapi reports of {size / 1000:.1f} KB, batches of {BATCH}, best of {ROUNDS} rounds\n")
    with MongoServer() as server:
        rounds = [await one_round(server.url, envelopes) for _ in range(ROUNDS)]
    best = [max((row[n] for row in rounds), key=lambda measured: measured.per_second) for n in range(3)]
    for row in best:
        print(f"{row.name:40} {row.per_second:8.0f} calls/s {1e6 * row.cpu_s / row.calls:8.0f} µs of our CPU each")
    ratios = sorted(worker.per_second / baseline.per_second for worker, baseline, _ in rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = ", ".join(f"{one:.2f}" for one in ratios)
    print(f"\nworker ÷ baseline: {ratios[len(ratios) // 2]:.2f} (rounds: {each}; aim 0.60)")
    print(f"peak memory, with the bench's own documents: {peak:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
