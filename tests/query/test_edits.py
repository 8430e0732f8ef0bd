"""Rulings 11, 14 and 15: what people change stays changed, is recorded, and loses nobody's work."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from schemas.call import Intent, Unit
from schemas.words import Reason
from tests.query.world import World

PATCH = {
    "workflow": "DONE",
    "summary": "mine",
    "note": "call back\0",
    "tags": ["vip", "late", "vip"],
    "read": True,
    "title": "A title",
    "intent": {"level": "A", "real_label": "hot"},
    "success": False,
    "reason": "EMERGENCY",
}


async def patch(crm: httpx.AsyncClient, uid: str, body: Any, **headers: str) -> httpx.Response:
    return await crm.patch(f"/v1/calls/{uid}", json=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def test_ruling_14_every_editable_field_is_edited_and_shown_everywhere(
    crm: httpx.AsyncClient, world: World
) -> None:
    uid = await world.call(summary="theirs", success=True, intent=Intent(level="F", label="cold"))
    world.clock.pass_(1)

    answer = await patch(crm, uid, PATCH)

    call = answer.json()
    (listed,) = (await crm.get("/v1/calls?tag=late&workflow=DONE&read=true&success=false&intent=A")).json()["calls"]
    assert answer.status_code == 200
    assert [tag["name"] for tag in call["tags"]] == ["vip", "late"]
    assert (call["summary"], call["note"], call["reason"]) == ("mine", "call back\0", "EMERGENCY")
    assert (call["intent"]["level"], call["intent"]["label"], call["intent"]["real_label"]) == ("A", "cold", "hot")
    assert (call["updated_at"], call["updated_by"]) == ("2026-06-01T12:00:01.000Z", {"id": "crm"})
    assert answer.headers["etag"] == (await crm.get(f"/v1/calls/{uid}")).headers["etag"]
    assert listed == {name: call[name] for name in listed}


async def test_ruling_14_null_takes_an_edit_back(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call(
        summary="theirs", success=True, intent=Intent(level="F", label="cold"), tags=["t"], reason=Reason.OTHER
    )
    before = (await crm.get(f"/v1/calls/{uid}")).json()
    await patch(crm, uid, PATCH)

    one = (await patch(crm, uid, {"intent": {"level": None}})).json()
    after = (await patch(crm, uid, dict.fromkeys(PATCH))).json()

    assert (one["intent"]["level"], one["intent"]["real_label"]) == ("F", "hot")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"updated_by"}


async def test_ruling_14_an_empty_patch_changes_nothing(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    tag = (await crm.get(f"/v1/calls/{uid}")).headers["etag"]
    world.clock.pass_(5)

    answer = await patch(crm, uid, {})

    assert (answer.status_code, answer.headers["etag"]) == (200, tag)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"sumary": "x"}, {"sumary"}),
        ({"summary": "x", "outcome": "busy", "uid": "u"}, {"outcome", "uid"}),
        ({"summary": 5}, {"summary"}),
        ({"workflow": "done"}, {"workflow"}),
        ({"workflow": 5}, {"workflow"}),
        ({"reason": "WHY"}, {"reason"}),
        ({"read": "true"}, {"read"}),
        ({"success": 1}, {"success"}),
        ({"tags": "vip"}, {"tags"}),
        ({"tags": ["vip", 5]}, {"tags"}),
        ({"tags": [{"name": "vip"}]}, {"tags"}),
        ({"tags": [" "]}, {"tags"}),
        ({"intent": "A"}, set()),
        ({"intent": {"lvl": "A"}}, {"lvl"}),
        ({"intent": {"level": 5}}, {"intent.level"}),
        ([], set()),
        ("x", set()),
        (None, set()),
    ],
)
async def test_ruling_14_a_wrong_patch_is_422_names_its_fields_and_keeps_nothing(
    crm: httpx.AsyncClient, world: World, body: Any, named: set[str]
) -> None:
    uid = await world.call()
    tag = (await crm.get(f"/v1/calls/{uid}")).headers["etag"]

    answer = await crm.patch(f"/v1/calls/{uid}", content=json.dumps(body))

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_change")
    assert set(problem.get("fields", [problem["field"]] if "field" in problem else [])) == named
    assert (await crm.get(f"/v1/calls/{uid}")).headers["etag"] == tag


async def test_ruling_4_a_change_that_is_no_json_is_400(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()

    malformed = await crm.patch(f"/v1/calls/{uid}", content=b"{")
    text = await crm.patch(f"/v1/calls/{uid}", content=b"{}", headers={"Content-Type": "text/plain"})
    merge = await crm.patch(f"/v1/calls/{uid}", content=b"{}", headers={"Content-Type": "application/merge-patch+json"})

    assert [malformed.status_code, text.status_code, merge.status_code] == [400, 415, 200]


async def test_ruling_14_if_match_lets_only_the_one_through_who_read_last(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    tag = (await crm.get(f"/v1/calls/{uid}")).headers["etag"]

    first = await patch(crm, uid, {"note": "one"}, If_Match=tag)
    second = await patch(crm, uid, {"note": "two"}, If_Match=tag)
    weak = await patch(crm, uid, {"note": "three"}, If_Match=f"W/{first.headers['etag']}")
    third = await patch(crm, uid, {"note": "four"}, If_Match=f'"x", {first.headers["etag"]}')
    star = await patch(crm, uid, {"note": "five"}, If_Match="*")
    nobody = await patch(crm, world.uid("no-such"), {"note": "five"}, If_Match="*")

    codes = [answer.status_code for answer in (first, second, weak, third, star, nobody)]
    assert codes == [200, 412, 412, 200, 200, 404]
    assert (await crm.get(f"/v1/calls/{uid}")).json()["note"] == "five"


async def test_ruling_14_of_many_with_the_same_if_match_one_wins(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    tag = (await crm.get(f"/v1/calls/{uid}")).headers["etag"]

    answers = await asyncio.gather(*(patch(crm, uid, {"note": str(n)}, If_Match=tag) for n in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]


async def test_ruling_14_edits_of_different_fields_at_once_lose_neither_each_other_nor_a_webhook(
    crm: httpx.AsyncClient, world: World
) -> None:
    uid = await world.call()
    bodies: list[dict[str, Any]] = [{name: value} for name, value in PATCH.items()]

    await asyncio.gather(
        *(patch(crm, uid, body) for body in bodies),
        *(world.call(event=f"e-{n}", duration_s=float(n), rank=n) for n in range(2, 6)),
    )

    call = (await crm.get(f"/v1/calls/{uid}")).json()
    history = (await crm.get(f"/v1/calls/{uid}/history")).json()["history"]
    assert (call["summary"], call["workflow"], call["title"], call["read"]) == ("mine", "DONE", "A title", True)
    assert call["duration_s"] == 5.0
    assert {entry["field"] for entry in history} == set(PATCH)


async def test_ruling_14_edits_survive_redelivery_and_later_events(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call(summary="theirs")
    await patch(crm, uid, {"summary": "mine", "tags": []})

    await world.call(summary="theirs")
    await world.call(event="e-2", summary="theirs, later", rank=20, tags=["platform"])

    call = (await crm.get(f"/v1/calls/{uid}")).json()
    back = (await patch(crm, uid, {"summary": None, "tags": None})).json()
    assert (call["summary"], call["tags"]) == ("mine", [])
    assert (back["summary"], [tag["name"] for tag in back["tags"]]) == ("theirs, later", ["platform"])


async def test_ruling_11_history_tells_who_changed_what_newest_first(world: World) -> None:
    uid = await world.call(summary="theirs", intent=Intent(level="F"))
    crm, writer = world.ask("crm"), world.ask("writer")
    await patch(crm, uid, {"summary": "mine", "tags": ["a"]})
    world.clock.pass_(1)
    await patch(writer, uid, {"summary": None, "read": False, "intent": {"label": "x"}})

    history = (await crm.get(f"/v1/calls/{uid}/history")).json()["history"]

    before, after = "2026-06-01T12:00:00.000Z", "2026-06-01T12:00:01.000Z"
    assert history[0] == {"at": after, "key": "writer", "field": "summary", "from": "mine", "to": "theirs"}
    assert history[1] | {"at": after, "field": "intent", "from": {"level": "F"}} == history[1]
    assert history[1]["to"] == {"level": "F", "label": "x"}
    assert history[2:] == [
        {"at": before, "key": "crm", "field": "tags", "from": [], "to": ["a"]},
        {"at": before, "key": "crm", "field": "summary", "from": "theirs", "to": "mine"},
    ]


async def test_ruling_15_bulk_by_ids_answers_for_each(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(("c-1", {}), ("c-2", {}))
    number = (await crm.get(f"/v1/calls/{world.uid('c-2')}")).json()["number"]
    ids = [world.uid("c-1"), number, str(number), "no-such", True]

    answer = await crm.post("/v1/calls/bulk", json={"ids": ids, "patch": {"workflow": "DONE"}})

    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [result["status"] for result in results] == [200, 200, 200, 404, 422]
    assert [result["id"] for result in results] == ids
    assert [result["error"] is None for result in results] == [True, True, True, False, False]
    assert len((await crm.get("/v1/calls?workflow=DONE")).json()["calls"]) == 2


async def test_ruling_15_bulk_by_filter_changes_what_matched(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(*((f"c-{n}", {"title": "x" if n % 2 else "y"}) for n in range(450)))
    body = {"filter": {"field": "title", "op": "eq", "value": "x"}, "patch": {"tags": ["odd"], "title": "z"}}

    answer = await crm.post("/v1/calls/bulk", json=body)

    assert {result["status"] for result in answer.json()["results"]} == {200}
    assert len(answer.json()["results"]) == 225
    assert (await crm.get("/v1/calls?tag=odd&include_total=true&limit=1")).json()["total"] == 225


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"patch": {}},
        {"ids": []},
        {"ids": [], "filter": {"all": []}, "patch": {}},
        {"ids": "x", "patch": {}},
        {"ids": ["x"] * 10_001, "patch": {}},
        {"ids": ["x"], "patch": {"outcome": "busy"}},
        {"filter": {"field": "x", "op": "eq", "value": 1}, "patch": {}},
        {"filter": None, "patch": {}},
        {"ids": ["x"], "patch": {}, "more": 1},
        [],
    ],
    ids=lambda body: str(body)[:40],
)
async def test_ruling_15_a_wrong_bulk_is_422(crm: httpx.AsyncClient, body: Any) -> None:
    answer = await crm.post("/v1/calls/bulk", json=body)

    assert (answer.status_code, answer.json()["code"] in ("invalid_change", "too_many")) == (422, True)


async def test_ruling_18_edits_stay_within_tenant_scope_and_units(world: World) -> None:
    mine = await world.call("c-1", unit=Unit(id="1"))
    theirs = await world.call("c-2", unit=Unit(id="2"))
    body = {"ids": [mine, theirs], "patch": {"note": "x"}}

    async with world.ask("other") as other, world.ask("reader") as reader, world.ask("one-unit") as bound:
        codes = [
            (await patch(other, mine, {"note": "x"})).status_code,
            (await patch(reader, mine, {"note": "x"})).status_code,
            (await patch(bound, theirs, {"note": "x"})).status_code,
        ]
        of_other = (await other.post("/v1/calls/bulk", json=body)).json()["results"]
        of_bound = (await bound.post("/v1/calls/bulk", json=body)).json()["results"]
        history = await other.get(f"/v1/calls/{mine}/history")

    assert codes == [404, 403, 404]
    assert [result["status"] for result in of_other] == [404, 404]
    assert [result["status"] for result in of_bound] == [200, 404]
    assert history.status_code == 404
