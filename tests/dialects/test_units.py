"""Units that the configuration does not know: there while they have calls, whatever was asked before."""

from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest

from query.dialects.shelf import uuid_of
from schemas.call import Unit
from schemas.words import Outcome, Stage
from tests.dialects.world import DialectWorld

ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED}
Path = Callable[[str, str], tuple[str, str, dict[str, Any]]]
"""Of a tenant and a unit: method, path and body of the first page of its calls."""


def _toolzz(tenant: str, unit: str) -> tuple[str, str, dict[str, Any]]:
    return "POST", f"/api/v1/voice/call-logs/search/{uuid_of(tenant=tenant, kind='unit', id_=unit)}", {}


def _zenicall(tenant: str, unit: str) -> tuple[str, str, dict[str, Any]]:
    return "GET", f"/api/v1/call-logs/by-clinic/{uuid_of(tenant=tenant, kind='unit', id_=unit)}", {}


def _zenicall_search(tenant: str, unit: str) -> tuple[str, str, dict[str, Any]]:
    return "POST", "/api/v1/call-logs/search", {"clinic_id": uuid_of(tenant=tenant, kind="unit", id_=unit)}


async def _listed(client: httpx.AsyncClient, asked: tuple[str, str, dict[str, Any]]) -> tuple[int, int]:
    method, path, body = asked
    answer = await client.request(method, path, json=body if method == "POST" else None)
    return answer.status_code, len(answer.json().get("items", ()))


@pytest.mark.parametrize("path", [_toolzz, _zenicall, _zenicall_search])
async def test_a_unit_is_there_while_it_has_calls(crm: httpx.AsyncClient, world: DialectWorld, path: Path) -> None:
    asked = path(world.acme, "branch")
    assert await _listed(crm, asked) == (404, 0)
    uid = await world.call("c-1", unit=Unit(id="branch"), **ENDED)
    assert await _listed(crm, asked) == (200, 1)
    assert await world.stores.eraser.erase(world.acme, uid)

    assert await _listed(crm, asked) == (404, 0)
    await world.call("c-2", unit=Unit(id="branch"), **ENDED)
    assert await _listed(crm, asked) == (200, 1)


@pytest.mark.parametrize("path", [_toolzz, _zenicall, _zenicall_search])
async def test_a_unit_whose_calls_all_go_on_is_an_empty_one(
    crm: httpx.AsyncClient, world: DialectWorld, path: Path
) -> None:
    await world.call("c-1", unit=Unit(id="branch"), stage=Stage.PROGRESS)

    for _ in range(2):
        assert await _listed(crm, path(world.acme, "branch")) == (200, 0)


@pytest.mark.parametrize("path", [_toolzz, _zenicall, _zenicall_search])
async def test_a_unit_of_another_tenant_or_key_stays_unknown(
    crm: httpx.AsyncClient, world: DialectWorld, path: Path
) -> None:
    await world.call("c-1", unit=Unit(id="branch"), **ENDED)
    for unit in ("branch", "0"):
        assert await _listed(crm, path(world.acme, unit)) == (200, int(unit == "branch"))

    async with world.ask("other") as other, world.ask("one-unit") as bound:
        assert await _listed(other, path(world.acme, "branch")) == (404, 0)
        assert await _listed(other, path(world.other, "branch")) == (404, 0)
        assert await _listed(bound, path(world.acme, "branch")) == (404, 0)
        assert await _listed(bound, path(world.acme, "0")) == (404, 0)
        assert await _listed(bound, path(world.acme, "1")) == (200, 0)
