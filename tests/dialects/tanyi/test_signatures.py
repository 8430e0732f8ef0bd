"""A request is believed by its signature, its moment, and once."""

from collections.abc import Mapping

import httpx
import pytest

from query.dialects.tanyi.signature import signature
from tests.dialects.tanyi.client import DETAIL, ENDED, LIST, Client
from tests.dialects.world import DialectWorld
from tests.query.world import NOW


def test_the_signature_is_the_vendors() -> None:
    told = {"app_key": "demoAppKey", "secret": "demoAppSecret", "tenant_sign": "demoTenant"}

    signed = signature(**told, version="v1", timestamp="1700000000000")

    assert signed == "f583de38b8bb1e2622d6a853b0058bbbae043eda21c6c2fc05d556124995014c"


@pytest.mark.parametrize(
    "headers",
    [
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "é"},
        {"appKey": ""},
        {"appKey": "nobody"},
        {"appKey": "crm"},
        {"timestamp": ""},
        {"timestamp": "1"},
        {"version": "v2"},
    ],
    ids=str,
)
async def test_what_is_not_signed_is_401(robot: Client, headers: Mapping[str, str]) -> None:
    raw = {name: value.encode() for name, value in headers.items()}

    told = (await robot.send("GET", f"{DETAIL}?callRecordId=1", headers=raw)).json()

    assert (told["code"], told["resultMsg"]) == (401, "校验数据错误")


@pytest.mark.parametrize("minutes", [-16, 16])
async def test_a_moment_outside_the_window_is_401(robot: Client, world: DialectWorld, minutes: int) -> None:
    at = str(round(NOW.timestamp() * 1000) + minutes * 60_000)

    assert await robot.code("GET", f"{DETAIL}?callRecordId=1", headers=world.signed(timestamp=at)) == 401


@pytest.mark.parametrize("timestamp", ["x", "-1", "1" * 30, "１７００００００００００００"])
async def test_a_timestamp_that_is_none_is_401(robot: Client, world: DialectWorld, timestamp: str) -> None:
    headers = {name: value.encode() for name, value in world.signed(timestamp=timestamp).items()}

    assert await robot.code("GET", f"{DETAIL}?callRecordId=1", headers=headers) == 401


async def test_seconds_for_milliseconds_and_no_version_and_upper_case_are_taken(
    robot: Client, world: DialectWorld
) -> None:
    seconds = world.signed(timestamp=str(round(NOW.timestamp())))
    bare = world.signed()
    del bare["version"]
    upper = world.signed() | {"signature": world.signed()["signature"].upper(), "appSecret": "x", "tenantSign": "y"}

    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        answers = [
            await client.get(f"{DETAIL}?callRecordId={n}", headers=headers)
            for n, headers in enumerate((seconds, bare, upper))
        ]

    assert [answer.json()["code"] for answer in answers] == [404] * 3


async def test_a_replay_is_401_and_the_same_moment_for_another_question_is_not(
    robot: Client, world: DialectWorld
) -> None:
    headers, url = world.signed(), f"{DETAIL}?callRecordId=1"

    first = await robot.code("GET", url, headers=headers)
    again = await robot.code("GET", url, headers=headers)
    other = await robot.code("GET", f"{DETAIL}?callRecordId=2", headers=headers)
    body = await robot.code("POST", LIST, headers=headers, json={"robotCallJobId": 0})
    bodies = [await robot.code("POST", LIST, headers=headers, json={"robotCallJobId": 0, "pageNum": n}) for n in (1, 1)]

    assert (first, again, other, body, bodies) == (404, 401, 404, 200, [200, 401])


async def test_a_key_without_a_secret_is_nobodys_app_key(robot: Client, world: DialectWorld) -> None:
    named, unsigning = world.signed()["appKey"], {key.id for key in world.config.keys if not key.dialect.tanyi_secret}

    assert named in unsigning
    assert await robot.code("POST", LIST, json={"robotCallJobId": 0}) == 200


async def test_each_key_has_its_own_secret_and_tenant(world: DialectWorld) -> None:
    await world.call("c-1", **ENDED)

    assert await Client(world, "robot-other").code("POST", LIST, json={"robotCallJobId": 50}) == 404
    assert (await Client(world).page())["totalElements"] == 1
