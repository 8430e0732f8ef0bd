"""Serve an app over HTTP while a block runs; when it ends, finish what is in flight."""

import asyncio
import errno
import resource
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from runtime.errors import CannotStart
from runtime.garbage import search_rarely
from runtime.protocol import LOOK_S, BoundedProtocol, Limits

DRAIN_S: Final = 8  # for answers in flight when we are stopped; the whole process has 10
BACKLOG: Final = 2048


class _Server(uvicorn.Server):
    """Says when it serves; signals are the process's, not the server's."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Wait to be started."""
        super().__init__(config)
        self.serves: Final = asyncio.Event()

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serves.set()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp, *, host: str, port: int, limits: Limits | None = None, drain_s: int = DRAIN_S
) -> AsyncIterator[int]:
    """Serve *app* while the block runs and yield the port (0 asks for any); raises `CannotStart` where it is taken.

    When the block ends nothing new is accepted, answers in flight have *drain_s* seconds.
    """
    allow_many_files()
    listener = _listen(host, port)
    server = _Server(_config(app, limits=limits or Limits(), drain_s=drain_s))
    async with asyncio.TaskGroup() as tasks:
        served = tasks.create_task(server.serve(sockets=[listener]))
        await server.serves.wait()
        search_rarely()
        watch = tasks.create_task(_watch(server))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            with suppress(asyncio.CancelledError):
                await asyncio.shield(served)
            watch.cancel()


def allow_many_files() -> None:
    """Raise this process's limit of open files to what the system allows: each connection is one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _config(app: ASGIApp, *, limits: Limits, drain_s: int) -> uvicorn.Config:
    bounded = type("Bounded", (BoundedProtocol,), {"limits": limits})
    return uvicorn.Config(
        app,
        http=bounded,
        ws="none",
        lifespan="off",  # what the app needs is opened and closed by who serves it
        log_config=None,
        access_log=False,
        proxy_headers=False,  # it would believe anybody on 127.0.0.1; see runtime.proxies
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=drain_s,
    )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise CannotStart(_why(error, host, port)) from None
    return listener


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: stop what listens there, or choose another with --port or AFTERCALL_PORT."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has: choose one above 1023."
    return f"{host}:{port} cannot be listened to: {error.strerror or error}."


async def _watch(server: uvicorn.Server) -> None:
    """Cut off clients that are late, for ever."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(LOOK_S)
        now = loop.time()
        for connection in tuple(server.server_state.connections):
            if isinstance(connection, BoundedProtocol):
                connection.cut_off_if_late(now)
