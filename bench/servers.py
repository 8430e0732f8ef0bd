"""What is measured, each in a process of its own: `python -m bench.servers NAME --port N`."""

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bench.webhooks import CONNECTION
from ingest.app import create_app
from runtime.clock import utc_now
from runtime.config import Config, Tenant
from runtime.server import serving
from schemas.envelope import Envelope
from stream.journal import open_journal
from stream.kafka_client import KafkaSettings
from stream.kafka_topics import ensure_topics
from stream.ports import Publisher
from stream.spool import open_spool

CONFIG: Final = Config(tenants=(Tenant(id="bench"),), connections=(CONNECTION,))


async def _read(request: Request) -> JSONResponse:
    await request.body()
    return JSONResponse({"status": "ok"})


def bare(port: int) -> None:
    """Serve the baseline: a Starlette route on one uvicorn worker that only reads the body."""
    app = Starlette(routes=[Route("/webhooks/bench", _read, methods=["POST"])])
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", access_log=False, log_level="warning")


class Nowhere:
    """Keeps nothing: what remains is the cost of ingest itself."""

    async def publish(self, _envelope: Envelope) -> None:
        """Forget it."""

    def ready(self) -> dict[str, bool]:
        """Be ready."""
        return {"nowhere": True}


@asynccontextmanager
async def nowhere() -> AsyncIterator[Publisher]:
    """Yield a publisher that keeps nothing."""
    yield Nowhere()


@asynccontextmanager
async def journal() -> AsyncIterator[Publisher]:
    """Yield the journal, in a new directory."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as directory:
        async with open_journal(directory=Path(directory)) as publisher:
            yield publisher


@asynccontextmanager
async def kafka() -> AsyncIterator[Publisher]:
    """Yield Kafka at `BENCH_KAFKA`, with the journal behind it as in `aftercall ingest`."""
    settings = KafkaSettings(bootstrap=os.environ["BENCH_KAFKA"])
    await ensure_topics(settings)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as directory:
        async with open_spool(settings=settings, directory=Path(directory), start_s=30) as publisher:
            yield publisher


PUBLISHERS: Final[dict[str, Callable[[], AbstractAsyncContextManager[Publisher]]]] = {
    "nowhere": nowhere,
    "journal": journal,
    "kafka": kafka,
}


async def _serve(name: str, port: int) -> None:
    async with PUBLISHERS[name]() as publisher:
        app = create_app(publisher=publisher, config=lambda: CONFIG, clock=utc_now)
        async with serving(app, host="127.0.0.1", port=port):
            await asyncio.Event().wait()


def main() -> None:
    """Serve until the process is ended."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("name", choices=["bare", *PUBLISHERS])
    arguments.add_argument("--port", type=int, required=True)
    chosen = arguments.parse_args()
    if chosen.name == "bare":
        bare(chosen.port)
    else:
        uvloop.run(_serve(chosen.name, chosen.port))


if __name__ == "__main__":
    main()
