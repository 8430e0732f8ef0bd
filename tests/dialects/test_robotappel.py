"""RobotAppel over HTTP: calls, batches, files, the note, and every error of the contract."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest

from query.dialects.columns import table
from query.dialects.robotappel.calls import COLUMNS
from runtime.config import DialectSettings
from schemas.call import Batch, Turn
from schemas.words import Channel, Direction, Outcome, Platform, RecordingChannel, Role, Stage
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START
from tests.webhooks import FIXTURES

HISTORY: Final = "/callHistory/GetCallHistory"
EXPORT: Final = "/callHistory/ExportCallHistory"
BY_ID: Final = "/callHistory/ExportCallHistoryById"
BATCHES: Final = "/callHistory/getBatchHistory"
ONE: Final = "/callHistory/retrieveCallInfo"
AVERAGE: Final = "/callHistory/averageCallDuration"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED}
OWN: Final = (
    *("call-infos", "call-infos-no-answer", "call-infos-text-only", "call-infos-ringing"),
    *("call-infos-failed-late", "call-infos-voicemail"),
)
UNANSWERED: Final = {"ra-1005", "ra-1006"}
"""RobotAppel's own calls that nobody answered: it tells their seconds, but they are no talk."""
ALL_NAMES: Final = (
    "callSid,batchId,batchName,clientOrgId,createdAt,ended_status,from,to,clean_interraction,interraction,"
    "qualification,record_url,sendDate,status,summary,duration"
)


async def told(client: httpx.AsyncClient, path: str = HISTORY, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def found(client: httpx.AsyncClient, **body: Any) -> list[str]:
    return [call["callSid"] for call in (await told(client, limit=1000, **body))["calls"]]


async def rows(client: httpx.AsyncClient, url: str) -> list[list[str]]:
    answer = await client.get(url, headers={"Authorization": ""})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text, newline="")))


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


MS: Final = timedelta(milliseconds=1)


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


