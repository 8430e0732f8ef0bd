"""One app over a list of calls, asked over ASGI."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import httpx
import pytest

from query.app import create_app
from runtime.config import Config, Key, Tenant, UnitConfig
from schemas.call import Call, call_key, call_uid
from schemas.words import Platform
from tests.query.model import START, Shelf

Ask = Callable[[str], httpx.AsyncClient]

TENANTS = (
    Tenant(id="acme", time_zone="Europe/Paris", units=(UnitConfig(id="1", name="Zenith", created_at=START),)),
    Tenant(id="other"),
)


def key(name: str, **settings: Any) -> Key:
    """Return a key whose token is its name."""
    settings = {"tenant": "acme", "scopes": ("read", "write", "export", "erase")} | settings
    return Key(id=name, token_sha256=sha256(name.encode()).hexdigest(), **settings)


KEYS = (
    key("crm"),
    key("other", tenant="other"),
    key("reader", scopes=("read",)),
    key("writer", scopes=("write",)),
    key("one-unit", units=("1",)),
    key("five", requests_per_minute=5),
    key("expired", expires_at=datetime(2026, 1, 1, tzinfo=UTC)),
)


def make_call(name: str = "c-1", **facts: Any) -> Call:
    """Return a call of acme; only what matters is named."""
    identity = {"tenant": facts.pop("tenant", "acme"), "platform": facts.pop("platform", Platform.VAPI)}
    uid = call_uid(call_key(platform_call_id=name, **identity))
    number = facts.pop("number", 1_000_000_000 + int("".join(filter(str.isdigit, name)) or 0))
    times = {"created_at": START, "updated_at": START}
    return Call(uid=uid, number=number, platform_call_id=name, **identity, **(times | facts))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        """Begin at a fixed time."""
        self.now = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def pass_(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands."""
    return Clock()


@pytest.fixture
def shelf() -> Shelf:
    """Return the calls that the app reads."""
    return Shelf()


@pytest.fixture
async def ask(shelf: Shelf, clock: Clock) -> AsyncIterator[Ask]:
    """Return a client by its key's name."""
    config = Config(tenants=TENANTS, keys=KEYS)
    app = create_app(reader=shelf, config=lambda: config, clock=clock, signing_key=b"k" * 32)
    transport = httpx.ASGITransport(app)
    clients: list[httpx.AsyncClient] = []

    def client(token: str) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {token}"}
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers))
        return clients[-1]

    yield client
    for each in clients:
        await each.aclose()


@pytest.fixture
def crm(ask: Ask) -> httpx.AsyncClient:
    """Return a client of acme with every scope."""
    return ask("crm")
