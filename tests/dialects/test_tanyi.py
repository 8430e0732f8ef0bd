"""Tanyi over HTTP: its signature, a job's calls with every filter, one call, every code of the contract."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from query.dialects.columns import table
from query.dialects.tanyi.records import DETAILED, LISTED
from query.dialects.tanyi.signature import signature
from schemas.call import Agent, Batch, Customer, Group, Intent, Turn, Unit
from schemas.words import EndedBy, Outcome, Platform, RecordingChannel, Role, Stage
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START

LIST: Final = "/apiOpen/v1/callRecord/getCallRecordInfoList"
DETAIL: Final = "/apiOpen/v1/callRecord/callDetail"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED, "batch": Batch(id="50")}
SEED: Final = json.loads(
    """{"callRecordId": 47, "tenantId": 1, "robotCallJobId": 50, "dialogFlowId": 4, "robotCallTaskId": 4,
    "customerPersonId": 5, "calledPhoneNumber": "18817501728", "phoneNumberId": 0, "resultStatus": "ANSWERED",
    "intentLevel": "A", "intentLevelName": "很好", "realIntentLevel": null, "realIntentLevelName": "很好",
    "intentLevelTagId": 0, "customerConcern": ["价格", "位置"], "fullAudioUrl": "https://rec.invalid/ai_user.wav",
    "customerAudioUrl": "https://rec.invalid/user.wav", "analysisBasis": "", "startTime": "2018-08-04 11:57:33",
    "chatDuration": 93, "chatRound": 16, "readStatus": "NOT_READ", "callDetailList":
    [{"text": "喂，您好", "type": "ROBOT", "callDetailId": 1}, {"text": "嗯", "type": "PERSON", "callDetailId": 2}]}"""
)
"""The documented example of a list's row."""


class Client:
    """Asks as Tanyi's client does, each request signed for itself."""

    def __init__(self, world: DialectWorld, key: str = "robot") -> None:
        self.world = world
        self.key = key

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.world.clock.pass_(0.001)
        headers = self.world.signed(self.key) | options.pop("headers", {})
        async with httpx.AsyncClient(transport=self.world.transport, base_url="http://api") as client:
            answer = await client.request(method, path, headers=headers, **options)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        assert answer.json().keys() == {"code", "data", "requestId", "resultMsg", "errorStackTrace"}
        assert re.fullmatch("[A-Z]{8}", answer.json()["requestId"])
        assert answer.json()["errorStackTrace"] is None
        assert (answer.json()["code"] == 200) == (answer.json()["data"] is not None)
        return answer

    async def page(self, job: int = 50, **body: Any) -> dict[str, Any]:
        told = (await self.send("POST", LIST, json={"robotCallJobId": job, **body})).json()
        assert (told["code"], told["resultMsg"]) == (200, "获取成功")
        page: dict[str, Any] = told["data"]
        return page

    async def found(self, **body: Any) -> list[str]:
        """Return the numbers that were called, last character only: each call of a test has its own."""
        return [row["calledPhoneNumber"][-1] for row in (await self.page(**body))["content"]]

    async def detail(self, number: int) -> dict[str, Any]:
        told = (await self.send("GET", f"{DETAIL}?callRecordId={number}")).json()
        assert (told["code"], told["resultMsg"]) == (200, "执行成功")
        call: dict[str, Any] = told["data"]
        return call

    async def code(self, method: str, path: str, **options: Any) -> int:
        return int((await self.send(method, path, **options)).json()["code"])


@pytest.fixture
def robot(world: DialectWorld) -> Client:
    return Client(world)


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


