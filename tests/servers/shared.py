"""The session's Kafka and MongoDB, started when first asked for; pytest-xdist's workers ask over a socket."""

import threading
from collections.abc import Mapping
from multiprocessing.connection import Client, Listener
from pathlib import Path
from typing import Final, Protocol, Self

from tests.servers.hosts import NotStarted
from tests.servers.kafka import KafkaServer
from tests.servers.mongo import MongoServer
from tests.servers.server import Server

KINDS: Final[Mapping[str, type[Server]]] = {"kafka": KafkaServer, "mongo": MongoServer}


class Servers(Protocol):
    """Where a test's session asks for a server."""

    def address(self, kind: str) -> str:
        """Return where the session's *kind* listens, started now if it was not; raise `NotStarted`."""


class Owned:
    """The servers of this process."""

    def __init__(self) -> None:
        """Own none yet."""
        self._servers: dict[str, Server] = {}

    def address(self, kind: str) -> str:
        """Return where it listens, started now if it was not; raise `NotStarted`."""
        if kind not in self._servers:
            server = KINDS[kind]()
            self._servers[kind] = server.__enter__()
        return self._servers[kind].address

    def close(self) -> None:
        """End those that were started."""
        while self._servers:
            self._servers.popitem()[1].close()


class Lent:
    """The servers of the process that started pytest-xdist's workers."""

    def __init__(self, desk: str) -> None:
        """Ask at *desk*."""
        self._desk = desk

    def address(self, kind: str) -> str:
        """Return where it listens; raise `NotStarted` with what the owner said."""
        with Client(self._desk, "AF_UNIX") as line:
            line.send(kind)
            address, trouble = line.recv()
        if trouble is not None:
            raise NotStarted(trouble)
        return str(address)


class Desk:
    """Lends an owner's servers to other processes over a Unix socket, one question at a time."""

    def __init__(self, owned: Owned, *, path: Path) -> None:
        """Open for questions at *path*."""
        self.path = str(path)
        self._owned = owned
        self._listener = Listener(self.path, "AF_UNIX")
        # One thread that lives to the end: the servers' leashes watch the thread that started them.
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Answer until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        with Client(self.path, "AF_UNIX") as line:
            line.send(None)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        """Answer with an address or with what was in the way, until asked for None."""
        while True:
            with self._listener.accept() as line:
                kind = line.recv()
                if kind is None:
                    return
                try:
                    line.send((self._owned.address(kind), None))
                except NotStarted as error:
                    line.send((None, str(error)))
