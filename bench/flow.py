"""What flows out: pages, exported files, the live feed. `python -m bench.flow [--calls 300000] [--readers 1000]`.

CPU is of the process that answers, user and system; its rates are what one core would do, whatever else runs here.
"""

import argparse
import asyncio
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from typing import Any, Final, NamedTuple

import httpx

from bench.mongo import BenchMongo
from bench.query import TENANT, TOKEN, Ask, Client, seed, served
from bench.seed import END, SPAN
from bench.webhooks import CONNECTION, SECRET, headers, reports

CALLS: Final = 300_000
PAGES: Final = 400
READERS: Final = 1_000
EVENTS: Final = 60
EACH_S: Final = 0.2  # between two events: a busy platform's hour has no more
START_S: Final = 60.0
SHORT: Final = ["uid", "number", "platform", "direction", "from", "to", "started_at", "duration_s", "talk_s", "outcome"]
SCOPES: Final = 'scopes = ["read", "export"]\n'
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_CALL: Final = re.compile(rb'"platform_call_id":"([^"]+)"')


class Spent(NamedTuple):
    """What a process has used until now: seconds of CPU, most MB of memory."""

    cpu_s: float
    most_mb: float


def spent(pid: int) -> Spent:
    """Return what the process *pid* has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    most = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return Spent((int(fields[11]) + int(fields[12])) / _TICKS, int(most[1]) / 1024 if most else 0.0)


def pages(client: Client) -> str:
    """Walk through pages of 50."""
    client.ask(Ask("page", "/v1/calls?limit=50"))
    cursor, before, began = "", spent(client.pid).cpu_s, time.perf_counter()
    for _ in range(PAGES):
        cursor = "&cursor=" + client.ask(Ask("page", f"/v1/calls?limit=50{cursor}"))["next_cursor"]
    cpu_s, seconds = spent(client.pid).cpu_s - before, time.perf_counter() - began
    return f"| pages of 50 | {PAGES / cpu_s:.0f} by CPU | {PAGES / seconds:.0f} by the clock | |"


def export(client: Client, name: str, *, share: float, columns: list[str] | None) -> str:
    """Order a CSV of the newest *share* of all calls and read it as it grows."""
    newest = {"field": "started_at", "op": "gte", "value": (END - SPAN * share).isoformat()}
    order: dict[str, Any] = {"format": "csv", "filter": newest} | ({"columns": columns} if columns else {})
    before, began = spent(client.pid).cpu_s, time.perf_counter()
    http = HTTPConnection("127.0.0.1", client.port, timeout=600)
    http.request("POST", "/v1/exports", json.dumps(order), {"Authorization": f"Bearer {TOKEN}"})
    url = json.loads(http.getresponse().read())["url"]
    http.request("GET", url.partition(str(client.port))[2])
    answer, rows, size = http.getresponse(), -1, 0
    while piece := answer.read(1 << 16):
        rows, size = rows + piece.count(b"\r\n"), size + len(piece)
    seconds, now = time.perf_counter() - began, spent(client.pid)
    cpu_s = now.cpu_s - before
    by_cpu = f"{rows / cpu_s:.0f} rows, {size / cpu_s / 1e6:.1f} MB by CPU"
    return f"| {name}: {rows} rows | {by_cpu} | {rows / seconds:.0f} rows by the clock | {now.most_mb:.0f} |"


@contextmanager
def up(url: str, directory: Path) -> Iterator[tuple[int, int]]:
    """Run everything in one process on the database at *url*; yields its port and its process id."""
    config = directory / "up.toml"
    config.write_text(
        f'[[tenants]]\nid = "{TENANT}"\n\n[[connections]]\nid = "{CONNECTION.id}"\ntenant = "{TENANT}"\n'
        f'platform = "vapi"\nsecrets = ["{SECRET}"]\noptions = {{ scheme = "hmac", tolerance_s = 3600 }}\n\n'
        f'[[keys]]\nid = "k"\ntenant = "{TENANT}"\ntoken_sha256 = "{sha256(TOKEN.encode()).hexdigest()}"\n{SCOPES}'
    )
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    where = ["--port", str(port), "--config", str(config), "--data", str(directory / "data")]
    environment = {**os.environ, "AFTERCALL_MONGO_URL": url}
    process = subprocess.Popen([sys.executable, "-m", "aftercall", "up", *where], env=environment, stdout=sys.stderr)
    try:
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                if httpx.get(f"http://127.0.0.1:{port}/readyz").is_success:
                    break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


async def told(port: int, *, readers: int) -> list[float]:
    """Post reports, each of a new call; return how long after it each reader was told, in seconds."""
    posted: dict[bytes, float] = {}
    waits: list[float] = []
    ready, all_told = asyncio.Semaphore(0), asyncio.Event()

    async def read() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET /v1/live HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        ready.release()
        while True:
            line = await reader.readline()
            if line.startswith(b"data: ") and (found := _CALL.search(line)):
                waits.append(time.perf_counter() - posted[found[1]])
                if len(waits) == readers * EVENTS:
                    all_told.set()

    reading = [asyncio.create_task(read()) for _ in range(readers)]
    for _ in reading:
        await ready.acquire()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for body in reports(EVENTS, seed=time.time_ns()):
            posted[json.loads(body)["message"]["call"]["id"].encode()] = time.perf_counter()
            (await client.post(f"/webhooks/{CONNECTION.id}", content=body, headers=headers(body))).raise_for_status()
            await asyncio.sleep(EACH_S)
    with suppress(TimeoutError):
        async with asyncio.timeout(START_S):
            await all_told.wait()
    for each in reading:
        each.cancel()
    return sorted(waits)


def live(url: str, directory: Path, *, readers: int) -> Iterator[str]:
    """Measure the feed for one reader and for many."""
    with up(url, directory) as (port, pid):
        for count in (1, readers):
            before = spent(pid).cpu_s
            waits = asyncio.run(told(port, readers=count))
            cpu_ms = (spent(pid).cpu_s - before) / EVENTS * 1000
            p50, p99 = (waits[len(waits) * percent // 100] * 1000 for percent in (50, 99))
            lacking = f", {count * EVENTS - len(waits)} not told" if len(waits) < count * EVENTS else ""
            times = f"{p50:.0f} / {p99:.0f} ms p50 / p99{lacking}"
            yield f"| posted → told, {count} readers | {cpu_ms:.1f} ms of CPU an event | {times} | |"


def main() -> None:
    """Seed, measure, print a table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--calls", type=int, default=CALLS)
    arguments.add_argument("--readers", type=int, default=READERS)
    arguments.add_argument("--keep", type=Path, help="a directory for MongoDB's storage, used again by the next run")
    chosen = arguments.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with BenchMongo(keep=chosen.keep) as mongo, tempfile.TemporaryDirectory() as directory:
        url = mongo.url.replace("/?", f"/bench{chosen.calls}?")
        asyncio.run(seed(url, chosen.calls))
        print(f"load average {os.getloadavg()[0]:.1f}")
        print("| what | a second | | most memory, MB |\n|---|---|---|---|")
        with served(url, Path(directory), also=SCOPES) as client:
            print(pages(client), flush=True)
            print(export(client, "CSV, short columns", share=1 / 3, columns=SHORT), flush=True)
            print(export(client, "CSV, short columns", share=1, columns=SHORT), flush=True)
            print(export(client, "CSV, the list's columns", share=1 / 3, columns=None), flush=True)
        for line in live(mongo.url.replace("/?", "/benchlive?"), Path(directory), readers=chosen.readers):
            print(line, flush=True)


if __name__ == "__main__":
    main()
