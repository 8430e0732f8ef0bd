"""Asking through the dialects, beside the native API: `python -m bench.dialects [--calls 100000] [--keep DIR]`.

A page and the native one are asked in turn, so that what else the machine does falls on both alike; the native one has
the same size and filter, and its exact total. A search for a part is told by 100 000 of the calls that it looks
through, a file by its rows and bytes.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from bench.mongo import BenchMongo
from bench.query import MS, TENANT, Ask, Client, seed, served
from bench.seed import END, SPAN
from query.dialects.shelf import uuid_of
from query.dialects.tanyi.signature import signature

CALLS: Final = 100_000
ROUNDS: Final = 30
FILES: Final = 3
"""Times that a file is fetched: each reads every call."""
DEEP: Final = 1000
SECRET: Final = "bench-secret"
KEY: Final = f"""scopes = ["read", "export"]
requests_per_minute = 1000000000

[keys.dialect]
tanyi_secret = "{SECRET}"
tanyi_mark_read = false
"""
UNIT: Final = "7"
BATCH: Final = "batch-7"
FIRST: Final = END - SPAN
_DAY_MS: Final = 86_400_000
_LAST_MS: Final = int(END.timestamp() * MS)
MONTH: Final = (_LAST_MS - 30 * _DAY_MS, _LAST_MS)
YEAR: Final = (_LAST_MS - 366 * _DAY_MS, _LAST_MS)
_SINCE: Final = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(MONTH[0] // 1000))
_MOMENTS: Final = count(int(time.time() * MS))
"""A signature is taken once, so no two questions are of one moment."""

Asking = Callable[[], Ask]
"""Makes a question that was not asked before."""


def robotappel(path: str = "GetCallHistory", **body: Any) -> Asking:
    """Return a question of RobotAppel's."""
    return lambda: Ask(f"RobotAppel {path}", f"/callHistory/{path}", body)


def omicall(path: str, *, within: tuple[int, int] = MONTH, **parameters: object) -> Asking:
    """Return a question of OMICall's about a time."""
    told = {"from_date": within[0], "to_date": within[1], **parameters}
    query = "&".join(f"{name}={value}" for name, value in told.items())
    return lambda: Ask(f"OMICall {path}", f"/api/call_transaction/{path}?{query}")


def omicall_search(page: int = 1) -> Asking:
    """Return a search of OMICall's, of everybody's calls."""
    body = {"user_uuids": [], "from_date": MONTH[0], "to_date": MONTH[1]}
    return lambda: Ask("OMICall search", f"/api/call_transaction/search?page={page}", body)


def toolzz(page: int = 1, *, search: str = "", unit: str = UNIT) -> Asking:
    """Return a search of Toolzz' in a unit."""
    path = f"/api/v1/voice/call-logs/search/{uuid_of(tenant=TENANT, kind='unit', id_=unit)}"
    return lambda: Ask("Toolzz", path, {"filters": {"search": search}, "pagination": {"page": page}})


def tanyi(job: int, page: int = 1, **body: Any) -> Asking:
    """Return Tanyi's list of a job."""
    told = {"robotCallJobId": job, "pageNum": page, **body}
    return lambda: Ask("Tanyi", "/apiOpen/v1/callRecord/getCallRecordInfoList", told, _signed())


def _signed() -> dict[str, str]:
    """Return the headers of Tanyi's clients, signed for a moment of their own."""
    at = str(next(_MOMENTS))
    told = signature(app_key="k", secret=SECRET, tenant_sign=TENANT, version="v1", timestamp=at)
    return {"appKey": "k", "timestamp": at, "version": "v1", "signature": told}


def zenicall(page: int = 1, *, search: str = "", unit: str = UNIT) -> Asking:
    """Return Zenicall's list of a clinic."""
    return lambda: Ask("Zenicall", f"/api/v1/call-logs/by-clinic/{unit}?page={page}&search={search}")


def native(limit: int, **filters: str) -> Asking:
    """Return the native page of *limit* calls with their exact total."""
    query = "".join(f"&{name}={value}" for name, value in filters.items())
    return lambda: Ask("native page", f"/v1/calls?limit={limit}&include_total=true{query}")


def native_sums(**equal: str) -> Asking:
    """Return the native report of what RobotAppel adds up over calls with these values, over all if none is given."""
    parts = [{"field": name, "op": "eq", "value": value} for name, value in equal.items()]
    asked = {"measures": ["count", "sum:talk_s", "avg:talk_s"], **({"filter": {"all": parts}} if parts else {})}
    return lambda: Ask("native report", "/v1/analytics", asked)