async def test_each_key_has_its_own_secret_and_tenant(world: DialectWorld) -> None:
    await world.call("c-1", **ENDED)

    assert await Client(world, "robot-other").code("POST", LIST, json={"robotCallJobId": 50}) == 404
    assert (await Client(world).page())["totalElements"] == 1


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 100])
async def test_pages_hold_every_row_once_the_largest_id_first(robot: Client, world: DialectWorld, size: int) -> None:
    for n in (5, 1, 3):
        await world.call(str(n), platform=Platform.TANYI, **ENDED)
    await world.calls(*((f"c-{n}", ENDED) for n in range(4)))

    rows: list[int] = []
    pages = -(-7 // size)
    for page in range(1, pages + 2):
        told = await robot.page(pageNum=page, pageSize=size)
        rows += [row["callRecordId"] for row in told.pop("content")]
        assert told == {"number": page, "pageSize": size, "totalElements": 7, "pages": pages}

    assert len(set(rows)) == 7
    assert rows == sorted(rows, reverse=True)
    assert rows[-3:] == [5, 3, 1]


async def test_the_default_page_is_of_20_and_4_of_them_are_1_page(robot: Client, world: DialectWorld) -> None:
    await world.calls(*((f"c-{n}", ENDED) for n in range(4)))

    told = await robot.page()

    assert (told["number"], told["pageSize"], told["totalElements"], told["pages"]) == (1, 20, 4, 1)
    assert (await robot.page(pageNum=10**9))["content"] == []


async def test_a_row_has_the_fields_and_types_of_the_documented_example(robot: Client, world: DialectWorld) -> None:
    intent = Intent(level="A", label="很好")
    await world.call(
        "47",
        platform=Platform.TANYI,
        **{**ENDED, "started_at": START.replace(year=2018, month=8, day=4, hour=3, minute=57, second=33)},
        to="18817501728",
        direction="outbound",
        agent=Agent(id="4"),
        task_id=4,
        customer=Customer(id="5"),
        intent=intent,
        concerns=["价格", "位置"],
        recording={
            RecordingChannel.FULL: SEED["fullAudioUrl"],
            RecordingChannel.CUSTOMER: SEED["customerAudioUrl"],
        },
        talk_s=93.4,
        rounds=16,
        turns=[
            Turn(n=1, role=Role.AGENT, text="喂，您好"),
            Turn(n=2, role=Role.TOOL, text="lookup"),
            Turn(n=3, role=Role.CUSTOMER, text="嗯"),
        ],
        ext={"tenantId": 1, "resultStatus": "ANSWERED"},
    )

    (row,) = (await robot.page())["content"]

    assert row == SEED | {"hangupBy": None, "redialTimes": 0}


async def test_a_detail_has_the_fields_of_the_documented_example(robot: Client, world: DialectWorld) -> None:
    customer = Customer(id="2006007", full="空号", group=Group(id="181", name="研发"), props={"ss": "test", "n": 5})
    await world.call(
        "1",
        platform=Platform.TANYI,
        **{**ENDED, "outcome": Outcome.INVALID_NUMBER, "started_at": START, "ended_at": START},
        to="18673125007",
        direction="outbound",
        customer=customer,
        intent=Intent(level="F", label="一般", basis="空号"),
    )

    told = await robot.detail(1)

    person = told.pop("customerPerson")
    assert told == {
        "callRecordId": 1,
        "customerAudioUrl": None,
        "startTime": "2026-01-31T16:00:00",
        "endTime": "2026-01-31T16:00:00",
        "chatRound": 0,
        "chatDuration": 0,
        "resultStatus": "VACANT_NUMBER",
        "intentLevel": "F",
        "intentLevelName": "一般",
        "realIntentLevel": None,
        "realIntentLevelName": "一般",
        "intentLevelTagId": 0,
        "customerConcern": [],
        "fullAudioUrl": None,
        "analysisBasis": "空号",
        "callDetailList": [],
        "robotCallJobId": 50,
        "attributes": [],
        "redialTimes": 0,
    }
    assert person == {
        "customerPersonId": 2006007,
        "creationTime": None,
        "tenantId": person["tenantId"],
        "customerGroupId": 181,
        "name": "空号",
        "phoneNumber": "18673125007",
        "wechatNumber": None,
        "source": None,
        "gender": "UNKNOWN",
        "properties": {"ss": "test", "n": "5"},
        "lastFollowTime": None,
        "lastChatDuration": 0,
        "lastStartTime": "2026-01-31 16:00:00",
        "lastIntentLevel": "F",
        "lastDialStatus": "VACANT_NUMBER",
        "assignTime": None,
        "customerGroupName": "研发",
    }


async def test_attributes_of_another_platform_are_names_and_values(robot: Client, world: DialectWorld) -> None:
    await world.call("c-1", **ENDED, extracted={"topic": "price", "n": 5})

    (row,) = (await robot.page())["content"]

    attributes = (await robot.detail(row["callRecordId"]))["attributes"]
    assert attributes == [{"name": "topic", "value": "price"}, {"name": "n", "value": 5}]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({}, "dcba"),
        ({"resultStatuses": ["ANSWERED"]}, "a"),
        ({"resultStatuses": ["NO_ANSWER", "REFUSED"]}, "dcb"),
        ({"resultStatuses": [], "intentLevels": None}, "dcba"),
        ({"intentLevels": ["A", "B"]}, "ba"),
        ({"searchWords": "123a"}, "a"),
        ({"searchWords": "王"}, "b"),
        ({"searchWords": "RENÉ"}, "c"),
        ({"searchWords": " "}, "dcba"),
        ({"searchWords": "nobody"}, ""),
        ({"customerGroupId": 9}, "b"),
        ({"dialogFlowId": 12}, "a"),
        ({"dialogFlowId": 13}, ""),
        ({"hangupBy": "REMOTE_HANGUP"}, "a"),
        ({"calledPhoneNumber": "5123b"}, "b"),
        ({"calledPhoneNumber": "123b"}, ""),
        ({"customerPersonName": "小明"}, "b"),
        ({"realIntent": True}, "c"),
        ({"realIntent": False}, "dba"),
        ({"customerConcern": ["价格", "x"]}, "d"),
        ({"readStatus": "HAS_READ"}, ""),
        ({"readStatus": "NOT_READ"}, "dcba"),
        ({"chatDurationMin": 37}, "a"),
        ({"chatDurationMax": 36}, "dcb"),
        ({"chatDurationMin": 0, "chatDurationMax": 37}, "dcba"),
        ({"redialTimes": 5}, "dcba"),
        ({"callRecordId": 999_999_999}, ""),
    ],
    ids=str,
)
async def test_every_filter_finds_what_it_says(
    robot: Client, world: DialectWorld, body: dict[str, Any], found: str
) -> None:
    calls: dict[str, dict[str, Any]] = {
        "a": {"intent": Intent(level="A"), "agent": Agent(id="12"), "ended_by": EndedBy.CUSTOMER, "talk_s": 36.6},
        "b": {
            "outcome": Outcome.REJECTED,
            "intent": Intent(level="B"),
            "customer": Customer(full="王小明", group=Group(id="9")),
        },
        "c": {
            "outcome": Outcome.VOICEMAIL,
            "intent": Intent(level="F", real_level="C"),
            "customer": Customer(full="Rene"),
        },
        "d": {"outcome": Outcome.NO_ANSWER, "concerns": ["价格", "位置"], "redials": 2},
    }
    for name, facts in calls.items():
        await world.call(name, **ENDED | {"to": f"5123{name}", "direction": "outbound"} | facts)

    assert "".join(await robot.found(**body)) == found


