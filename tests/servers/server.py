"""What tests do to a server: start it, stop it, cut its power, freeze it, and find it again at the same address."""

import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Self

from tests.servers.hosts import Host, container_engine
from tests.servers.ports import free_port


class Server(ABC):
    """A server whose port and storage outlive `stop` and `kill`."""

    name: ClassVar[str]

    def __init__(self) -> None:
        """Choose its port and prepare its storage; nothing is started yet."""
        self._directory = tempfile.TemporaryDirectory(prefix=f"aftercall-{self.name}-")
        self._port = free_port()
        try:
            self._host = self._container() if container_engine() else self._child(Path(self._directory.name))
        except BaseException:
            self._directory.cleanup()
            raise

    @property
    @abstractmethod
    def address(self) -> str:
        """What a client connects to."""

    @abstractmethod
    def _child(self, directory: Path) -> Host:
        """Return the server as a child process with its storage in *directory*."""

    @abstractmethod
    def _container(self) -> Host:
        """Return the server as a container."""

    @abstractmethod
    def _wait(self) -> None:
        """Return when it takes writes; raise `NotStarted` if it does not."""

    def start(self) -> None:
        """Start it and return when it takes writes."""
        self._host.start()
        self._wait()

    def stop(self) -> None:
        """Stop it in order; its storage stays."""
        self._host.stop()

    def restart(self) -> None:
        """Stop it in order and start it again."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End it as a power cut would; its storage stays."""
        self._host.kill()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing is answered."""
        self._host.pause()

    def resume(self) -> None:
        """Let it go on."""
        self._host.resume()

    def close(self) -> None:
        """End it and remove its storage."""
        self._host.remove()
        self._directory.cleanup()

    def __enter__(self) -> Self:
        """Start it."""
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """End it and remove its storage."""
        self.close()