class Beside(NamedTuple):
    """A question of a dialect and the native ones that answer the same."""

    name: str
    dialect: Asking
    natively: Sequence[Asking]


class Alone(NamedTuple):
    """A question with an aim of its own; the time of *among* calls is told by 100 000, where it grows with them."""

    name: str
    dialect: Asking
    aim_ms: float
    among: int | None = None


def pages(job: int) -> Sequence[Beside]:
    """Return the dialects' lists in their default size and order; *job* is Tanyi's integer of a batch."""
    return (
        Beside(
            "RobotAppel, a batch with its average",
            robotappel(batchId=BATCH),
            [native(10, batch=BATCH), native_sums(batch=BATCH)],
        ),
        Beside("RobotAppel, all calls with their average", robotappel(), [native(10), native_sums()]),
        Beside("OMICall list, 30 days", omicall("list"), [native(50, started_after=_SINCE)]),
        Beside("OMICall search, 30 days", omicall_search(), [native(20, started_after=_SINCE)]),
        Beside("Toolzz, a unit", toolzz(), [native(10, unit=UNIT)]),
        Beside("Toolzz, unit 0", toolzz(unit="0"), [native(10, unit="0")]),
        Beside("Tanyi, a job", tanyi(job), [native(20, batch=BATCH)]),
        Beside("Zenicall, a clinic", zenicall(), [native(20, unit=UNIT)]),
        Beside("Zenicall, clinic 0", zenicall(unit="0"), [native(20, unit="0")]),
        Beside("RobotAppel, batches", robotappel("getBatchHistory"), [lambda: Ask("batches", "/v1/batches?limit=10")]),
    )


class Known(NamedTuple):
    """How many calls there are to look through, and Tanyi's integer of the batch."""

    month: int
    unit: int
    batch: int
    all: int
    job: int


