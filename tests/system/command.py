"""The command line as people run it: whole processes, their words, their status, and what they leave behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.servers.ports import free_port

ROOT: Final = Path(__file__).parents[2]
ANSWERED_WITHIN_S: Final = 30.0
LANDED_WITHIN_S: Final = 90.0
READY_WITHIN_S: Final = 90.0  # on a loaded machine; the promise of 3 s is the bench's to check
ENDED_WITHIN_S: Final = 60.0  # ten are promised, on a machine that has time for it


class Running:
    """A process of ours that serves, in a directory of its own."""

    def __init__(self, process: subprocess.Popen[str], *, directory: Path, port: int) -> None:
        self.process: Final = process
        self.directory: Final = directory
        self.url: Final = f"http://127.0.0.1:{port}"

    def ready(self) -> None:
        """Return once it says so; fail with its last words where it ends before."""
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"ended with {self.process.returncode}: {self.said()}")
            if status(f"{self.url}/readyz") == 200:
                return
            time.sleep(0.05)
        raise AssertionError(f"not ready within {READY_WITHIN_S} s: {self.said()}")

    def greeted(self) -> None:
        """Return once it told where it is reached."""
        deadline = time.monotonic() + READY_WITHIN_S
        while f"aftercall is up on {self.url}" not in self.said():
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def said(self) -> str:
        """Return what it wrote so far, on both streams."""
        return (self.directory / "out.txt").read_text() + (self.directory / "err.txt").read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(ENDED_WITHIN_S)

    def counted(self, name: str) -> float:
        """Return the sum of a metric's samples."""
        with urlopen(f"{self.url}/metrics", timeout=ANSWERED_WITHIN_S) as answer:  # noqa: S310 - our own URL
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{name}{{"))

    def children(self) -> list[int]:
        """Return the ids of its children."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]


def environment(**variables: str) -> dict[str, str]:
    """Return ours without what the tests themselves were told by `AFTERCALL_*`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AFTERCALL_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | variables


def aftercall(*words: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a verb to its end."""
    return subprocess.run(
        [sys.executable, "-m", "aftercall", *words],
        cwd=directory,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def started(*words: str, directory: Path, **variables: str) -> Iterator[Running]:
    """Run a verb that serves, in *directory*; killed at the end if it still runs."""
    chosen = free_port()
    with (directory / "out.txt").open("a") as out, (directory / "err.txt").open("a") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "aftercall", *words, "--port", str(chosen)],
            cwd=directory,
            env=environment(**variables),
            stdout=out,
            stderr=err,
            text=True,
        )
        try:
            yield Running(process, directory=directory, port=chosen)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(ENDED_WITHIN_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def status(url: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> int:
    """Return the status of one request, 0 where nobody answered."""
    try:
        with urlopen(Request(url, data=body, headers=headers or {}), timeout=ANSWERED_WITHIN_S) as answer:  # noqa: S310 - our own URL
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError):
        return 0


def read(url: str, *, token: str) -> Any:
    """Return the JSON that *url* answers to who holds *token*."""
    request = Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - our own URL
    with urlopen(request, timeout=ANSWERED_WITHIN_S) as answer:  # noqa: S310 - as above
        return json.load(answer)


def alive(pid: int) -> bool:
    """Return whether the process runs; one that ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(pids: list[int]) -> bool:
    """Return whether all of them ended in time; those that did not are killed, so that a failure leaves nothing."""
    deadline = time.monotonic() + ENDED_WITHIN_S
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    left = [pid for pid in pids if alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return not left
