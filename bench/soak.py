"""Memory and disk under a long stream: `python -m bench.soak --events 100000`; signed reports of 5 KB, each a call.

`aftercall ingest`, the journal, `aftercall worker` and mongod, a process each. The sender waits while much is not
stored yet: what is shown is a steady stream, not a backlog. The journal's bound is small, so that it is reached.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import uvloop

from bench.load import request
from bench.webhooks import CONNECTION, SECRET, headers, reports
from storage.mongo import Database, connect
from tests.servers.mongo import MongoServer
from tests.system.processes import Service

SIZE: Final = 5_000
SENDERS: Final = 16
MOST_WAITING: Final = 2_000
"""Events that are accepted and not yet stored, before the sender waits."""
LOOK_S: Final = 0.5
JOURNAL_MB: Final = 64
CONFIG: Final = f"""
[[tenants]]
id = "bench"
[[connections]]
id = "bench"
tenant = "bench"
platform = "vapi"
secrets = ["{SECRET}"]
options = {{ scheme = "hmac", tolerance_s = {CONNECTION.options.tolerance_s} }}
"""


COLUMNS: Final = ("s", "stored", "ingest MB", "worker MB", "mongod MB", "journal MB")


class Running(NamedTuple):
    """What runs, and where the journal is."""

    ingest: Service
    worker: Service
    database: Database
    journal: Path

    async def sizes(self) -> list[float]:
        """Return the memory of each process now, and what the journal's files hold, in megabytes."""
        mongod = (await self.database.command("serverStatus"))["mem"]["resident"]
        journal = sum(file.stat().st_size for file in self.journal.iterdir()) / 1e6
        return [memory_mb(self.ingest), memory_mb(self.worker), mongod, journal]


class Flow:
    """How much was accepted and how much of it stored; senders wait for room."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.accepted = 0
        self.stored = 0
        self.room = asyncio.Event()

    def look(self, stored: float) -> None:
        """Hear how much is stored now."""
        self.stored = int(stored)
        (self.room.set if self.accepted - self.stored < MOST_WAITING else self.room.clear)()


async def send(port: int, bodies: Iterator[bytes], flow: Flow) -> None:
    """Send *bodies*, one behind the other; a 503 would end the bench."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for body in bodies:
        await flow.room.wait()
        writer.write(request("/webhooks/bench", headers(body), body))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        flow.accepted += 1
    writer.close()


async def watch(running: Running, flow: Flow, *, events: int, every: float) -> None:
    """Print a row every *every* seconds until all *events* are stored."""
    print("".join(f"{name:>11}" for name in COLUMNS), flush=True)
    started = shown = time.monotonic()
    while flow.stored < events:
        flow.look(await asyncio.to_thread(running.worker.metric, "aftercall_stored_total"))
        now = time.monotonic()
        if now - shown >= every or flow.stored >= events:
            shown = now
            row = [now - started, flow.stored, *await running.sizes()]
            print("".join(f"{value:11.0f}" for value in row), flush=True)
        await asyncio.sleep(LOOK_S)


def memory_mb(service: Service, *, field: str = "VmRSS") -> float:
    """Return the memory of a process now, or with `VmHWM` the most it ever had."""
    lines = Path(f"/proc/{service.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1000


@contextmanager
def services(directory: Path, *, url: str) -> Iterator[tuple[Service, Service]]:
    """Run ingest and worker in *directory*, with MongoDB at *url*, while the block runs."""
    config = directory / "aftercall.toml"
    config.write_text(CONFIG)
    config.chmod(0o600)
    environment = {
        "AFTERCALL_CONFIG": str(config),
        "AFTERCALL_DATA": str(directory / "data"),
        "AFTERCALL_MONGO_URL": url,
        "AFTERCALL_JOURNAL_MB": str(JOURNAL_MB),
    }
    ingest = Service("ingest", name="ingest", directory=directory, environment=environment)
    worker = Service("worker", name="worker", directory=directory, environment=environment)
    with closing(ingest), closing(worker):
        ingest.start()
        worker.start()
        yield ingest, worker


async def soak(url: str, directory: Path, *, events: int, size: int, every: float) -> None:
    """Send, watch, and tell what a call costs on disk."""
    with services(directory, url=url) as (ingest, worker):
        async with connect(url) as database:
            running, flow = Running(ingest, worker, database, directory / "data" / "journal"), Flow()
            bodies = reports(events, size=size)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(watch(running, flow, events=events, every=every))
                for _ in range(SENDERS):
                    tasks.create_task(send(ingest.port, bodies, flow))
            for service in (ingest, worker):
                print(f"{service.name}: at most {memory_mb(service, field='VmHWM'):.0f} MB")
            for name in ("events", "transcripts", "calls"):
                kept = await database.command("collStats", name)
                print(f"{name}: {kept['size'] / events:.0f} bytes a call, {kept['storageSize'] / events:.0f} on disk")


def main() -> None:
    """Print a row now and then."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--events", type=int, default=20_000)
    arguments.add_argument("--size", type=int, default=SIZE)
    arguments.add_argument("--every", type=float, default=30.0)
    chosen = arguments.parse_args()
    with MongoServer() as server, tempfile.TemporaryDirectory() as directory:
        uvloop.run(soak(server.url, Path(directory), **vars(chosen)))


if __name__ == "__main__":
    main()
