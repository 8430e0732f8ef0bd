"""A call as RobotAppel shows it, field by field: its own, any platform's."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from query.dialects.columns import table
from query.dialects.robotappel.calls import COLUMNS
from schemas.call import Turn
from schemas.words import Channel, Platform, RecordingChannel, Role, Stage
from tests.dialects.robotappel.client import ENDED, EXPORT, ONE, found, rows, told
from tests.dialects.world import DialectWorld
from tests.query.world import START
from tests.webhooks import FIXTURES

OWN: Final = (
    *("call-infos", "call-infos-no-answer", "call-infos-text-only", "call-infos-ringing"),
    *("call-infos-failed-late", "call-infos-voicemail"),
)
UNANSWERED: Final = {"ra-1005", "ra-1006"}
"""RobotAppel's own calls that nobody answered: it tells their seconds, but they are no talk."""


@pytest.mark.parametrize("name", OWN)
async def test_its_own_call_comes_back_as_it_was_sent(crm: httpx.AsyncClient, world: DialectWorld, name: str) -> None:
    path = FIXTURES / "robotappel" / f"{name}.json"
    sent = json.loads(path.read_bytes())
    await world.hear(path)

    shown = (await crm.get(f"{ONE}/{sent['callSid']}")).json()

    empty: dict[str, Any] = {"interraction": [], "duration": 0}
    expected = {name: empty.get(name) if value is None else value for name, value in sent.items()}
    expected["duration"] = float(expected["duration"] or 0)
    assert {name: shown[name] for name in expected} == expected
    assert list(shown) == [column.name for column in COLUMNS]


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.hear_all()

    answer = await told(crm, limit=1000)

    total = (await crm.get("/v1/calls?include_total=true&limit=1")).json()["total"]
    going_on = (await crm.get("/v1/calls?include_total=true&limit=1&outcome=in_progress")).json()["total"]
    calls = answer["calls"]
    assert len(calls) == answer["total"] == total - going_on
    always = ("callSid", "clientOrgId", "createdAt", "sendDate", "status", "clean_interraction")
    assert {type(call[name]) for call in calls for name in always} == {str}
    maybe = ("batchId", "batchName", "ended_status", "from", "to", "record_url", "summary", "direction", "notes")
    assert {type(call[name]) for call in calls for name in maybe} <= {str, type(None)}
    assert {type(call["duration"]) for call in calls} <= {int, float}
    assert {type(call["qualification"]) for call in calls} <= {dict, str, type(None)}
    assert {call["status"] for call in calls} <= {"completed", "no-answer", "busy", "failed"}
    assert {turn["user"] for call in calls for turn in call["interraction"]} == {"assistant", "user"}
    assert {call["direction"] for call in calls} <= {"inbound", "outbound", None}
    dates = [call["sendDate"] for call in calls]
    assert dates == sorted(dates, reverse=True)
    talked = [call["duration"] for call in calls if call["callSid"] not in UNANSWERED]
    assert answer["total_call_time"] == pytest.approx(sum(talked))
    world.clock.pass_(60)  # a minute of requests is used up soon
    for call in calls[:90]:
        assert (await crm.get(f"{ONE}/{call['callSid']}")).json()["callSid"] == call["callSid"]
    world.clock.pass_(60)
    for status in ("completed", "no-answer", "busy", "failed"):
        assert await found(crm, status=status) == [call["callSid"] for call in calls if call["status"] == status]


async def test_a_call_is_named_by_any_of_its_ids(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)
    number = (await crm.get(f"/v1/calls/{uid}")).json()["number"]

    for call_id in ("c-1", uid, str(number)):
        assert (await crm.get(f"{ONE}/{call_id}")).json()["callSid"] == "c-1"
        assert await found(crm, callId=call_id) == ["c-1"]


async def test_of_two_calls_with_one_id_the_one_that_started_last_is_meant(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.call("same", platform=Platform.VAPI, started_at=START, summary="older", **ENDED)
    later = START + timedelta(days=1)
    await world.call("same", platform=Platform.RETELL, started_at=later, summary="newer", **ENDED)

    assert (await crm.get(f"{ONE}/same")).json()["summary"] == "newer"
    assert [call["summary"] for call in (await told(crm, callId="same"))["calls"]] == ["newer"]


async def test_tools_and_the_system_are_in_no_transcript(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    turns = [Turn(n=n, role=role, text=str(role)) for n, role in enumerate(Role, 1)]
    await world.call("c-1", turns=turns, started_at=START, **ENDED)

    (call,) = (await told(crm))["calls"]

    assert call["clean_interraction"] == "Assistant: agent\nUser: customer"
    assert call["interraction"] == [
        {"user": "assistant", "text": "agent", "created_at": "2026-01-31T08:00:00.250Z"},
        {"user": "user", "text": "customer", "created_at": "2026-01-31T08:00:00.250Z"},
    ]


async def test_a_web_call_without_anything_is_shown(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call("c-1", stage=Stage.ENDED, channel=Channel.WEB)

    (call,) = (await told(crm))["calls"]

    assert call == {
        "callSid": "c-1",
        "batchId": None,
        "batchName": None,
        "clientOrgId": world.acme,
        "createdAt": "2026-01-31T08:00:00.250Z",
        "ended_status": None,
        "from": None,
        "to": None,
        "clean_interraction": "",
        "interraction": [],
        "qualification": None,
        "record_url": None,
        "sendDate": "2026-01-31T08:00:00.250Z",
        "status": "failed",
        "summary": None,
        "duration": 0,
        "direction": None,
        "notes": None,
    }
    assert await found(crm, status="failed") == ["c-1"]


async def test_a_recording_that_we_keep_has_a_whole_address(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call("c-1", recording={RecordingChannel.FULL: "/v1/calls/x/recordings/full"}, **ENDED)

    url = (await told(crm, f"{EXPORT}?header=record_url"))["url"]

    whole = "http://api/v1/calls/x/recordings/full"
    assert (await crm.get(f"{ONE}/c-1")).json()["record_url"] == whole
    assert await rows(crm, url) == [["record_url"], [whole]]


def test_the_docs_have_the_table_of_fields() -> None:
    assert table(COLUMNS) in Path("docs/dialects/robotappel.md").read_text()