async def test_search_words_may_be_a_record_id(robot: Client, world: DialectWorld) -> None:
    await world.call("47", platform=Platform.TANYI, **ENDED, to="1", direction="outbound")
    await world.call("470", platform=Platform.TANYI, **ENDED, to="2", direction="outbound")
    await world.call("c-1", **ENDED, to="3", direction="outbound")
    number = (await robot.page())["content"][0]["callRecordId"]

    assert await robot.found(searchWords="47") == ["1"]
    assert await robot.found(callRecordId=470) == ["2"]
    assert await robot.found(searchWords=str(number)) == await robot.found(callRecordId=number) == ["3"]


async def test_the_last_call_of_each_customer_is_listed_alone(robot: Client, world: DialectWorld) -> None:
    calls = [("1", "a", "answered", 2), ("2", "a", "busy", 3), ("3", "b", "answered", 0), ("4", "c", "busy", None)]
    for name, to, outcome, redials in calls:
        facts = {**ENDED, "outcome": Outcome(outcome), "redials": redials, "to": f"1{to}", "direction": "outbound"}
        await world.call(name, platform=Platform.TANYI, **facts)

    assert await robot.found(lastCallRecord=True) == ["c", "b", "a"]
    assert await robot.found(lastCallRecord=True, resultStatuses=["ANSWERED"]) == ["b"]
    assert await robot.found(lastCallRecord=True, redialTimes=3, searchWords="nobody") == ["a"]
    assert await robot.found(lastCallRecord=True, redialTimes=0) == ["c", "b"]
    page = await robot.page(lastCallRecord=True, pageSize=2, pageNum=2)
    assert (page["totalElements"], page["pages"], len(page["content"])) == (3, 2, 1)


