"""Schemathesis asks the running service what its OpenAPI document allows, and much that it does not."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import uvicorn
from typing_extensions import override

from tests.query.test_openapi import FACTS
from tests.query.world import open_world

CHECKS: Final = (
    "not_a_server_error,content_type_conformance,status_code_conformance,response_schema_conformance,"
    "unsupported_method,ignored_auth,negative_data_rejection"
)


class Serving(threading.Thread):
    """The app behind a real server, in a thread and loop of its own."""

    def __init__(self, database: str) -> None:
        super().__init__(daemon=True)
        self._database = database
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None

    @override
    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        async with open_world(self._database) as world:
            for n in range(3):
                await world.call(f"c-{n}", **FACTS)
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


@pytest.fixture
def served(prepared: str) -> Iterator[str]:
    """The URL of the app behind a real server."""
    serving = Serving(prepared)
    serving.start()
    yield serving.url()
    serving.stop()


@pytest.mark.timeout(900)
def test_schemathesis_finds_nothing(served: str, tmp_path: Path) -> None:
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{served}/openapi.json"),
        *("--header", "Authorization: Bearer crm", "--checks", CHECKS, "--phases", "coverage,fuzzing"),
        # The feed never ends, and the dialects answer in shapes of their own.
        *("--include-path-regex", "^/v1", "--exclude-path", "/v1/live"),
        *("--max-examples", "10", "--workers", "2", "--seed", "1", "--no-color"),
    ]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
