"""What surrounds every dialect, on one that has no routes."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

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


def app(origins: frozenset[str]) -> DialectApp:
    dialect = Dialect(
        name="none", title="None", under=("/none",), routes=(), authenticate=authenticate, fault=fault, cors=True
    )
    return DialectApp(
        dialect,
        keys=nobody,
        shelf_for=nobody,
        clock=lambda: datetime.now(UTC),
        files=nobody,
        cors_origins=origins,
    )


@pytest.mark.parametrize(
    ("origins", "allowed"),
    [
        (frozenset(), "*"),
        (frozenset({"*"}), "*"),
        (frozenset({ASKED_FROM}), ASKED_FROM),
        (frozenset({"https://other.example"}), None),
    ],
)
async def test_any_origin_may_ask_unless_some_are_named(origins: frozenset[str], allowed: str | None) -> None:
    transport = httpx.ASGITransport(app=app(origins))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.options("/none/x", headers={"Origin": ASKED_FROM})

    assert answer.headers.get("access-control-allow-origin") == allowed
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_path_that_is_none_is_told_in_the_dialects_shape() -> None:
    transport = httpx.ASGITransport(app=app(frozenset()))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        answer = await client.get("/none/x")

    assert (answer.status_code, answer.json()) == (404, {"fault": "no_path"})
