"""The history: its pages, sums and filters."""

from datetime import timedelta
from typing import Any, Final

import httpx
import pytest

from schemas.call import Batch
from schemas.words import Direction, Outcome, Platform, Stage
from tests.dialects.robotappel.client import AVERAGE, ENDED, HISTORY, ONE, found, told
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START

MS: Final = timedelta(milliseconds=1)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 1000])
async def test_pages_hold_every_row_once_and_their_arithmetic_is_exact(
    crm: httpx.AsyncClient, world: DialectWorld, limit: int
) -> None:
    await world.calls(
        *((f"c-{n:02d}", {**ENDED, "started_at": START + timedelta(hours=n // 2), "talk_s": n / 4}) for n in range(10))
    )

    seen: list[dict[str, Any]] = []
    pages = -(-10 // limit)
    for page in range(1, pages + 2):
        answer = await told(crm, page=page, limit=limit)
        seen += answer.pop("calls")
        assert answer == {
            "total": 10,
            "page": page,
            "limit": limit,
            "totalPages": pages,
            "averageCallDuration": 1.25,
            "total_call_time": 11.25,
        }

    assert sorted(call["callSid"] for call in seen) == [f"c-{n:02d}" for n in range(10)]
    assert [call["sendDate"] for call in seen] == sorted((call["sendDate"] for call in seen), reverse=True)
    assert sum(call["duration"] for call in seen) == 11.25


async def test_nothing_at_all_is_a_page_of_zeros(crm: httpx.AsyncClient) -> None:
    answer = await crm.post(HISTORY)

    assert answer.json() == {
        "total": 0,
        "calls": [],
        "page": 1,
        "limit": 10,
        "totalPages": 0,
        "averageCallDuration": 0,
        "total_call_time": 0,
    }
    assert answer.headers["x-token-cost"] == "5"
    assert "x-token-balance" not in answer.headers


async def test_sums_agree_with_the_native_analytics(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.hear_all()

    answer = await told(crm, limit=1)

    over = {"not": {"field": "outcome", "op": "eq", "value": "in_progress"}}
    report = await crm.post("/v1/analytics", json={"measures": ["count", "sum:talk_s"], "filter": over})
    (row,) = report.json()["rows"]
    assert (answer["total"], answer["total_call_time"]) == (row["count"], pytest.approx(row["sum:talk_s"]))


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ["none", "may", "c-3", "c-2", "c-1"]),
        ({"batchId": "b-1"}, ["c-2", "c-1"]),
        ({"batchName": "RELANCÉ"}, ["c-2", "c-1"]),
        ({"batchName": ""}, ["none", "may", "c-3", "c-2", "c-1"]),
        ({"batchName": None, "page": None}, ["none", "may", "c-3", "c-2", "c-1"]),
        ({"startDate_from": "2026-05-01"}, ["none", "may"]),
        ({"startDate_to": "2026-04-30"}, ["c-3", "c-2", "c-1"]),
        ({"startDate_from": "2026-04-30", "startDate_to": "2026-04-30"}, ["c-3"]),
        ({"startDate_from": "20260430", "startDate_to": "20260430"}, ["c-3"]),
        ({"startDate_from": "2026-04-30T23:59:59.999Z", "startDate_to": "2026-04-30T23:59:59.999Z"}, ["c-3"]),
        ({"startDate_from": "2026-05-01T01:59:59.999+02:00", "startDate_to": "2026-04-30T23:59:59.999"}, ["c-3"]),
        ({"startDate_from": "2026-05-01", "startDate_to": "9999-12-31"}, ["none", "may"]),
        ({"startDate_from": "9999-12-31T23:59:59.999999-14:00"}, []),
        ({"startDate_from": "0001-01-01T00:00:00+14:00", "startDate_to": "2026-04-30"}, ["c-3", "c-2", "c-1"]),
        ({"from": "0033 1 02-03-04-05"}, ["c-1"]),
        ({"from": "+33102030405"}, ["c-1"]),
        ({"to": "06.00.00.00.01"}, ["c-1"]),
        ({"to": "0600000001"}, ["c-1"]),
        ({"to": "060000000"}, []),
        ({"status": "completed"}, ["none", "c-2", "c-1"]),
        ({"status": "failed"}, ["may"]),
        ({"status": "busy"}, ["c-3"]),
        ({"status": "no such"}, []),
        ({"direction": "inbound"}, ["c-2"]),
        ({"direction": "outbound"}, ["may", "c-1"]),
        ({"direction": "sideways"}, []),
        ({"qualification": "warm"}, ["c-1"]),
        ({"qualification": '{"b": [1, 2], "a": {"x": null}}'}, ["c-2"]),
        ({"qualification": "war"}, []),
        ({"callId": "c-2"}, ["c-2"]),
        ({"callId": "unknown"}, []),
        ({"callId": "c-2", "status": "busy"}, []),
        ({"status": "completed", "unknown": 1, "page": "1", "limit": "7"}, ["none", "c-2", "c-1"]),
    ],
    ids=str,
)
async def test_filters(crm: httpx.AsyncClient, world: DialectWorld, body: dict[str, Any], names: list[str]) -> None:
    april = NOW.replace(month=4, day=20)
    batch = Batch(id="b-1", name="Relance de novembre")
    await world.calls(
        (
            "c-1",
            {
                **ENDED,
                "started_at": april,
                "batch": batch,
                "from_": "+33 1 02 03 04 05",
                "to": "06 00 00 00 01",
                "direction": Direction.OUTBOUND,
                "extracted": "warm",
            },
        ),
        (
            "c-2",
            {
                **ENDED,
                "outcome": Outcome.VOICEMAIL,
                "started_at": april + timedelta(days=1),
                "batch": batch,
                "direction": Direction.INBOUND,
                "extracted": {"a": {"x": None}, "b": [1, 2]},
            },
        ),
        ("c-3", {**ENDED, "outcome": Outcome.BUSY, "started_at": NOW.replace(month=5, day=1, hour=0) - MS}),
        (
            "may",
            {
                **ENDED,
                "outcome": Outcome.CANCELED,
                "started_at": NOW.replace(month=5, day=2),
                "direction": Direction.LOCAL,
            },
        ),
        ("none", {**ENDED, "created_at": NOW.replace(month=5, day=3)}),
        ("going-on", {"stage": Stage.PROGRESS, "started_at": april, "batch": batch}),
    )

    assert (await told(crm, **{"limit": 1000, **body}))["total"] == len(names)
    assert await found(crm, **{name: value for name, value in body.items() if name != "limit"}) == names


@pytest.mark.parametrize("number", ["13900000001", "139 0000-0001", "+86 139 0000 0001", "0086-13900000001"])
async def test_a_number_of_a_known_country_is_found_by_its_digits_too(
    crm: httpx.AsyncClient, world: DialectWorld, number: str
) -> None:
    for name, spelled in (("c-1", "13900000001"), ("c-2", "139 0000 0001")):
        await world.call(name, **ENDED, platform=Platform.TANYI, direction=Direction.OUTBOUND, to=spelled)

    assert sorted(await found(crm, to=number)) == ["c-1", "c-2"]


async def test_a_call_in_progress_is_read_alone_and_in_no_list(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call("c-1", stage=Stage.PROGRESS, started_at=START)

    assert (await told(crm))["total"] == 0
    assert (await crm.get(f"{ONE}/c-1")).json()["status"] == "ringing"
    assert (await crm.get(AVERAGE)).json() == {"averageCallDuration": 0}


async def test_the_average_leaves_out_calls_of_no_seconds(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.calls(*((f"c-{n}", {**ENDED, "talk_s": seconds}) for n, seconds in enumerate((0.0, 10.0, 10.01))))

    assert (await crm.get(AVERAGE)).json() == {"averageCallDuration": 10.01}
    assert (await told(crm))["total_call_time"] == 20.01
