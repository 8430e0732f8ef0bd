"""Ruling 22: pages of the configured origins may ask, no others."""

import httpx
import pytest

from tests.query.world import World

OURS, THEIRS = "https://app.example", "https://evil.example"


async def test_a_configured_origin_may_ask_and_read(crm: httpx.AsyncClient) -> None:
    preflight = await crm.options("/v1/calls", headers={"Origin": OURS, "Access-Control-Request-Method": "GET"})
    answer = await crm.get("/v1/calls", headers={"Origin": OURS})
    refused = await crm.get("/v1/calls?x=1", headers={"Origin": OURS})

    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-methods"] == "GET"
    assert "Authorization" in preflight.headers["access-control-allow-headers"]
    for each in (preflight, answer, refused):
        assert each.headers["access-control-allow-origin"] == OURS
        assert "access-control-allow-credentials" not in each.headers


@pytest.mark.parametrize("origin", [THEIRS, "null", f"{OURS}.evil.example", "http://app.example"])
async def test_another_origin_may_not(crm: httpx.AsyncClient, origin: str) -> None:
    preflight = await crm.options("/v1/calls", headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
    answer = await crm.get("/v1/calls", headers={"Origin": origin})

    assert (preflight.status_code, answer.status_code) == (405, 200)
    assert "access-control-allow-origin" not in {*preflight.headers, *answer.headers}


async def test_options_without_a_preflight_is_405(world: World) -> None:
    async with world.ask() as crm:
        assert (await crm.options("/v1/calls")).status_code == 405