async def test_a_call_in_progress_is_read_alone_and_in_no_list(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call("c-1", stage=Stage.PROGRESS, started_at=START)

    assert (await told(crm))["total"] == 0
    assert (await crm.get(f"{ONE}/c-1")).json()["status"] == "ringing"
    assert (await crm.get(AVERAGE)).json() == {"averageCallDuration": 0}


async def test_the_average_leaves_out_calls_of_no_seconds(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.calls(*((f"c-{n}", {**ENDED, "talk_s": seconds}) for n, seconds in enumerate((0.0, 10.0, 10.01))))

    assert (await crm.get(AVERAGE)).json() == {"averageCallDuration": 10.01}
    assert (await told(crm))["total_call_time"] == 20.01


async def test_tools_and_the_system_are_in_no_transcript(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    turns = [Turn(n=n, role=role, text=str(role)) for n, role in enumerate(Role, 1)]
    await world.call("c-1", turns=turns, started_at=START, **ENDED)

    (call,) = (await told(crm))["calls"]

    assert call["clean_interraction"] == "Assistant: agent\nUser: customer"
    assert call["interraction"] == [
        {"user": "assistant", "text": "agent", "created_at": "2026-01-31T08:00:00.250Z"},
        {"user": "user", "text": "customer", "created_at": "2026-01-31T08:00:00.250Z"},
    ]


async def test_a_batch_counts_its_calls_by_how_far_they_are(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    batch = Batch(id="b/1", name="Été")
    outcomes = (Outcome.ANSWERED, Outcome.VOICEMAIL, Outcome.BUSY, Outcome.SYSTEM_ERROR)
    await world.calls(
        *(
            (
                f"c-{n}",
                {
                    "stage": Stage.ENDED,
                    "outcome": outcome,
                    "batch": batch,
                    "talk_s": 8.0,
                    "started_at": START + timedelta(hours=n),
                    "created_at": START - timedelta(hours=n),
                    "direction": Direction.OUTBOUND,
                },
            )
            for n, outcome in enumerate(outcomes)
        ),
        ("going-on", {"stage": Stage.PROGRESS, "batch": batch}),
        ("none", ENDED),
    )

    shown = (await crm.get("/callHistory/batch-status/b%2F1")).json()

    assert shown == {
        "batchId": "b/1",
        "batchName": "Été",
        "clientOrgId": world.acme,
        "direction": "outbound",
        "status": "in_progress",
        "createdAt": "2026-01-31T05:00:00.250Z",
        "sendDate": "2026-01-31T08:00:00.250Z",
        "totalCalls": 5,
        "completedCalls": 2,
        "failedCalls": 2,
        "pendingCalls": 1,
        "averageCallDuration": 8,
        "total_call_time": 8,
    }
    assert (await told(crm, BATCHES))["batches"] == [shown]
    assert (await crm.get("/callHistory/batch-status/none")).status_code == 404


async def test_batches_are_told_by_name_status_and_direction(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    def in_batch(name: str, **facts: Any) -> dict[str, Any]:
        return {**ENDED, "batch": Batch(id=name, name=f"Lot {name}"), **facts}

    await world.calls(
        ("1", in_batch("done", started_at=START, direction=Direction.INBOUND)),
        ("2", in_batch("lost", outcome=Outcome.NO_ANSWER, started_at=START + timedelta(days=1))),
        ("3", in_batch("half", started_at=START + timedelta(days=2))),
        ("4", in_batch("half", outcome=None, stage=Stage.PROGRESS)),
        ("5", in_batch("new", outcome=None, stage=Stage.PROGRESS, created_at=START - timedelta(days=1))),
    )

    async def names(**body: Any) -> list[str]:
        return [batch["batchId"] for batch in (await told(crm, BATCHES, **body))["batches"]]

    assert await names(status="completed") == ["done"]
    assert await names(status="failed") == ["lost"]
    assert await names(status="in_progress") == ["half"]
    assert await names(status="pending") == ["new"]
    assert await names(status="else") == []
    assert await names(direction="inbound") == ["done"]
    assert await names(batchName="LOT h") == ["half"]
    every = await names()
    assert sorted(every) == ["done", "half", "lost", "new"]
    for limit in (1, 2, 3, 4, 5):
        answers = [await told(crm, BATCHES, page=page, limit=limit) for page in range(1, 6)]
        assert [batch["batchId"] for answer in answers for batch in answer["batches"]] == every
        assert {(a["total"], a["limit"], a["totalPages"]) for a in answers} == {(4, limit, -(-4 // limit))}


async def test_a_file_has_the_columns_that_were_asked_for(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.hear(
        "robotappel/call-infos.json", "robotappel/call-infos-no-answer.json", "robotappel/call-infos-ringing.json"
    )

    url = (await told(crm, f"{EXPORT}?header=to, callSid,,interraction,duration"))["url"]
    every = (await told(crm, EXPORT, status="no-answer"))["url"]
    nothing = (await told(crm, f"{EXPORT}?header=callSid", status="x"))["url"]

    head, *cells = await rows(crm, url)
    assert head == ["to", "callSid", "interraction", "duration"]
    assert [row[:2] for row in cells] == [["+33600000004", "ra-1004"], ["+33600000001", "ra-1001"]]
    assert json.loads(cells[1][2])[1] == {
        "user": "user",
        "text": "Bonjour, rappelez-moi demain.",
        "created_at": "2026-11-18T09:30:04.500Z",
    }
    assert [row[3] for row in cells] == ["0", "125"]
    assert url.startswith("http://api/dialects/robotappel/files/")
    head, row = await rows(crm, every)
    assert (",".join(head), row[0]) == (ALL_NAMES, "ra-1004")
    assert await rows(crm, nothing) == [["callSid"]]


async def test_a_column_alone_says_what_it_says_among_all(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.hear_all()
    names, *whole = await rows(crm, (await told(crm, EXPORT))["url"])

    for place, name in enumerate(names):
        head, *cells = await rows(crm, (await told(crm, f"{EXPORT}?header={name}"))["url"])

        assert (head, cells) == ([name], [[row[place]] for row in whole])


@pytest.mark.parametrize(
    "query", ["header=to,callSid", "header=to&header=callSid", "header[]=to&header[]=callSid", "header= to , callSid ,"]
)
async def test_columns_are_taken_however_they_are_listed(
    crm: httpx.AsyncClient, world: DialectWorld, query: str
) -> None:
    await world.call("c-1", to="+33102030405", **ENDED)

    url = (await told(crm, f"{EXPORT}?{query}"))["url"]

    assert await rows(crm, url) == [["to", "callSid"], ["+33102030405", "c-1"]]


async def test_a_file_by_ids_keeps_their_order_each_once(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uids = [await world.call(f"c-{n}", started_at=START + timedelta(hours=n), **ENDED) for n in range(3)]
    await world.call("going-on", stage=Stage.PROGRESS)
    async with world.ask("other") as other:
        foreign = await told(other, f"{BY_ID}?header=callSid", callIds=["c-0"])

    url = (
        await told(crm, f"{BY_ID}?header=callSid", callIds=["c-1", uids[2], "none", "c-1", "c-2", "going-on", "c-0"])
    )["url"]

    assert await rows(crm, url) == [["callSid"], ["c-1"], ["c-2"], ["c-0"]]
    assert await rows(crm, foreign["url"]) == [["callSid"]]


async def test_no_cell_of_a_file_is_a_formula_but_a_number_stays_one(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    for n, text in enumerate(("=1+1", "+33 a", "-5", "@b", "fine")):
        await world.call(f"c-{n}", started_at=START - timedelta(hours=n), summary=text, from_="+33102030405", **ENDED)

    url = (await told(crm, f"{EXPORT}?header=summary,from"))["url"]

    _, *cells = await rows(crm, url)
    assert [cell for cell, _ in cells] == ["'=1+1", "'+33 a", "'-5", "'@b", "fine"]
    assert {number for _, number in cells} == {"+33102030405"}


async def test_a_files_url_is_signed_and_ends_after_a_day(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    url = (await told(crm, EXPORT))["url"]

    changed = await crm.get(url[:-1] + ("0" if url[-1] != "0" else "1"))
    world.clock.pass_(24 * 3600 - 1)
    last = await crm.get(url)
    world.clock.pass_(1)
    late = await crm.get(url)

    assert (changed.status_code, last.status_code, late.status_code) == (403, 200, 404)
    assert late.json().keys() == {"statusCode", "timestamp", "path", "message"}


async def test_a_note_is_the_native_note_and_no_webhook_undoes_it(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    (uid,) = await world.hear("robotappel/call-infos-text-only.json")

    answer = await told(crm, "/notes/addNote/ra-1003", notes="Mine.")
    await world.hear("robotappel/call-infos-text-only.json")

    assert answer["notes"] == "Mine."
    assert (await crm.get(f"/v1/calls/{uid}")).json()["note"] == "Mine."
    (entry,) = (await crm.get(f"/v1/calls/{uid}/history")).json()["history"]
    assert (entry["key"], entry["field"], entry["to"]) == ("crm", "note", "Mine.")
    await crm.patch(f"/v1/calls/{uid}", json={"note": "Native.", "summary": "Ours."})
    shown = (await crm.get(f"{ONE}/{uid}")).json()
    assert (shown["notes"], shown["summary"]) == ("Native.", "Ours.")


@pytest.mark.parametrize(
    ("path", "content", "named"),
    [
        (HISTORY, b"{", "JSON"),
        (HISTORY, b"[]", "object"),
        (HISTORY, b"\xff", "JSON"),
        (HISTORY, b'{"page": 0}', "page"),
        (HISTORY, b'{"page": -1}', "page"),
        (HISTORY, b'{"page": 1.5}', "page"),
        (HISTORY, b'{"page": "x"}', "page"),
        (HISTORY, b'{"page": "1e3"}', "page"),
        (HISTORY, b'{"page": ""}', "page"),
        (HISTORY, b'{"page": true}', "page"),
        (HISTORY, b'{"page": 1e300}', "page"),
        (HISTORY, b'{"page": 99999999999999999999}', "page"),
        (HISTORY, b'{"limit": 0}', "limit"),
        (HISTORY, b'{"limit": 1001}', "limit"),
        (HISTORY, b'{"limit": []}', "limit"),
        (HISTORY, b'{"batchId": 5}', "batchId"),
        (HISTORY, b'{"callId": {}}', "callId"),
        (HISTORY, b'{"qualification": {"a": 1}}', "qualification"),
        (HISTORY, b'{"startDate_from": "tomorrow"}', "startDate_from"),
        (HISTORY, b'{"startDate_to": "2026-02-30"}', "startDate_to"),
        (HISTORY, b'{"startDate_to": 1790000000000}', "startDate_to"),
        (EXPORT, b'{"startDate_to": "x"}', "startDate_to"),
        (f"{EXPORT}?header=callSid,Status", b"{}", "Status"),
        (f"{EXPORT}?header=direction", b"{}", "direction"),
        (BY_ID, b"", "callIds"),
        (BY_ID, b'{"callIds": []}', "callIds"),
        (BY_ID, b'{"callIds": "c-1"}', "callIds"),
        (BY_ID, b'{"callIds": [1]}', "callIds"),
        (BY_ID, json.dumps({"callIds": ["x"] * 1001}).encode(), "callIds"),
        (BATCHES, b'{"page": 0}', "page"),
        (BATCHES, b'{"status": 1}', "status"),
        ("/notes/addNote/c-1", b"", "notes"),
        ("/notes/addNote/c-1", b'{"notes": null}', "notes"),
        ("/notes/addNote/c-1", json.dumps({"notes": "x" * 10_001}).encode(), "notes"),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_bad_input_is_400_with_its_reasons(
    crm: httpx.AsyncClient, world: DialectWorld, path: str, content: bytes, named: str
) -> None:
    await world.call("c-1", **ENDED)

    answer = await crm.post(path, content=content)

    assert answer.status_code == 400
    body = answer.json()
    assert body.keys() == {"statusCode", "timestamp", "path", "message"}
    assert (body["statusCode"], body["path"], body["timestamp"]) == (400, path, "2026-06-01T12:00:00.000Z")
    assert body["message"].keys() == {"message", "error", "statusCode"}
    assert (body["message"]["error"], body["message"]["statusCode"]) == ("Bad Request", 400)
    assert any(named in reason for reason in body["message"]["message"])


async def test_every_wrong_member_is_named_at_once(crm: httpx.AsyncClient) -> None:
    answer = await crm.post(HISTORY, json={"page": 0, "limit": 0, "status": 1, "startDate_from": "x"})

    reasons = answer.json()["message"]["message"]
    assert sorted(reason.split()[0] for reason in reasons) == ["limit", "page", "startDate_from", "status"]


@pytest.mark.parametrize(
    ("key", "method", "path", "status"),
    [
        ("", "POST", HISTORY, 401),
        ("nobody", "POST", HISTORY, 401),
        ("expired", "POST", HISTORY, 403),
        ("writer", "POST", HISTORY, 403),
        ("reader", "POST", "/notes/addNote/c-1", 403),
        ("reader", "POST", EXPORT, 403),
        ("reader", "POST", BY_ID, 403),
        ("switched-off", "POST", HISTORY, 404),
        ("crm", "GET", f"{ONE}/none", 404),
        ("crm", "GET", f"{ONE}/00000000-0000-4000-8000-000000000000", 404),
        ("other", "GET", f"{ONE}/c-1", 404),
        ("one-unit", "GET", f"{ONE}/c-1", 404),
        ("crm", "POST", "/notes/addNote/none", 404),
        ("crm", "GET", "/callHistory", 404),
        ("crm", "GET", "/callHistory/none/such", 404),
        ("crm", "GET", "/notes", 404),
        ("crm", "GET", HISTORY, 405),
        ("crm", "DELETE", f"{ONE}/c-1", 405),
        ("crm", "POST", f"{HISTORY}?size=large", 413),
    ],
)
async def test_every_other_error_has_a_plain_message(
    world: DialectWorld, key: str, method: str, path: str, status: int
) -> None:
    await world.call("c-1", **ENDED)
    large = b" " * 1_000_001 if "large" in path else None
    headers = {} if key else {"Authorization": "Bearer "}

    async with world.ask(key) as client:
        content = large or (b'{"notes": "x", "callIds": ["x"]}' if method == "POST" else None)
        answer = await client.request(method, path, content=content, headers=headers)

    body = answer.json()
    assert (answer.status_code, body["statusCode"], body["path"]) == (status, status, path)
    assert body.keys() == {"statusCode", "timestamp", "path", "message"}
    assert isinstance(body["message"], str)
    assert answer.headers["content-type"] == "application/json"


async def test_too_many_requests_are_429_by_the_keys_rate_or_the_vendors(world: DialectWorld) -> None:
    async with world.ask("five") as five, world.ask("crm") as crm:
        by_key = [await five.get(AVERAGE) for _ in range(6)]
        by_vendor = [(await crm.get(f"{ONE}/none")).status_code for _ in range(101)]

    assert [answer.status_code for answer in by_key] == [200] * 5 + [429]
    assert by_key[-1].json()["statusCode"] == 429
    assert int(by_key[-1].headers["retry-after"]) > 0
    assert by_vendor == [404] * 100 + [429]


async def test_the_vendors_rate_is_the_organisations_and_a_keys_own_is_its_own(world: DialectWorld) -> None:
    async with world.ask("crm") as crm, world.ask("reader") as reader, world.ask("five") as five:
        together = [(await client.get(AVERAGE)).status_code for client in (crm, reader) * 50]
        over = [(await client.get(AVERAGE)).status_code for client in (crm, reader, five)]
    async with world.ask("other") as other:
        elsewhere = (await other.get(AVERAGE)).status_code

    assert together == [200] * 100
    assert over == [429, 429, 200]
    assert elsewhere == 200


async def test_tokens_are_booked_for_what_is_answered_alone(world: DialectWorld) -> None:
    paying = world.key("paying", dialect=DialectSettings(robotappel_tokens=12))
    world.config = msgspec.structs.replace(world.config, keys=(*world.config.keys, paying))

    async with world.ask("paying") as client:
        first = await client.get(AVERAGE)
        refused = await client.get(f"{ONE}/none")
        second = await client.post(HISTORY)
        last = await client.post(HISTORY)

    assert [first.headers["x-token-balance"], second.headers["x-token-balance"]] == ["7", "2"]
    assert (refused.status_code, second.status_code, last.status_code) == (404, 200, 403)
    assert "insuffisant" in last.json()["message"]


async def test_paths_are_matched_whatever_their_case_and_slashes(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call("C-1", **ENDED)

    answers = [
        await crm.post(path, content=b"{}", headers={"Content-Type": "text/plain"})
        for path in (
            HISTORY,
            "/CALLHISTORY/getcallhistory",
            "http://api//callhistory//GetCallHistory/",
            f"/dialects/robotappel{HISTORY}",
        )
    ]

    assert [answer.json()["total"] for answer in answers] == [1] * 4
    assert (await crm.get("/callhistory/RETRIEVECALLINFO/C-1")).json()["callSid"] == "C-1"


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
