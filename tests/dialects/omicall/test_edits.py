"""Notes, tags and scores are the native ones."""

import asyncio
import json
from collections.abc import Awaitable
from typing import Any, Final

import httpx
import pytest

from tests.dialects.omicall.client import CHANGE, CRITERIA, DETAIL, ENDED, EVALUATE, ms, payload, uuid, word
from tests.dialects.world import DialectWorld
from tests.query.world import NOW

OWN: Final = "7b1d5f0e-0000-4000-8000-000000000001"
"""The transaction of the recorded `cdr-answered`."""


async def test_a_note_and_tags_are_the_native_ones_and_no_webhook_undoes_them(
    omi: httpx.AsyncClient, world: DialectWorld
) -> None:
    (uid,) = await world.hear("omicall/cdr-answered.json")
    before = payload(await omi.get(f"{DETAIL}/{OWN}"))
    world.clock.pass_(400 * 86_400)  # the recorded call lies ahead of the tests' clock
    native = {"Authorization": "Bearer crm"}
    omi.headers["Authorization"] = "Bearer crm"

    noted = payload(await omi.post(f"{CHANGE}/{OWN}", json={"note": "Ghi chu", "else": 1}))
    tagged = payload(await omi.post(f"{CHANGE}/{uid}", json={"tag": ["hailong", "vip"]}))
    await world.hear("omicall/cdr-answered.json")
    stored = (await omi.get(f"/v1/calls/{uid}", headers=native)).json()
    cleared = payload(await omi.post(f"{CHANGE}/{OWN}", json={"tag": [], "note": ""}))
    await omi.patch(f"/v1/calls/{uid}", json={"note": "Native", "tags": ["a"]}, headers=native)
    after = payload(await omi.get(f"{DETAIL}/{OWN}"))

    assert before.keys() == noted.keys()
    assert (noted["note"], noted["user"][0]["note"], noted["tag"]) == ("Ghi chu", "Ghi chu", [])
    assert (tagged["note"], tagged["tag"]) == ("Ghi chu", ["hailong", "vip"])
    assert tagged["user"][0]["tag"] == [{"name": "hailong"}, {"name": "vip"}]
    assert noted["last_updated_date"] > before["last_updated_date"]
    assert (stored["note"], [tag["name"] for tag in stored["tags"]]) == ("Ghi chu", ["hailong", "vip"])
    assert (cleared["note"], cleared["tag"], cleared["user"][0]["tag"]) == ("", [], [])
    assert (after["note"], after["tag"]) == ("Native", ["a"])
    shown = (await omi.get(f"/callHistory/retrieveCallInfo/{OWN}", headers=native)).json()
    assert shown["notes"] == "Native"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "request_body_required"),
        (b"{}", "request_body_required"),
        (b'{"x": 1}', "request_body_required"),
        (b"{", "data_invalid"),
        (b'"x"', "data_invalid"),
        (b'{"tag": "x"}', "data_invalid"),
        (b'{"tag": [1]}', "data_invalid"),
        (b'{"tag": [" "]}', "data_invalid"),
        (b'{"tag": null}', "data_invalid"),
        (b'{"note": 5}', "data_invalid"),
        (b'{"note": null}', "data_invalid"),
        (b'{"note": "fine", "tag": {}}', "data_invalid"),
    ],
)
async def test_a_wrong_change_changes_nothing(
    omi: httpx.AsyncClient, world: DialectWorld, content: bytes, expected: str
) -> None:
    await world.call(uuid(1), **ENDED)

    assert word(await omi.post(f"{CHANGE}/{uuid(1)}", content=content)) == (200, -9999, expected)
    assert payload(await omi.get(f"{DETAIL}/{uuid(1)}"))["note"] == ""
    assert word(await omi.post(f"{CHANGE}/none", json={"note": "x"}))[2] == "resource_not_found"


