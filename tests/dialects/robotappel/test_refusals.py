"""Every error of the contract, who may ask and how often."""

import json

import httpx
import msgspec
import pytest

from runtime.config import DialectSettings
from tests.dialects.robotappel.client import AVERAGE, BATCHES, BY_ID, ENDED, EXPORT, HISTORY, ONE
from tests.dialects.world import DialectWorld


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
            "http://api//Dialects//RobotAppel/callhistory/GETCALLHISTORY",
        )
    ]

    assert [answer.json()["total"] for answer in answers] == [1] * 5
    assert (await crm.get("/callhistory/RETRIEVECALLINFO/C-1")).json()["callSid"] == "C-1"
