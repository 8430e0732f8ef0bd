"""Every code of the contract."""

from typing import Final

import pytest

from schemas.call import Unit
from tests.dialects.tanyi.client import DETAIL, ENDED, LIST, Client, number_of
from tests.dialects.world import DialectWorld

WRONG: Final[list[bytes]] = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    b"{}",
    b'{"robotCallJobId": "x"}',
    b'{"robotCallJobId": null}',
    b'{"robotCallJobId": 1.5}',
    b'{"robotCallJobId": true}',
    b'{"robotCallJobId": 1e300}',
    b'{"robotCallJobId": 50, "pageSize": 101}',
    b'{"robotCallJobId": 50, "pageSize": 0}',
    b'{"robotCallJobId": 50, "pageNum": 0}',
    b'{"robotCallJobId": 50, "pageNum": "x"}',
    b'{"robotCallJobId": 50, "resultStatuses": ["answered"]}',
    b'{"robotCallJobId": 50, "resultStatuses": "ANSWERED"}',
    b'{"robotCallJobId": 50, "intentLevels": ["G"]}',
    b'{"robotCallJobId": 50, "intentLevels": [1]}',
    b'{"robotCallJobId": 50, "searchWords": 5}',
    b'{"robotCallJobId": 50, "hangupBy": "ME"}',
    b'{"robotCallJobId": 50, "readStatus": "READ"}',
    b'{"robotCallJobId": 50, "realIntent": "true"}',
    b'{"robotCallJobId": 50, "customerConcern": {}}',
    b'{"robotCallJobId": 50, "chatDurationMin": "1"}',
    b'{"robotCallJobId": 50, "lastCallRecord": 1}',
    b'{"robotCallJobId": 50, "redialTimes": [], "lastCallRecord": true}',
]


@pytest.mark.parametrize("body", WRONG, ids=str)
async def test_a_wrong_question_is_412(robot: Client, world: DialectWorld, body: bytes) -> None:
    await world.call("c-1", **ENDED)

    told = (await robot.send("POST", LIST, content=body)).json()

    assert (told["code"], told["resultMsg"]) == (412, "参数错误")


@pytest.mark.parametrize(
    ("key", "method", "path", "code"),
    [
        ("robot", "GET", DETAIL, 412),
        ("robot", "GET", f"{DETAIL}?callRecordId=", 412),
        ("robot", "GET", f"{DETAIL}?callRecordId=x", 412),
        ("robot", "GET", f"{DETAIL}?callRecordId=-1", 404),
        ("robot", "GET", f"{DETAIL}?callRecordId=7", 404),
        ("robot", "GET", f"{DETAIL}?callRecordId=1999999999", 404),
        ("robot", "GET", f"{DETAIL}?callRecordId={'9' * 60}", 404),
        ("robot", "GET", "/apiOpen/v1/callRecord/nothing", 404),
        ("robot", "GET", "/apiOpen/v1", 404),
        ("robot", "GET", LIST, 404),
        ("robot", "DELETE", DETAIL, 404),
        ("robot", "POST", f"{LIST}?large", 412),
        ("robot-expired", "GET", f"{DETAIL}?callRecordId=7", 401),
        ("robot-export", "GET", f"{DETAIL}?callRecordId=7", 403),
        ("robot-off", "GET", f"{DETAIL}?callRecordId=7", 404),
    ],
)
async def test_every_code_of_the_contract(world: DialectWorld, *, key: str, method: str, path: str, code: int) -> None:
    content = b" " * 1_000_001 if "large" in path else None

    assert await Client(world, key).code(method, path, content=content) == code


async def test_too_many_requests_are_code_500_with_http_200(world: DialectWorld) -> None:
    client = Client(world, "robot-slow")

    answers = [await client.send("GET", f"{DETAIL}?callRecordId=7") for _ in range(2)]

    assert [answer.json()["code"] for answer in answers] == [404, 500]
    assert int(answers[1].headers["retry-after"]) > 0


async def test_the_body_is_json_whatever_is_declared(robot: Client, world: DialectWorld) -> None:
    await world.call("c-1", **ENDED)
    content = b'{"robotCallJobId": 50.0, "more": 1}'
    habits = (
        {"Content-Type": "text/html"},
        {"Accept": "text/html, image/gif"},
        {"Content-Type": "application/json;charset=UTF-8"},
    )

    codes = [await robot.code("POST", LIST, content=content, headers=headers) for headers in habits]
    paths = ("http://api//apiOpen//v1/callRecord/getCallRecordInfoList/", "/dialects/tanyi" + LIST)
    codes += [await robot.code("POST", path, content=content) for path in paths]
    codes.append(await robot.code("POST", "/apiOpen/v1/task/getCallRecordInfoList", content=content))

    assert codes == [200] * 6


async def test_nothing_of_another_unit_is_seen(world: DialectWorld) -> None:
    await world.call("c-1", **ENDED, unit=Unit(id="1"))
    await world.call("c-2", **ENDED, unit=Unit(id="2"))
    bound = Client(world, "robot-unit")

    assert (await bound.page())["totalElements"] == 1
    assert await bound.code("GET", f"{DETAIL}?callRecordId={await number_of(world, 'c-2')}") == 404
