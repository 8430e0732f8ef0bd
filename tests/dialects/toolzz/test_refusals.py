"""Every error of the contract, and what nobody else sees."""

import httpx
import pytest

from schemas.call import Unit
from tests.dialects.toolzz.client import ENDED, ONE, SEARCH, unit
from tests.dialects.world import DialectWorld


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b"\xff", ""),
        (b'{"pagination": 1}', "pagination"),
        (b'{"pagination": {"page": 0}}', "pagination.page"),
        (b'{"pagination": {"page": 1.5}}', "pagination.page"),
        (b'{"pagination": {"page": 1e300}}', "pagination.page"),
        (b'{"pagination": {"page": "1"}}', "pagination.page"),
        (b'{"pagination": {"page": true}}', "pagination.page"),
        (b'{"pagination": {"pageSize": -1}}', "pagination.pageSize"),
        (b'{"orderBy": {"column": "id"}}', "orderBy.column"),
        (b'{"orderBy": {"direction": "up"}}', "orderBy.direction"),
        (b'{"orderBy": []}', "orderBy"),
        (b'{"filters": "x"}', "filters"),
        (b'{"filters": {"search": 5}}', "filters.search"),
        (b'{"filters": {"nDays": "5"}}', "filters.nDays"),
        (b'{"filters": {"nDays": -5}}', "filters.nDays"),
        (b'{"filters": {"startDate": "tomorrow"}}', "filters.startDate"),
        (b'{"filters": {"endDate": "2026-02-30"}}', "filters.endDate"),
        (b'{"filters": {"date": "9999-12-32"}}', "filters.date"),
        (b'{"filters": {"startDate": "2026-02-02", "endDate": "2026-02-01"}}', "filters.startDate"),
    ],
    ids=str,
)
async def test_a_wrong_body_is_400_and_names_its_place(
    crm: httpx.AsyncClient, world: DialectWorld, body: bytes, path: str
) -> None:
    answer = await crm.post(f"{SEARCH}/{unit(world)}", content=body)

    told = answer.json()
    assert (answer.status_code, told.keys(), told["errors"][0]["path"]) == (400, {"message", "errors"}, path)


@pytest.mark.parametrize(
    ("key", "method", "path", "status"),
    [
        ("crm", "POST", f"{SEARCH}/1", 400),
        ("crm", "POST", f"{SEARCH}/00000000-0000-4000-8000-000000000000", 404),
        ("crm", "GET", f"{ONE}/none", 404),
        ("crm", "GET", "/api/v1/voice/call-logs", 404),
        ("crm", "GET", "/api/v1/voice/call-logs/no/such/path", 404),
        ("crm", "DELETE", f"{ONE}/none", 405),
        ("crm", "GET", f"{SEARCH}/x", 405),
        ("nobody", "GET", f"{ONE}/none", 401),
        ("expired", "GET", f"{ONE}/none", 401),
        ("writer", "GET", f"{ONE}/none", 403),
        ("switched-off", "GET", f"{ONE}/none", 404),
        ("crm", "POST", f"{SEARCH}/00000000-0000-4000-8000-000000000000?size=large", 413),
    ],
)
async def test_every_error_has_a_message(world: DialectWorld, key: str, method: str, path: str, status: int) -> None:
    async with world.ask(key) as client:
        content = b" " * 1_000_001 if "large" in path else None
        answer = await client.request(method, path, content=content)

    assert answer.status_code == status
    assert isinstance(answer.json()["message"], str)
    assert answer.json().keys() <= {"message", "errors"}
    assert answer.headers["content-type"] == "application/json"
    if status == 401:
        assert answer.json() == {"message": "Unauthorized"}


async def test_too_many_requests_are_429_and_told_when_to_come_back(world: DialectWorld) -> None:
    async with world.ask("five") as client:
        answers = [await client.get(f"{ONE}/none") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert answers[-1].json().keys() == {"message"}
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_nothing_of_another_tenant_or_unit_is_seen(world: DialectWorld) -> None:
    mine = await world.call("c-1", unit=Unit(id="1"), **ENDED)
    await world.call("c-2", unit=Unit(id="2"), **ENDED)
    await world.call("c-3", **ENDED)

    async with world.ask("other") as other, world.ask("one-unit") as bound:
        foreign = [await other.get(f"{ONE}/{name}") for name in ("c-1", mine)]
        foreign.append(await other.post(f"{SEARCH}/{unit(world)}", content=b"{}"))
        outside = [await bound.get(f"{ONE}/c-2"), await bound.get(f"{ONE}/c-3")]
        outside += [await bound.post(f"{SEARCH}/{unit(world, each)}", content=b"{}") for each in ("2", "0")]
        inside = await bound.post(f"{SEARCH}/{unit(world)}", content=b"{}")

    assert {answer.status_code for answer in (*foreign, *outside)} == {404}
    assert {answer.text for answer in (*foreign, *outside)} == {'{"message":"Call log not found"}'}
    assert inside.json()["pagination"]["totalItems"] == 1
