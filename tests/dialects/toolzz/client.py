"""How a client of Toolzz asks, and how its answers are read."""

from collections.abc import Sequence
from typing import Any, Final

import httpx

from query.dialects.shelf import uuid_of
from schemas.call import Unit
from schemas.words import Outcome, Stage
from tests.dialects.world import DialectWorld

SEARCH: Final = "/api/v1/voice/call-logs/search"
ONE: Final = "/api/v1/voice/call-logs/id"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED}


def unit(world: DialectWorld, unit_id: str = "1") -> str:
    return uuid_of(tenant=world.acme, kind="unit", id_=unit_id)


async def search(client: httpx.AsyncClient, unit_id: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{SEARCH}/{unit_id}", json={"pagination": {"page": 1, "pageSize": 100}, **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def found(client: httpx.AsyncClient, unit_id: str, **body: Any) -> list[str]:
    return [item["callId"] for item in (await search(client, unit_id, **body))["items"]]


async def filtered(client: httpx.AsyncClient, unit_id: str, **filters: Any) -> list[str]:
    return sorted(await found(client, unit_id, filters=filters))


async def in_unit(world: DialectWorld, calls: Sequence[tuple[str, dict[str, Any]]]) -> str:
    await world.calls(*((name, {**ENDED, "unit": Unit(id="1"), **facts}) for name, facts in calls))
    return unit(world)
