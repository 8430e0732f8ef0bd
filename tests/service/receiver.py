"""An ingest that really listens, with a stream in memory behind it; and senders that sign as their platforms do."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec

from ingest.app import create_app
from runtime.config import Config, Connection, Options, Tenant
from runtime.health import any_of, health_routes
from runtime.protocol import Limits
from runtime.proxies import trusted_by
from runtime.server import serving
from schemas.envelope import Envelope
from schemas.words import Platform
from stream.memory import MemoryStream

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"
REPORT: Final = (FIXTURES / "vapi" / "end-of-call-report.json").read_bytes()
STARTED: Final = (FIXTURES / "retell" / "call_started.json").read_bytes()
SECRET: Final = "the-secret"
JSON: Final = {"content-type": "application/json"}
PROVEN: Final = JSON | {"x-vapi-secret": SECRET}


class Receiver(msgspec.Struct, frozen=True, kw_only=True):
    """Where to send, and what arrived."""

    http: httpx.AsyncClient
    stream: MemoryStream
    port: int

    @property
    def envelopes(self) -> list[Envelope]:
        """What was made durable, in no particular order."""
        return [record.envelope for kept in self.stream.records.values() for record in kept if record.envelope]


def connection(name: str = "acme", platform: Platform = Platform.VAPI, **changes: Any) -> Connection:
    """Return a connection; *changes* that are options of it go there."""
    options = {key: changes.pop(key) for key in list(changes) if key in Options.__struct_fields__}
    secrets = changes.pop("secrets", (SECRET,))
    return Connection(id=name, tenant="t", platform=platform, secrets=secrets, options=Options(**options), **changes)


@asynccontextmanager
async def receiver(
    *connections: Connection,
    limits: Limits | None = None,
    proxies: tuple[str, ...] = (),
    stream: MemoryStream | None = None,
    drain_s: int = 1,
) -> AsyncIterator[Receiver]:
    """Serve *connections* on a free port."""
    config = Config(tenants=(Tenant(id="t"),), connections=connections or (connection(),))
    stream = stream or MemoryStream()
    app = create_app(
        publisher=stream,
        config=lambda: config,
        clock=now,
        trusted=trusted_by(proxies),
        routes=health_routes(stream.ready, enough=any_of),
    )
    async with (
        serving(app, host="127.0.0.1", port=0, limits=limits, drain_s=drain_s) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
    ):
        yield Receiver(http=http, stream=stream, port=port)


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def retell_headers(body: bytes, *, secret: str = SECRET) -> Mapping[str, str]:
    """Return what Retell sends with *body* now."""
    stamp = str(int(now().timestamp() * 1000))
    digest = hmac.digest(secret.encode(), body + stamp.encode(), hashlib.sha256).hex()
    return JSON | {"x-retell-signature": f"v={stamp},d={digest}"}
