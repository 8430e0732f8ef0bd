"""Asking: `python -m bench.query [--calls 10000 1000000] [--keep DIR]`; the query process, mongod and one client here.

Each size has a database of its own; what is asked is a table, so that a row more is a measurement more. A question is
asked in turn at every size, so that what else the machine does falls on all alike. With `--keep`, what was seeded is
there for the next run.
"""

import argparse
import asyncio
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from socket import create_server
from statistics import median, quantiles
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from bench.bulk import load
from bench.mongo import BenchMongo
from bench.seed import END
from schemas.batch import BatchQuery
from storage.errors import TooSlow
from storage.mongo import Database, connect
from storage.mongo_batches import MongoBatches
from storage.mongo_setup import set_up

SIZES: Final = (10_000, 100_000, 1_000_000)
TENANT: Final = "bench"
TOKEN: Final = "bench"
ROUNDS: Final = 30
DEEP: Final = 40  # pages of 200
START_S: Final = 30.0
MS: Final = 1000.0
_MONTH: Final = f"{END.year}-{END.month - 1:02d}-01T00:00:00Z"


class Ask(NamedTuple):
    """One question: a name, the path, a body where it is a POST, and headers beside the token."""

    name: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = MappingProxyType({})


PAGES: Final = (
    Ask("page, newest first", "/v1/calls?limit=50"),
    Ask("page by created_at", "/v1/calls?limit=50&order=-created_at"),
    Ask("page by duration_s", "/v1/calls?limit=50&order=-duration_s"),
    Ask("page by cost", "/v1/calls?limit=50&order=-cost"),
    Ask("page of an outcome", "/v1/calls?limit=50&outcome=busy"),
    Ask("page of a unit", "/v1/calls?limit=50&unit=7"),
    Ask("page of an agent", "/v1/calls?limit=50&agent=agent-7"),
    Ask("page of a batch", "/v1/calls?limit=50&batch=batch-7"),
    Ask("page of a month", f"/v1/calls?limit=50&started_after={_MONTH}"),
)
OTHERS: Final = (
    Ask("exact total of all", "/v1/calls?limit=1&include_total=true"),
    Ask("exact total of an outcome", "/v1/calls?limit=1&include_total=true&outcome=busy"),
    Ask("a rare word", "/v1/calls?limit=50&text=rare77"),
    Ask("a frequent word", "/v1/calls?limit=50&text=doctor"),
    Ask("two frequent words", "/v1/calls?limit=50&text=doctor+invoice"),
    Ask("count by outcome", "/v1/analytics", {"measures": ["count"], "group_by": ["outcome"]}),
    Ask("talk by agent", "/v1/analytics", {"measures": ["sum:talk_s", "avg:talk_s"], "group_by": ["agent"]}),
    Ask("count by day", "/v1/analytics", {"measures": ["count"], "interval": "day", "time_zone": "Europe/Paris"}),
    Ask("batches", "/v1/batches?limit=50"),
)


class Client:
    """One connection, kept."""

    pid: int
    """The process that answers."""

    def __init__(self, port: int) -> None:
        """Connect when first asked."""
        self.port = port
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, ask: Ask) -> Any:
        """Return what is answered; anything but 200 ends the measurement."""
        return json.loads(self.read(ask))

    def read(self, ask: Ask) -> bytes:
        """Return an answer as it came; anything but 200 ends the measurement."""
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **ask.headers}
        body = None if ask.body is None else json.dumps(ask.body)
        self._http.request("GET" if body is None else "POST", ask.path, body, headers)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise SystemExit(f"{ask.name}: {answer.status} {content[:300]!r}")
        return content

    def deep(self, pages: int) -> Ask:
        """Return the question for the page behind *pages* pages of 200."""
        cursor = ""
        for _ in range(pages):
            cursor = self.ask(Ask("walk", f"/v1/calls?limit=200{cursor}"))["next_cursor"]
            cursor = f"&cursor={cursor}"
        return Ask("deep page", f"/v1/calls?limit=50{cursor}")