async def test_jobs_are_named_by_their_integer_their_alias_or_their_digits(robot: Client, world: DialectWorld) -> None:
    await world.call("a", **ENDED | {"batch": Batch(id="spring")}, to="a", direction="outbound")
    await world.call("b", **ENDED | {"batch": Batch(id="8000000001")}, to="b", direction="outbound")
    await world.call("c", **{**ENDED, "batch": None}, to="c", direction="outbound")

    alias = (await robot.detail(await number_of(world, "a")))["robotCallJobId"]
    digits = (await robot.detail(await number_of(world, "b")))["robotCallJobId"]
    none = await robot.page(0)

    assert alias >= 1_000_000_000
    assert await robot.found(job=alias) == ["a"]
    assert await robot.found(job=digits) == await robot.found(job=8_000_000_001) == ["b"]
    assert [(row["calledPhoneNumber"], row["robotCallJobId"]) for row in none["content"]] == [("c", None)]


async def number_of(world: DialectWorld, name: str) -> int:
    async with world.ask("crm") as crm:
        return int((await crm.get(f"/v1/calls/{world.uid(name)}")).json()["number"])


async def test_a_detail_marks_a_call_as_read_natively_too(robot: Client, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)
    number = await number_of(world, "c-1")

    await Client(world, "robot-unread").detail(number)
    before = (await robot.page())["content"][0]["readStatus"]
    await robot.detail(number)
    after = (await robot.page(readStatus="HAS_READ"))["content"][0]["readStatus"]

    async with world.ask("crm") as crm:
        native = (await crm.get(f"/v1/calls/{uid}")).json()["read"]
        history = (await crm.get(f"/v1/calls/{uid}/history")).json()["history"]
        await crm.patch(f"/v1/calls/{uid}", json={"read": False, "intent": {"real_level": "A"}})
    row = (await robot.page())["content"][0]
    assert (before, after, native) == ("NOT_READ", "HAS_READ", True)
    assert [(entry["key"], entry["field"]) for entry in history] == [("robot", "read")]
    assert (row["readStatus"], row["realIntentLevel"], row["realIntentLevelName"]) == ("NOT_READ", "A", "较强")


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


async def test_a_call_in_progress_is_in_no_list_though_its_job_is_known(robot: Client, world: DialectWorld) -> None:
    await world.call("c-1", stage=Stage.PROGRESS, batch=Batch(id="50"))

    assert (await robot.page())["totalElements"] == 0
    assert (await robot.detail(await number_of(world, "c-1")))["resultStatus"] is None


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    robot: Client, world: DialectWorld
) -> None:
    await world.hear_all()
    async with world.ask("crm") as crm:
        native = (await crm.get("/v1/calls?limit=200")).json()["calls"]
    ended = [call for call in native if call["outcome"] != "in_progress"]
    details = [await robot.detail(call["number"]) for call in ended]
    jobs = {detail["robotCallJobId"] or 0 for detail in details}

    rows: list[dict[str, Any]] = []
    for job in jobs:
        rows += (await robot.page(job, pageSize=100))["content"]

    assert sorted(row["callRecordId"] for row in rows) == sorted(detail["callRecordId"] for detail in details)
    for name in ("callRecordId", "tenantId", "phoneNumberId", "intentLevelTagId", "chatDuration", "chatRound"):
        assert {type(row[name]) for row in rows} == {int}, name
    for name in ("robotCallJobId", "dialogFlowId", "robotCallTaskId", "customerPersonId"):
        assert {type(row[name]) for row in rows} <= {int, type(None)}, name
    for name in ("startTime", "analysisBasis", "readStatus"):
        assert {type(row[name]) for row in rows} == {str}, name
    assert all(abs(row["callRecordId"]) < 2**31 for row in rows)
    assert {type(row[name]) for row in rows for name in ("customerConcern", "callDetailList")} == {list}
    assert {type(detail["customerPerson"]) for detail in details} == {dict}
    assert {type(detail["attributes"]) for detail in details} == {list}
    assert all(
        [turn["callDetailId"] for turn in row["callDetailList"]] == list(range(1, len(row["callDetailList"]) + 1))
        for row in rows
    )
    by_id = {row["callRecordId"]: row for row in rows}
    for detail in details:
        row = by_id[detail["callRecordId"]]
        assert detail["startTime"] == row["startTime"].replace(" ", "T")
        assert {name: detail[name] for name in detail.keys() & row.keys() - {"startTime"}} == {
            name: row[name] for name in detail.keys() & row.keys() - {"startTime"}
        }


def test_the_docs_have_the_tables_of_fields() -> None:
    page = Path("docs/dialects/tanyi.md").read_text()

    assert table(LISTED) in page
    assert table(DETAILED) in page
