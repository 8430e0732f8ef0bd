"""The worker, journal → real MongoDB, beside raw bulk upserts of the very documents it wrote: `python -m bench.worker`.

The baseline uses the same driver, server, collections, indexes, write concern and batch size, and does nothing else:
no reading of the stream, no understanding, no folding, no look at what is stored already.
"""

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import uvloop
from pymongo import ReplaceOne

from bench.webhooks import reports
from runtime.garbage import search_rarely
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
LARGEST = 3  # indexes that are named
WORKER, BASELINE, NORMALISE = "worker, journal to stored", "raw bulk upserts of ready documents", "normalise alone"


class Measured(NamedTuple):
    name: str
    seconds: float
    cpu_s: float
    calls: int
    mongod_s: float = 0.0

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


async def timed(
    name: str, work: Callable[[], Awaitable[Any]], *, calls: int, opened: Database | None = None
) -> Measured:
    mongod = await mongod_s(opened)
    started, cpu = time.perf_counter(), time.process_time()
    await work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Measured(name, seconds, cpu, calls, await mongod_s(opened) - mongod)


async def mongod_s(opened: Database | None) -> float:
    """Return the CPU time of mongod so far, in seconds."""
    if opened is None:
        return 0.0
    used = (await opened.command("serverStatus"))["extra_info"]
    return float(used["user_time_us"] + used["system_time_us"]) / 1e6


async def index_bytes(opened: Database) -> dict[str, int]:
    """Return how many bytes each index of the calls has, the largest first."""
    sizes = (await opened.command("collStats", "calls"))["indexSizes"]
    return dict(sorted(sizes.items(), key=lambda row: -row[1]))


@asynccontextmanager
async def database(url: str, *, words: bool) -> AsyncIterator[Database]:
    async with connect(url) as opened:
        await opened.client.drop_database(opened.name)
        await set_up(opened)
        if not words:
            await opened["calls"].drop_index("words")
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
    for start in range(0, len(ready["calls"]), BATCH):
        for name in COLLECTIONS:
            rows = ready[name][start : start + BATCH]
            await opened[name].bulk_write(
                [ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows], ordered=False
            )


async def understand(envelopes: list[Envelope]) -> None:
    normalise = NORMALISERS[Platform.VAPI]
    for one in envelopes:
        normalise(one)


async def one_round(url: str, envelopes: list[Envelope], *, words: bool) -> tuple[list[Measured], dict[str, int]]:
    calls = len(envelopes)
    with tempfile.TemporaryDirectory() as directory:
        async with open_journal(directory=Path(directory)) as journal:
            await fill(journal, envelopes)
            async with database(url, words=words) as opened:
                worker = await timed(WORKER, lambda: drain(journal, opened), calls=calls, opened=opened)
                assert await opened["calls"].count_documents({}) == calls
                ready = {name: await opened[name].find().to_list() for name in COLLECTIONS}
                sizes = await index_bytes(opened)
    async with database(url, words=words) as opened:
        baseline = await timed(BASELINE, lambda: upsert(opened, ready), calls=calls, opened=opened)
        assert await opened["calls"].count_documents({}) == calls
    return [worker, baseline, await timed(NORMALISE, lambda: understand(envelopes), calls=calls)], sizes


async def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--calls", type=int, default=CALLS)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument(
        "--no-words", action="store_true", help="without the index that most of mongod's time goes to"
    )
    chosen = arguments.parse_args()
    envelopes = [envelope(number, body) for number, body in enumerate(reports(chosen.calls))]
    search_rarely()  # as every process of ours does
    size = sum(len(one.body) for one in envelopes) / chosen.calls
    print(f"{chosen.calls} Vapi reports of {size / 1000:.1f} KB, batches of {BATCH}, best of {chosen.rounds} rounds\n")
    with MongoServer() as server:
        told = [await one_round(server.url, envelopes, words=not chosen.no_words) for _ in range(chosen.rounds)]
    rounds, sizes = [measured for measured, _ in told], told[-1][1]
    for n in range(3):
        row = max((measured[n] for measured in rounds), key=lambda measured: measured.per_second)
        ours, mongod = 1e6 * row.cpu_s / row.calls, 1e6 * row.mongod_s / row.calls
        print(
            f"{row.name:40} {row.per_second:8.0f} calls/s, CPU a call: {ours:6.0f} µs here, {mongod:6.0f} µs in mongod"
        )
    ratios = sorted(worker.per_second / baseline.per_second for worker, baseline, _ in rounds)
    each = ", ".join(f"{one:.2f}" for one in ratios)
    print(f"\nworker ÷ baseline: {ratios[len(ratios) // 2]:.2f} (rounds: {each}; aim 0.60)")
    largest = ", ".join(f"{name} {size / chosen.calls:.0f}" for name, size in list(sizes.items())[:LARGEST])
    print(f"bytes of index a call: {sum(sizes.values()) / chosen.calls:.0f}, the largest: {largest}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory, with the bench's own documents: {peak:.0f} MB", file=sys.stderr)


if __name__ == "__main__":
    uvloop.run(main())