def deep(known: Known) -> Sequence[Alone]:
    """Return page 1 000 of each list, or its last one where it has fewer."""

    def last(calls: int, size: int) -> int:
        return min(DEEP, -(-calls // size))

    return (
        Alone(f"OMICall, page {(n := last(known.month, 50))}", omicall("list", page=n), 100),
        Alone(f"Toolzz, page {(n := last(known.unit, 10))}", toolzz(n), 100),
        Alone(f"Toolzz, unit 0, page {n}", toolzz(n, unit="0"), 100),
        Alone(f"Tanyi, page {(n := last(known.batch, 20))}", tanyi(known.job, n), 100),
        Alone(f"Zenicall, page {(n := last(known.unit, 20))}", zenicall(n), 100),
        Alone(f"Zenicall, clinic 0, page {n}", zenicall(n, unit="0"), 100),
        Alone(f"RobotAppel, a batch, page {(n := last(known.batch, 10))}", robotappel(batchId=BATCH, page=n), 100),
    )


def parts(known: Known) -> Sequence[Alone]:
    """Return searches for a part of a column within a unit, a job or a time."""
    return (
        Alone("OMICall keyword, 30 days", omicall("list", keyword="customer+77"), 500, known.month),
        Alone("OMICall number, 30 days", omicall("list", keyword="3377"), 500, known.month),
        Alone("Toolzz search, a unit", toolzz(search="dentist"), 500, known.unit),
        Alone("Tanyi searchWords, a job", tanyi(known.job, searchWords="Customer 77"), 500, known.batch),
        Alone("Zenicall search, a clinic", zenicall(search="dentist"), 500, known.unit),
    )


def reports(known: Known) -> Sequence[Alone]:
    """Return sums over all calls."""
    return (
        Alone("OMICall report, all calls", omicall("report", within=YEAR), 250, known.all),
        Alone("RobotAppel averageCallDuration", _average, 250, known.all),
    )


def files() -> Sequence[tuple[str, Callable[[Client], Ask]]]:
    """Return files of all calls or of a unit's, short rows and whole ones."""
    short = "header=callSid,from,to,duration,status,sendDate"
    return (
        ("RobotAppel, short rows of all calls", partial(_ordered, short)),
        ("RobotAppel, whole rows of all calls", partial(_ordered, "")),
        ("Zenicall, short rows of a clinic", lambda _: Ask("file", f"/api/v1/call-logs/export/quick/csv/{UNIT}")),
    )


def _average() -> Ask:
    return Ask("average", "/callHistory/averageCallDuration")


def _ordered(header: str, client: Client) -> Ask:
    url: str = client.ask(Ask("order", f"/callHistory/ExportCallHistory?{header}", {}))["url"]
    return Ask("file", "/" + url.split("/", 3)[3])


def known_by(client: Client) -> Known:
    """Return how many calls the filters of the bench mean."""

    def total(asking: Asking) -> int:
        return int(client.ask(asking())["total"])

    return Known(
        month=total(native(1, started_after=_SINCE)),
        unit=total(native(1, unit=UNIT)),
        batch=total(native(1, batch=BATCH)),
        all=total(native(1)),
        job=_job(client),
    )


def _job(client: Client) -> int:
    """Return Tanyi's integer of the batch, which the calls of it show."""
    call = client.ask(native(1, batch=BATCH)())["calls"][0]["number"]
    path = f"/apiOpen/v1/callRecord/callDetail?callRecordId={call}"
    return int(client.ask(Ask("Tanyi", path, None, _signed()))["data"]["robotCallJobId"])


def timed(client: Client, asked: Sequence[Asking]) -> float:
    """Return how long the answers take one after the other, in milliseconds."""
    asks = [asking() for asking in asked]
    began = time.perf_counter()
    for ask in asks:
        client.read(ask)
    return (time.perf_counter() - began) * MS


def beside(client: Client, row: Beside, *, rounds: int) -> str:
    """Return the median of a dialect's answer and of the native one, and their ratio."""
    timed(client, [row.dialect, *row.natively])
    both = [(timed(client, [row.dialect]), timed(client, row.natively)) for _ in range(rounds)]
    dialect, natively = (median(column) for column in zip(*both, strict=True))
    return f"| {row.name} | {dialect:.1f} | {natively:.1f} | {dialect / natively:.2f} |"


def alone(client: Client, row: Alone, *, rounds: int) -> str:
    """Return the median of an answer, and of 100 000 calls where its time grows with them."""
    timed(client, [row.dialect])
    took = median(timed(client, [row.dialect]) for _ in range(rounds))
    by_calls = f"{took / row.among * 100_000:.0f}" if row.among else "-"
    return f"| {row.name} | {took:.1f} | {row.among or '-'} | {by_calls} | {row.aim_ms:.0f} |"


def file(client: Client, name: str, order: Callable[[Client], Ask]) -> str:
    """Return how quickly a file is written: the best of a few."""
    best, rows, size = float("inf"), 0, 0
    for _ in range(FILES):
        ask = order(client)
        began = time.perf_counter()
        content = client.read(ask)
        best = min(best, time.perf_counter() - began)
        rows, size = content.count(b"\r\n") - 1, len(content)
    return f"| {name} | {rows} | {rows / best:.0f} | {size / best / 1e6:.1f} |"


def table(client: Client, *, rounds: int) -> Iterator[str]:
    """Yield the tables line by line, as they are measured."""
    known = known_by(client)
    yield "| page of the default size | ms | native, ms | ratio (aim 1.50) |\n|---|---|---|---|"
    yield from (beside(client, row, rounds=rounds) for row in pages(known.job))
    yield "\n| question | ms | among calls | ms by 100 000 | aim |\n|---|---|---|---|---|"
    rows = (*deep(known), *parts(known), *reports(known))
    yield from (alone(client, row, rounds=rounds) for row in rows)
    yield "\n| file | rows | rows/s (aim 20000) | MB/s (else 20) |\n|---|---|---|---|"
    yield from (file(client, name, order) for name, order in files())


def main() -> None:
    """Seed, ask, print tables."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--calls", type=int, default=CALLS)
    arguments.add_argument("--rounds", type=int, default=ROUNDS)
    arguments.add_argument("--keep", type=Path, help="a directory for MongoDB's storage, used again by the next run")
    chosen = arguments.parse_args()
    with ExitStack() as stack:
        mongo = stack.enter_context(BenchMongo(keep=chosen.keep))
        url = mongo.url.replace("/?", f"/bench{chosen.calls}?")
        asyncio.run(seed(url, chosen.calls))
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        client = stack.enter_context(served(url, directory, also=KEY))
        print(f"load average {os.getloadavg()[0]:.1f}; medians of {chosen.rounds} rounds")
        for line in table(client, rounds=chosen.rounds):
            print(line, flush=True)


if __name__ == "__main__":
    main()
