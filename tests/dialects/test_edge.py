"""What surrounds every dialect, on one that has no routes."""

from datetime import UTC, datetime
from typing import Any

import httpx

from query.auth import Caller
from query.dialects.dialect import Ask, Dialect, Faulted, Keys, Reply
from query.dialects.edge import DialectApp

ASKED_FROM = "https://crm.example"


def nobody(*_: Any) -> Any:
    raise AssertionError


def fault(faulted: Faulted, _ask: Ask) -> Reply:
    return Reply(body={"fault": faulted.fault}, status=404)


def authenticate(_ask: Ask, _keys: Keys) -> Caller:
    raise AssertionError


def app(*origins: str) -> DialectApp:
    dialect = Dialect(
        name="none", title="None", under=("/none",), routes=(), authenticate=authenticate, fault=fault, cors=True
    )
    return DialectApp(
        dialect,
        keys=nobody,
        shelf_for=nobody,
        clock=lambda: datetime.now(UTC),
        files=nobody,
        cors_origins=frozenset(origins or ["*"]),
    )


async def test_pages_of_any_origin_may_ask_without_credentials() -> None:
    transport = httpx.ASGITransport(app=app())
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.options("/none/x", headers={"Origin": ASKED_FROM})

        plain = await client.options("/none/x")

    for each in (answer, plain):
        assert each.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in each.headers


async def test_of_named_origins_only_their_pages_may_ask() -> None:
    transport = httpx.ASGITransport(app=app(ASKED_FROM))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        preflight = await client.options("/none/x", headers={"Origin": ASKED_FROM})
        answer = await client.get("/none/x", headers={"Origin": ASKED_FROM})
        others = [await client.options("/none/x", headers=told) for told in ({"Origin": f"{ASKED_FROM}.evil"}, {})]

    assert preflight.headers["access-control-allow-headers"] == "Authorization, Content-Type, x-api-key"
    assert [each.headers["access-control-allow-origin"] for each in (preflight, answer)] == [ASKED_FROM] * 2
    assert [each.headers.get("access-control-allow-origin") for each in others] == [None, None]
    assert {each.headers["vary"] for each in (preflight, answer, *others)} == {"Origin"}


async def test_a_path_that_is_none_is_told_in_the_dialects_shape() -> None:
    transport = httpx.ASGITransport(app=app())
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.get("/none/x")

    assert (answer.status_code, answer.json()) == (404, {"fault": "no_path"})
