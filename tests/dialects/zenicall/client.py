"""How a client of Zenicall asks, and how its answers are read."""

from collections.abc import Sequence
from typing import Any, Final

import httpx

from schemas.call import Unit
from schemas.words import Outcome, Stage
from tests.dialects.world import DialectWorld

CALLS: Final = "/api/v1/call-logs"
NOTES: Final = "/api/v1/internal-notes"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED, "unit": Unit(id="1")}


async def in_clinic(world: DialectWorld, calls: Sequence[tuple[str, dict[str, Any]]]) -> None:
    await world.calls(*((name, {**ENDED, **facts}) for name, facts in calls))


async def listed(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(f"{CALLS}/{path}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def found(client: httpx.AsyncClient, query: str) -> list[str]:
    page = await listed(client, f"by-clinic/1?limit=100&{query}")
    return [item["external_call_id"] for item in page["items"]]


async def searched(client: httpx.AsyncClient, query: str = "", **body: Any) -> list[str]:
    answer = await client.post(f"{CALLS}/search?{query}", json={"clinic_id": 1, **body})
    assert answer.status_code == 200, answer.text
    return [item["external_call_id"] for item in answer.json()["items"]]


async def number(client: httpx.AsyncClient, uid: str) -> int:
    return int((await client.get(f"/v1/calls/{uid}")).json()["number"])
