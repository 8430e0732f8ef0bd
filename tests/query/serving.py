"""The app behind a real server, for those who speak to it from outside."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import uvicorn
from typing_extensions import override

from tests.query.world import World, open_world


class Serving(threading.Thread):
    """The app behind a real server, in a thread and loop of its own."""

    def __init__(self, database: str, fill: Callable[[World], Awaitable[None]]) -> None:
        super().__init__(daemon=True)
        self._database = database
        self._fill = fill
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None

    @override
    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        async with open_world(self._database) as world:
            await self._fill(world)
            config = uvicorn.Config(world.app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
            self._server = uvicorn.Server(config)
            serving = asyncio.create_task(self._server.serve())
            while not self._server.started:  # noqa: ASYNC110 - uvicorn tells it by a flag
                await asyncio.sleep(0.01)
            self._ready.set()
            await serving

    def url(self) -> str:
        """Wait for the server; return where it is."""
        assert self._ready.wait(30)
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        """End the server."""
        if self._server is not None:
            self._server.should_exit = True
        self.join(30)