async def test_scores_are_the_native_ones_each_users_once(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call(uuid(1), **ENDED)
    native = {"Authorization": "Bearer crm"}
    for name, weight in (("Tone", 1), ("Result", 3)):
        world.clock.pass_(1)
        await omi.post("/v1/criteria", json={"name": name, "weight": weight}, headers=native)
    known = payload(await omi.get(CRITERIA))
    assert payload(await omi.get("/api/v3/call-transaction/evaluation-criteria/list")) == known
    values = [{"criteria_id": each["_id"], "name": "x", "point": n} for n, each in enumerate(known, 2)]

    async def evaluate(user: str, comment: str) -> Any:
        body = {"user_uuid": user, "evaluation": {"comment": comment, "values": values}}
        return payload(await omi.post(f"{EVALUATE}/{uuid(1)}", json=body))

    await evaluate("u-1", "first")
    once = await evaluate("u-1", "again")
    twin = {"transactionId": uid, "agentId": "u-2", "evaluation": {"values": values[:1]}}
    twice = payload(await omi.post("/api/v3/call-transaction/add-evaluation", json=twin))

    assert [(each["name"], each["max_point"], each["_id"] == each["criteria_id"]) for each in known] == [
        ("Tone", 10, True),
        ("Result", 10, True),
    ]
    assert once["total_evaluate"] == {"average": 2.75, "total": 1}
    (shown,) = once["evaluations"]
    assert shown["values"] == [
        {"criteria_id": each["_id"], "name": each["name"], "point": n} for n, each in enumerate(known, 2)
    ]
    assert (shown["user_uuid"], shown["comment"], shown["average"], shown["created_date"]) == (
        "u-1",
        "again",
        2.75,
        ms(NOW) + 2000,
    )
    assert twice["total_evaluate"] == {"average": 2.375, "total": 2}
    stored = (await omi.get(f"/v1/calls/{uid}", headers=native)).json()["evaluations"]
    assert [(each["user"], each["comment"]) for each in stored] == [("u-1", "again"), ("u-2", None)]


async def test_a_user_who_scores_twice_at_once_has_scored_once(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call(uuid(1), **ENDED)
    await omi.post("/v1/criteria", json={"name": "Tone"}, headers={"Authorization": "Bearer crm"})
    (known,) = payload(await omi.get(CRITERIA))

    def evaluate(user: str, point: int) -> Awaitable[httpx.Response]:
        values = [{"criteria_id": known["_id"], "point": point}]
        return omi.post(f"{EVALUATE}/{uuid(1)}", json={"user_uuid": user, "evaluation": {"values": values}})

    await asyncio.gather(*(evaluate(f"u-{n % 2}", n) for n in range(6)))

    shown = payload(await omi.get(f"{DETAIL}/{uuid(1)}"))
    assert sorted(each["user_uuid"] for each in shown["evaluations"]) == ["u-0", "u-1"]
    assert shown["total_evaluate"]["total"] == 2


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "data_is_required"),
        ({"user_uuid": "u"}, "data_is_required"),
        ({"evaluation": {"values": []}}, "data_is_required"),
        ({"user_uuid": "", "evaluation": {}}, "data_is_required"),
        ({"user_uuid": "u", "evaluation": {}}, "data_is_required"),
        ({"user_uuid": "u", "evaluation": {"values": []}}, "data_is_required"),
        ({"user_uuid": "u", "evaluation": []}, "data_invalid"),
        ({"user_uuid": {}, "evaluation": {"values": [1]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": "x"}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [1]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "0" * 24, "point": 1}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": 11}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": -1}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": "5"}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": True}]}}, "data_invalid"),
        (
            {"user_uuid": "u", "evaluation": {"comment": 5, "values": [{"criteria_id": "C", "point": 1}]}},
            "data_invalid",
        ),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": 1}] * 2}}, "data_invalid"),
    ],
    ids=str,
)
async def test_a_wrong_evaluation_is_none(
    omi: httpx.AsyncClient, world: DialectWorld, body: dict[str, Any], expected: str
) -> None:
    await world.call(uuid(1), **ENDED)
    made = await omi.post("/v1/criteria", json={"name": "Tone"}, headers={"Authorization": "Bearer crm"})
    content = json.dumps(body).replace('"C"', json.dumps(made.json()["id"]))

    assert word(await omi.post(f"{EVALUATE}/{uuid(1)}", content=content)) == (200, -9999, expected)
    assert payload(await omi.get(f"{DETAIL}/{uuid(1)}"))["evaluations"] is None


async def test_an_evaluation_of_an_unknown_call_is_told_so(omi: httpx.AsyncClient) -> None:
    body = {"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "x", "point": 1}]}}

    assert word(await omi.post(f"{EVALUATE}/none", json=body))[2] == "resource_not_found"
    assert word(await omi.post("/api/v3/call-transaction/add-evaluation", json=body))[2] == "data_is_required"
