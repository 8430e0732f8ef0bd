"""A row and a detail, field by field."""

import json
from pathlib import Path
from typing import Any, Final

from query.dialects.columns import table
from query.dialects.tanyi.records import DETAILED, LISTED
from schemas.call import Agent, Customer, Group, Intent, Turn
from schemas.words import Outcome, Platform, RecordingChannel, Role
from tests.dialects.tanyi.client import ENDED, Client, number_of
from tests.dialects.world import DialectWorld
from tests.query.world import START

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


async def test_a_customer_that_tanyi_itself_sent_comes_back_as_it_was_sent(
    robot: Client, world: DialectWorld, tmp_path: Path
) -> None:
    """The members of the documented example; call-backs have none of them, who passes answers on sends them all."""
    sent = {
        "customerPersonId": 2006007,
        "creationTime": "2018-10-01 16:39",
        "tenantId": 1,
        "customerGroupId": 181,
        "name": "空号",
        "phoneNumber": "18600000007",
        "wechatNumber": None,
        "source": "UPLOADED_BY_YOURSELF",
        "gender": "UNKNOWN",
        "properties": {"ss": "test"},
        "lastFollowTime": "2018-10-01 16:39:29",
        "lastChatDuration": 0,
        "lastStartTime": "2018-10-02 17:20:01",
        "lastIntentLevel": "E",
        "lastDialStatus": "CAN_NOT_CONNECT",
        "assignTime": "2018-10-01 16:39:29",
        "customerGroupName": "研发",
    }
    odd = {**dict.fromkeys(sent, True), "customerPersonId": 10**30, "properties": [], "more": 1}
    beside = dict.fromkeys(("wechatNumber", "source", "gender"), True)
    for call_id, person, more in ((1, sent, {}), (2, odd, beside)):
        data = {"callRecordId": call_id, "tenantId": 1, "robotCallJobId": 50, "customerPerson": person, **more}
        path = tmp_path / "tanyi" / f"{call_id}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"dataType": "ROBOT_CALL_RECORD", "data": data}))
        await world.hear(path)

    told, guarded = [(await robot.detail(call_id))["customerPerson"] for call_id in (1, 2)]
    found = await robot.page(searchWords="空号", customerGroupId=181)

    assert told == sent
    assert guarded.keys() == sent.keys()
    assert not [name for name, value in guarded.items() if value is True or value == 10**30]
    assert [row["callRecordId"] for row in found["content"]] == [1]


async def test_attributes_of_another_platform_are_names_and_values(robot: Client, world: DialectWorld) -> None:
    await world.call("c-1", **ENDED, extracted={"topic": "price", "n": 5})

    (row,) = (await robot.page())["content"]

    attributes = (await robot.detail(row["callRecordId"]))["attributes"]
    assert attributes == [{"name": "topic", "value": "price"}, {"name": "n", "value": 5}]


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
