"""What the models and the thousand varied calls found, each once."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.call import Batch, Turn
from schemas.words import Outcome, Platform, Role, Stage
from tests.dialects.walks import Client
from tests.dialects.world import DialectWorld
from tests.query.world import START

ENDED: dict[str, Any] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED, "started_at": START}
TANYI_LIST = "/apiOpen/v1/callRecord/getCallRecordInfoList"


async def test_a_job_is_asked_for_by_the_integer_that_it_is_shown_by(world: DialectWorld) -> None:
    aliases = await world.stores.registers.aliases(world.acme, "job", ["spring"])
    taken = str(aliases["spring"])
    await world.calls(("a", ENDED | {"batch": Batch(id="spring")}), ("b", ENDED | {"batch": Batch(id=taken)}))

    told = await Client(world).send("POST", TANYI_LIST, {"robotCallJobId": aliases["spring"]})

    assert [row["robotCallJobId"] for row in told["data"]["content"]] == [aliases["spring"]]


@pytest.mark.parametrize("end", ["2026-01-31T08:00:00", "2026-01-31T08:00:00.900Z", "2026-01-31T09:00:00+01:00"])
async def test_zenicalls_end_date_holds_the_whole_second_that_it_shows(world: DialectWorld, end: str) -> None:
    await world.calls(("in", ENDED), ("after", ENDED | {"started_at": START + timedelta(seconds=1)}))

    told = await Client(world).send("POST", "/api/v1/call-logs/search", {"clinic_id": 0, "end_date": end})

    assert [row["external_call_id"] for row in told["items"]] == ["in"]


async def test_a_call_without_a_start_started_when_it_was_created(world: DialectWorld) -> None:
    await world.call("c-1", **ENDED)
    later = START + timedelta(days=1)
    await world.call("c-1", platform=Platform.RETELL, stage=Stage.ENDED, outcome=Outcome.BUSY, created_at=later)

    told = await Client(world).send("GET", "/callHistory/retrieveCallInfo/c-1")

    assert told["status"] == "busy"


async def test_a_length_beyond_all_calendars_spoils_no_list(world: DialectWorld) -> None:
    turn = Turn(n=1, role=Role.AGENT, text="Hello", offset_s=1e13)
    await world.call("c-1", **ENDED, duration_s=1e13, turns=[turn])
    window = {"from_date": round(START.timestamp() * 1000) - 1, "to_date": round(START.timestamp() * 1000) + 1}
    client = Client(world)

    listed = await client.send("GET", "/api/call_transaction/list", **window)
    history = await client.send("POST", "/callHistory/GetCallHistory", {})

    assert [row["time_end_call"] for row in listed["payload"]["items"]] == [int(START.timestamp())]
    assert [row["interraction"][0]["created_at"] for row in history["calls"]] == ["2026-01-31T08:00:00.250Z"]


@pytest.mark.parametrize(
    "path",
    [
        "/callHistory/retrieveCallInfo/{}",
        "/api/call_transaction/detail/{}",
        "/api/v1/voice/call-logs/id/{}",
        "/api/v1/call-logs/{}",
    ],
)
async def test_a_uuid_in_capitals_names_the_same_call(world: DialectWorld, path: str) -> None:
    uid = await world.call("c-1", **ENDED)
    client = Client(world)

    small = await client.send("GET", path.format(uid))

    assert await client.send("GET", path.format(uid.upper())) == small


async def test_an_id_that_is_no_uuid_is_taken_letter_by_letter(world: DialectWorld) -> None:
    await world.call("c-1", **ENDED)

    async with world.ask("walker") as client:
        answer = await client.get("/callHistory/retrieveCallInfo/C-1")

    assert answer.status_code == 404


@pytest.mark.parametrize("letter", ["x", ".", "牙", "😀"])
async def test_what_is_looked_for_may_be_of_any_length(world: DialectWorld, letter: str) -> None:
    await world.call("c-1", **ENDED)
    client, long = Client(world), letter * 40_000

    found = [
        (await client.send("POST", "/callHistory/GetCallHistory", {"batchName": long}))["total"],
        (await client.send("POST", "/api/v1/call-logs/search", {"clinic_id": 0, "caller_last_name": long}))["total"],
        (await client.send("POST", TANYI_LIST, {"robotCallJobId": 0, "searchWords": long}))["data"]["totalElements"],
        len((await client.send("POST", "/v1/calls/search", {"filter": _said("title", "contains", long)}))["calls"]),
        len((await client.send("POST", "/v1/calls/search", {"filter": _said("text", "text", long)}))["calls"]),
        len((await client.send("POST", "/v1/calls/search", {"filter": _said("text", "text", f'"a {long}"')}))["calls"]),
    ]

    assert found == [0] * len(found)


def _said(field: str, op: str, value: str) -> dict[str, str]:
    return {"field": field, "op": op, "value": value}


async def test_a_platforms_own_id_names_its_call_before_our_number_of_another_does(world: DialectWorld) -> None:
    number = "1000000000"
    await world.call("c-1", **ENDED | {"started_at": START + timedelta(days=1)})
    await world.call(number, **ENDED)
    client = Client(world)

    told = await client.send("GET", f"/api/v1/voice/call-logs/id/{number}")

    assert told["callId"] == number
    assert (await client.send("GET", f"/v1/calls/{number}"))["platform_call_id"] == "c-1"
