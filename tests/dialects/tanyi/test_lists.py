"""A job's calls: their pages and every filter."""

from typing import Any

import pytest

from schemas.call import Agent, Batch, Customer, Group, Intent
from schemas.words import EndedBy, Outcome, Platform, Stage
from tests.dialects.tanyi.client import ENDED, Client, number_of
from tests.dialects.world import DialectWorld


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


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"chatDurationMin": 9}, "b"),
        ({"chatDurationMax": 8}, "cda"),
        ({"chatDurationMin": 5, "chatDurationMax": 9}, "ba"),
        ({"chatDurationMin": 9, "lastCallRecord": True}, "b"),
    ],
    ids=str,
)
async def test_seconds_are_compared_as_they_are_shown(
    robot: Client, world: DialectWorld, body: dict[str, Any], found: str
) -> None:
    """Tanyi's own of its calls, whatever became of them, and of all others the talk."""
    calls: dict[str, dict[str, Any]] = {
        "1": {"platform": Platform.TANYI, "to": "5123a", "talk_s": 5.0, "ext": {"chatDuration": 5}},
        "2": {"platform": Platform.TANYI, "to": "5123b", "outcome": Outcome.BUSY, "ext": {"chatDuration": 9}},
        "3": {"platform": Platform.TOOLZZ, "to": "5123c", "outcome": Outcome.BUSY, "ext": {"duration": 9}},
        "0": {"platform": Platform.TANYI, "to": "5123d", "outcome": Outcome.POWER_OFF},
    }
    for name, facts in calls.items():
        await world.call(name, **ENDED | {"direction": "outbound"} | facts)

    assert "".join(sorted(await robot.found(**body))) == "".join(sorted(found))


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


async def test_a_call_in_progress_is_in_no_list_though_its_job_is_known(robot: Client, world: DialectWorld) -> None:
    await world.call("c-1", stage=Stage.PROGRESS, batch=Batch(id="50"))

    assert (await robot.page())["totalElements"] == 0
    assert (await robot.detail(await number_of(world, "c-1")))["resultStatus"] is None
