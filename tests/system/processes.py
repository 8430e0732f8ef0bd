"""aftercall as people run it: its own command line, one process each, started, watched, ended and killed."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import httpx

from tests.servers.ports import free_port
from tests.system.stories import SECRETS

T = TypeVar("T")

TOKEN: Final = "system-tests-token"
READY_WITHIN_S: Final = 90.0  # on a loaded machine
GONE_WITHIN_S: Final = 60.0  # ten are promised, on a machine that has time for it
ANSWERED_WITHIN_S: Final = 30.0
SABOTAGE: Final = "SABOTAGE"
"""Names a protection to take out (`tests/sabotage.py`), to see the test fail that needs it."""


class NotReady(Exception):
    """A process did not become what was waited for; its last log lines are the message."""


def config_text(tenant: str) -> str:
    """Return an `aftercall.toml` with one connection a platform and one key."""
    tables = [
        f'[[tenants]]\nid = "{tenant}"',
        *(
            f'[[connections]]\nid = "{platform}"\ntenant = "{tenant}"\nplatform = "{platform}"\nsecrets = ["{secret}"]'
            for platform, secret in SECRETS.items()
        ),
        f'[[keys]]\nid = "tests"\ntenant = "{tenant}"\ntoken_sha256 = "{hashlib.sha256(TOKEN.encode()).hexdigest()}"',
    ]
    return "\n\n".join(tables) + "\n"


_hands: Final = ThreadPoolExecutor(1, "hands")


async def by_hand(run: Callable[..., T], **named: object) -> T:
    """Return what *run* does, beside the load: in a thread that lives on, since servers end with who started them."""
    return await asyncio.get_running_loop().run_in_executor(_hands, partial(run, **named))


class Service:
    """One process; `start` again after any end is the same process come back, on the same port and data."""

    def __init__(self, verb: str, *, name: str, directory: Path, environment: Mapping[str, str]) -> None:
        """Prepare; nothing is started yet."""
        self.name = name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = directory / f"{name}.log"
        self._command = [*_aftercall(), verb, "--port", str(self.port)]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("AFTERCALL_")}
        data = directory / name
        self._environment = inherited | {"AFTERCALL_DATA": str(data), "AFTERCALL_LOG_LEVEL": "info"} | dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it and return when `/readyz` says so, or at once."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Return when `/readyz` is 200; raises `NotReady`."""
        wait_for(lambda: self.ready() == httpx.codes.OK, what=f"{self._log.stem} ready", log=self.log)

    def wait_until_refused(self) -> None:
        """Return when `/readyz` is 503; raises `NotReady`."""
        unavailable = httpx.codes.SERVICE_UNAVAILABLE
        wait_for(lambda: self.ready() == unavailable, what=f"{self._log.stem} unavailable", log=self.log)

    def wait_until_counted(self, *, name: str, count: int) -> None:
        """Return when the metric *name* is *count*; raises `NotReady`."""
        wait_for(lambda: self.metric(name) == count, what=f"{count} {name}", log=self.log)

    def ready(self) -> int | None:
        """Return the status of `/readyz`, None where nobody listens."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=ANSWERED_WITHIN_S).status_code
        except httpx.TransportError:
            if not self.running:
                raise NotReady(self.log()) from None
            return None

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> int:
        """Ask it to end; return its exit status, which has to come within `GONE_WITHIN_S`."""
        return self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> int:
        process = self._process
        assert process is not None
        process.send_signal(number)
        return process.wait(GONE_WITHIN_S)

    def ask_to_end(self) -> None:
        """Send SIGTERM where it runs, and wait for nothing."""
        if self._process is not None and self.running:
            self._process.terminate()

    def close(self) -> None:
        """End it, however it is; a worker that was only killed keeps the next one of its group waiting for 10 s."""
        self.ask_to_end()
        try:
            if self._process is not None:
                self._process.wait(GONE_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def log(self) -> str:
        """Return the end of what it logged."""
        return self._log.read_text(errors="replace")[-4000:] if self._log.exists() else ""

    def metric(self, name: str) -> float:
        """Return the sum of a metric's samples; 0 where it has none."""
        lines = httpx.get(f"{self.url}/metrics", timeout=ANSWERED_WITHIN_S).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


def _aftercall() -> list[str]:
    sabotaged = os.environ.get(SABOTAGE)
    if sabotaged:
        return [sys.executable, "-m", "tests.sabotage", sabotaged]
    return [sys.executable, "-m", "aftercall"]


def wait_for(condition: object, *, what: str, within_s: float = READY_WITHIN_S, log: object = lambda: "") -> None:
    """Return when *condition* holds; raises `NotReady` with what was waited for and the *log*."""
    deadline = time.monotonic() + within_s
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise NotReady(f"{what}: not within {within_s} s\n{log()}")  # type: ignore[operator]
        time.sleep(0.05)
