"""A mongod, replica set of one; in the way of `aftercall up`, with less memory."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from typing_extensions import override

from runtime.errors import CannotStart
from storage.mongod_binary import REPLICA_SET, arguments, find
from storage.mongod_set import become_primary, url
from tests.servers.hosts import Child, Container, Host, NotStarted, wait_until
from tests.servers.server import Server

IMAGE: Final = "mongo:6.0"
CACHE_GB: Final = 0.5
"""A recording of 18 MB must find room among what other tests have just written, however slow the disk."""
OPLOG_MB: Final = 128


class MongoServer(Server):
    """A MongoDB server."""

    name: ClassVar = "mongo"
    cache_gb: ClassVar[float] = CACHE_GB
    # Clocks of tests stand in other years: MongoDB, by its own, would delete at any moment what they say is fresh.
    beside: ClassVar[tuple[str, ...]] = ("--setParameter", "ttlMonitorEnabled=false")
    """More arguments of mongod."""

    @property
    @override
    def address(self) -> str:
        return self.url

    @property
    def url(self) -> str:
        """The connection string, the same over restarts."""
        return url(self._port)

    @override
    def _wait(self) -> None:
        reached, given_up = threading.Event(), threading.Event()
        # A thread with a loop of its own: the caller may be inside a running loop.
        waiting = threading.Thread(target=lambda: asyncio.run(_primary(self._port, reached, given_up)))
        waiting.start()
        try:
            wait_until(reached.is_set, host=self._host, name="MongoDB")
        finally:
            given_up.set()
            waiting.join()

    @override
    def _child(self, directory: Path) -> Host:
        storage = directory / "storage"
        storage.mkdir(exist_ok=True)
        try:
            binary = find()
        except CannotStart as error:
            raise NotStarted(str(error)) from error
        command = arguments(binary, storage=storage, port=self._port, cache_gb=self.cache_gb, oplog_mb=OPLOG_MB)
        return Child([*command, *self.beside, *self._also(directory)], log=directory / "mongod.log")

    def _also(self, directory: Path) -> Sequence[str]:
        """Return what it needs beside, made in *directory*."""
        return ()

    @override
    def _container(self) -> Host:
        # The same port inside as outside: the set's only member knows itself by it.
        command = ["mongod", "--replSet", REPLICA_SET, "--port", str(self._port), "--bind_ip_all", *self.beside]
        return Container(IMAGE, port=self._port, environment={}, command=command)


class FailingMongo(MongoServer):
    """A MongoDB server that can be told to fail: `configureFailPoint` works."""

    beside: ClassVar = (*MongoServer.beside, "--setParameter", "enableTestCommands=1")


async def _primary(port: int, reached: threading.Event, given_up: threading.Event) -> None:
    """Set *reached* when the server on *port* takes writes, return when that or *given_up* is so."""
    becoming = asyncio.create_task(become_primary(port))
    while not (becoming.done() or given_up.is_set()):
        await asyncio.wait([becoming], timeout=0.02)
    if becoming.done():
        becoming.result()
        reached.set()
    else:
        becoming.cancel()
        await asyncio.wait([becoming])
