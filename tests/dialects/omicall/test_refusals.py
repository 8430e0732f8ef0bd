"""Who may ask, how often, from where: every refusal has the envelope."""

import httpx
import msgspec
import pytest

from runtime.config import DialectSettings
from tests.dialects.omicall.client import (
    CHANGE,
    DETAIL,
    ENDED,
    EVALUATE,
    HOOKS,
    LIST,
    SEARCH,
    WINDOW,
    payload,
    uuid,
    word,
)
from tests.dialects.world import DialectWorld


@pytest.mark.parametrize(
    ("key", "method", "path", "expected"),
    [
        ("", "GET", LIST, (401, 401, "auth_invalid")),
        ("nobody", "GET", LIST, (401, 401, "auth_invalid")),
        ("omi1.x.y", "GET", LIST, (401, 401, "auth_invalid")),
        ("expired", "GET", LIST, (401, 401, "token_expired")),
        ("writer", "GET", LIST, (200, -9999, "permission_denied")),
        ("writer", "GET", f"{DETAIL}/x", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{CHANGE}/x", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{EVALUATE}/x", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{HOOKS}/register", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{HOOKS}/destroy", (200, -9999, "permission_denied")),
        ("switched-off", "GET", LIST, (404, -9999, "resource_not_found")),
        ("crm", "GET", f"{DETAIL}/none", (200, -9999, "resource_not_found")),
        ("crm", "GET", f"{DETAIL}/{uuid(9)}", (200, -9999, "resource_not_found")),
        ("other", "GET", f"{DETAIL}/{uuid(1)}", (200, -9999, "resource_not_found")),
        ("one-unit", "GET", f"{DETAIL}/{uuid(1)}", (200, -9999, "resource_not_found")),
        ("crm", "GET", "/api/call_transaction", (404, -9999, "resource_not_found")),
        ("crm", "GET", "/api/call_transaction/none", (404, -9999, "resource_not_found")),
        ("crm", "GET", "/api/webhooks", (404, -9999, "resource_not_found")),
        ("crm", "GET", "/api/v3/call-transaction/none", (404, -9999, "resource_not_found")),
        ("crm", "POST", LIST, (405, -9999, "method_not_allowed")),
        ("crm", "GET", SEARCH, (405, -9999, "method_not_allowed")),
        ("crm", "POST", "/api/auth", (405, -9999, "method_not_allowed")),
        ("crm", "POST", f"{SEARCH}?size=large", (413, -9999, "payload_too_large")),
    ],
)
async def test_every_refusal_has_the_envelope(
    world: DialectWorld, key: str, method: str, path: str, expected: tuple[int, int, str]
) -> None:
    await world.call(uuid(1), **ENDED)
    content = b" " * 1_000_001 if "large" in path else None
    headers = {"Authorization": f"Bearer {key}" if key else "Bearer "}

    async with world.ask() as client:
        answer = await client.request(method, path, content=content, headers=headers)

    assert word(answer) == expected


async def test_one_question_every_half_hour_where_the_key_is_bound_so(world: DialectWorld) -> None:
    slow = world.key("slow", dialect=DialectSettings(omicall_limit_30_minutes=True))
    world.config = msgspec.structs.replace(world.config, keys=(*world.config.keys, slow))

    async with world.ask("slow") as client:
        first = await client.get(LIST, params=WINDOW)
        again = await client.get(LIST, params={**WINDOW, "page": "1"})
        further = await client.get(LIST, params={**WINDOW, "page": 2})
        other = await client.get(LIST, params={**WINDOW, "direction": "inbound"})
        world.clock.pass_(30 * 60)
        later = await client.get(LIST, params=WINDOW)

    assert word(again) == (200, -9999, "limit_request_30_minute")
    assert [payload(answer)["total_items"] for answer in (first, further, other, later)] == [0] * 4


async def test_too_many_requests_are_429(world: DialectWorld) -> None:
    async with world.ask("five") as client:
        answers = [await client.get(f"{HOOKS}/list") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert word(answers[-1]) == (429, -9999, "rate_limit_exceeded")
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_browsers_may_ask_from_anywhere(world: DialectWorld) -> None:
    headers = {
        "Origin": "https://crm.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,x-api-key",
    }
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        flight = await client.options(LIST, headers=headers)
        answer = await client.get(LIST, headers={"Origin": "https://crm.example"})

    assert flight.status_code in {200, 204}
    assert flight.headers["access-control-allow-origin"] == "*"
    allowed = flight.headers["access-control-allow-headers"].lower()
    assert ("authorization" in allowed, "x-api-key" in allowed) == (True, True)
    assert answer.headers["access-control-allow-origin"] == "*"
