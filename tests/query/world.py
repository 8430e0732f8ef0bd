"""Two tenants in a real MongoDB, their keys, the app over them, and webhooks' facts to tell it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b, sha256
from secrets import token_hex
from typing import Any, Final

import httpx
from pymongo.asynchronous.database import AsyncDatabase
from starlette.applications import Starlette

from aftercall.stores import mongo_stores
from query.app import Api, create_app
from query.auth import Keyring
from runtime.config import Config, Key, Tenant, UnitConfig
from schemas.call import call_key, call_uid
from schemas.envelope import Envelope
from schemas.update import CallUpdate, Facts, OrderKey
from schemas.words import Platform
from storage.mongo import connect
from storage.mongo_setup import set_up
from storage.mongo_writer import MongoWriter

START: Final = datetime(2026, 1, 31, 8, 0, 0, 250_000, tzinfo=UTC)
NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
SIGNING_KEY: Final = b"k" * 32
ALL: Final = ("read", "write", "export", "erase")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)


class World:
    """The tenants `acme` and `other` under names that no other test has, and their keys, each token its id."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]], *, acme: str | None = None) -> None:
        self.clock = Clock()
        self.database = database
        self.acme, self.other = acme or f"acme-{token_hex(4)}", f"other-{token_hex(4)}"
        self.stores = mongo_stores(database, clock=self.clock)
        self.writer = MongoWriter(database, raw_days=lambda _: 30, clock=self.clock)
        units = (UnitConfig(id="1", name="Zenith", created_at=START),)
        self.config = Config(
            tenants=(Tenant(id=self.acme, time_zone="Europe/Paris", units=units), Tenant(id=self.other)),
            keys=self._keys(),
        )
        self.keyring = Keyring(lambda: self.config, self.clock)
        self.app = self.serve()
        self.transport = httpx.ASGITransport(self.app)

    def _keys(self) -> tuple[Key, ...]:
        return (
            self.key("crm"),
            self.key("other", tenant=self.other),
            self.key("reader", scopes=("read",)),
            self.key("writer", scopes=("write",)),
            self.key("one-unit", units=("1",)),
            self.key("five", requests_per_minute=5),
            self.key("expired", expires_at=datetime(2026, 1, 1, tzinfo=UTC)),
        )

    def key(self, name: str, **settings: Any) -> Key:
        """Return a key whose token is its id."""
        settings = {"tenant": self.acme, "scopes": ALL} | settings
        return Key(id=name, token_sha256=sha256(name.encode()).hexdigest(), **settings)

    def serve(self, *, public_url: str | None = None) -> Api:
        """Return the app over this world."""
        return create_app(
            stores=self.stores,
            config=lambda: self.config,
            clock=self.clock,
            signing_key=SIGNING_KEY,
            cors_origins=["https://app.example"],
            public_url=public_url,
        )

    def ask(self, key: str = "crm", *, app: Starlette | None = None) -> httpx.AsyncClient:
        """Return a client that has a key, of *app* if one is given."""
        headers = {"Authorization": f"Bearer {key}"}
        transport = httpx.ASGITransport(app) if app else self.transport
        return httpx.AsyncClient(transport=transport, base_url="http://api", headers=headers)

    async def tell(self, *updates: CallUpdate) -> None:
        """Fold *updates* as a worker does."""
        await self.writer.apply(updates)

    async def call(self, name: str = "c-1", **facts: Any) -> str:
        """Store a call of acme with *facts*; return its uid."""
        update = self.update(name, **facts)
        await self.tell(update)
        return self.uid(update.platform_call_id, tenant=update.tenant, platform=update.platform)

    async def calls(self, *calls: tuple[str, dict[str, Any]]) -> None:
        """Store calls in one batch."""
        await self.tell(*(self.update(name, **facts) for name, facts in calls))

    def update(self, name: str = "c-1", **facts: Any) -> CallUpdate:
        """Return what one event says of a call of acme; only what matters is named."""
        tenant, platform = facts.pop("tenant", self.acme), facts.pop("platform", Platform.VAPI)
        event, received = facts.pop("event", "e-1"), facts.pop("received", START)
        facts.setdefault("rank", 10)
        at_ms = round(received.timestamp() * 1000)
        digest = blake2b(repr(facts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        return CallUpdate(
            tenant=tenant,
            platform=platform,
            platform_call_id=name,
            order=OrderKey(facts["rank"], at_ms, at_ms, event, digest),
            facts=Facts(**facts),
        )

    def uid(self, name: str, *, tenant: str | None = None, platform: Platform = Platform.VAPI) -> str:
        """Return a call's uid."""
        return call_uid(call_key(tenant=tenant or self.acme, platform=platform, platform_call_id=name))

    async def keep(self, name: str, body: bytes, **facts: Any) -> None:
        """Keep a raw event of a call of acme."""
        known: dict[str, Any] = {
            "event_id": "e-1",
            "platform": Platform.VAPI,
            "connection": "acme-vapi",
            "tenant": self.acme,
            "event_type": "end-of-call-report",
            "received_at": round(START.timestamp() * 1000),
            "content_type": "application/json",
        }
        await self.writer.keep([Envelope(call_id=name, body=body, **(known | facts))])


async def names(client: httpx.AsyncClient, query: str = "") -> list[str]:
    """Return the platform's ids of the calls that *query* lists."""
    answer = (await client.get(f"/v1/calls?limit=200&{query}")).json()
    return [call["platform_call_id"] for call in answer["calls"]]


async def searched(client: httpx.AsyncClient, filter_: object, **options: Any) -> list[str]:
    """Return the platform's ids of the calls that a search finds."""
    answer = await client.post("/v1/calls/search", json={"filter": filter_, "limit": 200, **options})
    return [call["platform_call_id"] for call in answer.json()["calls"]]


def prepared_database(mongo_url: str, *, prefix: str) -> str:
    """Return the URL of a new database with collections and indexes."""
    address, _, options = mongo_url.partition("/?")
    url = f"{address.rstrip('/')}/{prefix}{token_hex(4)}?{options}"

    async def prepare() -> None:
        async with connect(url) as database:
            await set_up(database)

    asyncio.run(prepare())
    return url


@asynccontextmanager
async def open_world(url: str) -> AsyncIterator[World]:
    """Yield a world in the database that *url* names, which is set up."""
    async with connect(url) as database:
        yield World(database)
