"""Accepting: `python -m bench.accept`; signed reports of 20 KB with varied text, beside a bare Starlette route.

The bare route on one uvicorn worker only reads the body. Broker, service and load share this machine. Rounds go round
robin, so that what else the machine does falls on all alike; a ratio is of medians.
"""

import argparse
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import create_server
from statistics import median
from typing import Final

from bench.load import Result, load, paced, request
from bench.webhooks import headers, reports
from tests.servers.kafka import KafkaServer

CONNECTIONS: Final = 128
HALF_LOAD_CONNECTIONS: Final = 32
BODIES: Final = 500
START_S: Final = 30.0
WARM_S: Final = 3.0
SUBJECTS: Final = ("bare", "nowhere", "journal", "kafka")


@contextmanager
def server(name: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Run *name* of `bench.servers` in a process of its own while the block runs; yield its port and process id."""
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "bench.servers", name, "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        _await(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError


def signed() -> Sequence[bytes]:
    """Return requests whose proof holds for an hour."""
    return [request("/webhooks/bench", headers(body), body) for body in reports(BODIES)]


def cpu_s(process: int) -> float:
    """Return the CPU time of *process* so far, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: int) -> float:
    """Return the most memory that *process* ever had, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--seconds", type=float, default=4)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", nargs="*", default=SUBJECTS, choices=SUBJECTS)
    chosen = arguments.parse_args()
    requests = signed()
    with ExitStack() as stack:
        environment = {}
        if "kafka" in chosen.only:
            environment["BENCH_KAFKA"] = stack.enter_context(KafkaServer()).bootstrap
        running = {name: stack.enter_context(server(name, environment)) for name in ["bare", *chosen.only]}
        rounds: dict[str, list[tuple[Result, float]]] = {name: [] for name in running}
        for port, _ in running.values():
            load(port, requests, seconds=WARM_S, connections=CONNECTIONS)
        for _ in range(chosen.rounds):
            for name, (port, process) in running.items():
                before = cpu_s(process)
                result = load(port, requests, seconds=chosen.seconds, connections=CONNECTIONS)
                rounds[name].append((result, (cpu_s(process) - before) / (result.rate * chosen.seconds) * 1e6))
        _print(rounds, running, requests, seconds=chosen.seconds)


def _print(
    rounds: dict[str, list[tuple[Result, float]]],
    running: dict[str, tuple[int, int]],
    requests: Sequence[bytes],
    *,
    seconds: float,
) -> None:
    bare = median(result.rate for result, _ in rounds["bare"])
    print(f"{'':8} {'req/s':>7} {'ratio':>6} {'CPU µs':>7} {'p50 ms':>7} {'p99 ms':>7} {'half load p99':>14} {'MB':>5}")
    for name, results in rounds.items():
        rate = median(result.rate for result, _ in results)
        port, process = running[name]
        half = paced(port, requests, seconds=seconds, rate=rate / 2, connections=HALF_LOAD_CONNECTIONS)
        wrong = sum(result.wrong for result, _ in results) + half.wrong
        print(
            f"{name:8} {rate:7.0f} {rate / bare:6.2f} {median(cpu for _, cpu in results):7.0f}"
            f" {median(result.p50 for result, _ in results):7.1f} {median(result.p99 for result, _ in results):7.1f}"
            f" {half.p99:14.1f} {memory_mb(process):5.0f}" + (f"   {wrong} NOT ACCEPTED" if wrong else ""),
            flush=True,
        )


if __name__ == "__main__":
    main()