@contextmanager
def served(url: str, directory: Path, *, also: str = "") -> Iterator[Client]:
    """Run a query process on the database at *url*; *also* are more lines about its key."""
    key = sha256(TOKEN.encode()).hexdigest()
    config = directory / "aftercall.toml"
    config.write_text(
        f'[[tenants]]\nid = "{TENANT}"\n\n[[keys]]\nid = "k"\ntenant = "{TENANT}"\ntoken_sha256 = "{key}"\n{also}'
    )
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "aftercall", "query", "--port", str(port), "--config", str(config)]
    process = subprocess.Popen(command, env={**os.environ, "AFTERCALL_MONGO_URL": url})
    try:
        client = Client(port)
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                client.ask(Ask("me", "/v1/me"))
            except (OSError, http.client.HTTPException, SystemExit):
                time.sleep(0.1)
                client = Client(port)
                continue
            break
        client.pid = process.pid
        yield client
    finally:
        process.terminate()
        process.wait(20)


async def seed(url: str, calls: int) -> None:
    """Fill the database at *url* with *calls* bench calls, unless they are there from an earlier run."""
    async with connect(url) as database:
        if await database["calls"].estimated_document_count() != calls:
            await database.client.drop_database(database.name)
            began = time.monotonic()
            await load(url, calls, tenant=TENANT)
            seconds = time.monotonic() - began
            print(f"seeded {calls} calls in {seconds:.0f} s ({calls / seconds:.0f}/s)", flush=True)
        await set_up(database)  # an earlier run may have known other indexes
        await _summed(database)
        stats = await database.command("collStats", "calls")
        print(
            f"{calls} calls: indexes of `calls` {stats['totalIndexSize'] / calls:.0f} bytes a call, "
            f"documents {stats['size'] / calls:.0f} bytes a call"
        )


async def _summed(database: Database) -> None:
    """Return when the sums of all batches are kept: after a load all of them have to be made."""
    while True:
        try:
            await MongoBatches(database).page(TENANT, BatchQuery())
        except TooSlow:
            continue  # what was summed is kept
        return


def timed(client: Client, ask: Ask) -> float:
    """Return how long one answer takes, in milliseconds."""
    began = time.perf_counter()
    client.ask(ask)
    return (time.perf_counter() - began) * MS


def compared(clients: Sequence[Client], asks: Sequence[Ask], *, rounds: int) -> Iterator[list[list[float]]]:
    """Yield for each question the times at each size, asked in turn."""
    for ask in asks:
        for client in clients:
            client.ask(ask)
        yield [[timed(client, ask) for client in clients] for _ in range(rounds)]


def row(name: str, rounds: list[list[float]]) -> str:
    """Return p50 and p99 at each size, and the ratio of the largest to the smallest."""
    sizes = [sorted(column) for column in zip(*rounds, strict=True)]
    cells = [f"{median(times):.1f} / {quantiles(times, n=100)[98]:.1f}" for times in sizes]
    return f"| {name} | {' | '.join(cells)} | {median(sizes[-1]) / median(sizes[0]):.2f} |"


def main() -> None:
    """Seed, ask, print a table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--calls", type=int, nargs="+", default=list(SIZES), help="sizes, none below 10000")
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--keep", type=Path, help="a directory for MongoDB's storage, used again by the next run")
    chosen = arguments.parse_args()
    with ExitStack() as stack:
        mongo = stack.enter_context(BenchMongo(keep=chosen.keep))
        urls = [mongo.url.replace("/?", f"/bench{calls}?") for calls in chosen.calls]
        for url, calls in zip(urls, chosen.calls, strict=True):
            asyncio.run(seed(url, calls))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        clients = [stack.enter_context(served(url, directory)) for url in urls]
        print(f"load average {os.getloadavg()[0]:.1f}; p50 / p99 in ms of {chosen.rounds} rounds")
        print(f"| question | {' | '.join(f'{calls} calls' for calls in chosen.calls)} | ratio |")
        print("|---|" + "---|" * (len(urls) + 1))
        asks = (*PAGES, *OTHERS)
        for ask, rounds in zip(asks, compared(clients, asks, rounds=chosen.rounds), strict=True):
            print(row(ask.name, rounds), flush=True)
        deep = [client.deep(DEEP) for client in clients]
        both = list(zip(clients, deep, strict=True))
        print(
            row(f"the page behind {DEEP * 200} calls", [[timed(*each) for each in both] for _ in range(chosen.rounds)])
        )


if __name__ == "__main__":
    main()
