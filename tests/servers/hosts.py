"""Where a server runs: as a container, or as a child process; the one place that decides is `container_engine`."""

import functools
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from testcontainers.core.container import DockerContainer

from runtime.leash import leashed

START_WITHIN_S: Final = 60.0
"""Twenty times what a start takes on two idle cores; the tests of a whole team may share them."""
STOP_WITHIN_S: Final = 10.0
CHOICE: Final = "AFTERCALL_TEST_SERVERS"
"""`docker` or `local`; unset, Docker is taken where it answers."""


class NotStarted(Exception):
    """A server did not start; the message says why and what to do."""


class Host(Protocol):
    """What can be done to a server from outside; its storage outlives `stop` and `kill`."""

    def start(self) -> None:
        """Start the server and return at once."""

    def stop(self) -> None:
        """Ask it to end, wait for it."""

    def kill(self) -> None:
        """End it as a power cut would."""

    def pause(self) -> None:
        """Freeze it: its port stays open, it answers nothing."""

    def resume(self) -> None:
        """Let it go on after `pause`."""

    def remove(self) -> None:
        """End it for good."""

    def output(self) -> str:
        """Return what it has said since it was started last."""

    def running(self) -> bool:
        """Return whether it has not ended."""


@functools.cache
def container_engine() -> bool:
    """Return whether servers run in containers: where a Docker engine answers, or as `AFTERCALL_TEST_SERVERS` says."""
    if choice := os.environ.get(CHOICE):
        return choice == "docker"
    docker = shutil.which("docker")
    # The command and not the library: that one leaves a socket open where no engine answers.
    return docker is not None and not subprocess.run([docker, "version"], capture_output=True, check=False).returncode


def wait_until(ready: Callable[[], bool], *, host: Host, name: str) -> None:
    """Return when *ready* says so; raise `NotStarted` with the server's last lines if it ends or takes too long."""
    deadline = time.monotonic() + START_WITHIN_S
    while not ready():
        if not host.running() or time.monotonic() > deadline:
            last = "\n".join(host.output().splitlines()[-20:])
            raise NotStarted(f"{name} did not start; its last lines:\n{last}")
        time.sleep(0.02)


class Child:
    """A server as a child process that dies with the tests, even where they are killed."""

    def __init__(self, command: Sequence[str], *, log: Path) -> None:
        """Run *command*, its output going to *log*."""
        self._command = leashed(command, signal="KILL")
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process in a session of its own, so that Ctrl-C in a terminal does not reach it first."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        """Send SIGTERM, after ten seconds SIGKILL."""
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def pause(self) -> None:
        """Send SIGSTOP, and return when every thread has stopped: until then one may still answer."""
        self._signal(signal.SIGSTOP)
        if self._process is not None:
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def resume(self) -> None:
        """Send SIGCONT."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """End it; its directory is somebody else's to remove."""
        self.kill()

    def output(self) -> str:
        """Return the log of this start."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def running(self) -> bool:
        """Return whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


class Container:
    """A server in a container whose port is the same inside and outside, before and after a restart."""

    def __init__(self, image: str, *, port: int, environment: Mapping[str, str], command: Sequence[str] = ()) -> None:
        """Prepare a container of *image* that listens on *port*."""
        self._container = DockerContainer(image).with_bind_ports(port, port)
        for name, value in environment.items():
            self._container.with_env(name, value)
        if command:
            self._container.with_command([*command])
        self._started_at = 0
        self._made = False

    def start(self) -> None:
        """Create the container the first time, start the same one after."""
        self._started_at = int(time.time())
        if self._made:
            self._container.get_wrapped_container().start()
        else:
            self._container.start()
            self._made = True

    def stop(self) -> None:
        """Stop it, keep its storage."""
        if self._made:
            self._container.get_wrapped_container().stop(timeout=int(STOP_WITHIN_S))

    def kill(self) -> None:
        """Kill it, keep its storage."""
        self._container.get_wrapped_container().kill("SIGKILL")

    def pause(self) -> None:
        """Freeze all its processes."""
        self._container.get_wrapped_container().pause()

    def resume(self) -> None:
        """Thaw them."""
        self._container.get_wrapped_container().unpause()

    def output(self) -> str:
        """Return its log since the last start."""
        said: bytes = self._container.get_wrapped_container().logs(since=self._started_at)
        return said.decode(errors="replace")

    def running(self) -> bool:
        """Return whether its main process lives."""
        container = self._container.get_wrapped_container()
        container.reload()
        return bool(container.status in {"created", "running", "paused"})

    def remove(self) -> None:
        """Remove it with its storage."""
        self._container.stop()
