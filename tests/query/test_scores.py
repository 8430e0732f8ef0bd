"""Ruling 16: criteria, evaluations, and what they average to."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.query.world import World, names


async def criterion(crm: httpx.AsyncClient, name: str, **more: Any) -> str:
    return str((await crm.post("/v1/criteria", json={"name": name, **more})).json()["id"])


async def test_a_criterion_needs_only_a_name(crm: httpx.AsyncClient) -> None:
    answer = await crm.post("/v1/criteria", json={"name": "Politeness"})

    made = answer.json()
    assert answer.status_code == 201
    assert (made["scale"], made["weight"], made["description"]) == ({"min": 0, "max": 10}, 1, None)
    assert (await crm.get("/v1/criteria")).json() == {"criteria": [made]}


async def test_scores_are_averaged_by_weight_and_keep_their_names(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    one = await criterion(crm, "One", weight=3)
    two = await criterion(crm, "Two", scale={"min": -5, "max": 5})
    values = [{"criteria_id": one, "point": 10}, {"criteria_id": two, "point": -2}]

    answer = await crm.post(f"/v1/calls/{uid}/evaluations", json={"comment": "ok", "values": values})
    await crm.patch(f"/v1/criteria/{one}", json={"name": "Renamed"})
    gone = await crm.delete(f"/v1/criteria/{two}")

    (shown,) = (await crm.get(f"/v1/calls/{uid}")).json()["evaluations"]
    assert (answer.status_code, gone.status_code) == (201, 204)
    assert shown == answer.json()
    assert (shown["user"], shown["comment"], shown["avg"]) == ("crm", "ok", 7.0)
    assert [value["name"] for value in shown["values"]] == ["One", "Two"]
    assert [each["name"] for each in (await crm.get("/v1/criteria")).json()["criteria"]] == ["Renamed"]


async def test_each_post_adds_one_even_at_once(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    one = await criterion(crm, "One")
    body = {"user": "ann", "values": [{"criteria_id": one, "point": 5}]}

    await asyncio.gather(*(crm.post(f"/v1/calls/{uid}/evaluations", json=body) for _ in range(5)))

    shown = (await crm.get(f"/v1/calls/{uid}")).json()["evaluations"]
    assert [each["user"] for each in shown] == ["ann"] * 5
    assert len({each["id"] for each in shown}) == 5


async def test_min_score_finds_by_the_average_of_evaluations(crm: httpx.AsyncClient, world: World) -> None:
    one = await criterion(crm, "One")
    for name, points in (("c-1", [4, 6]), ("c-2", [5]), ("c-3", [4.5]), ("c-4", [])):
        uid = await world.call(name)
        for point in points:
            body = {"values": [{"criteria_id": one, "point": point}]}
            assert (await crm.post(f"/v1/calls/{uid}/evaluations", json=body)).status_code == 201

    assert sorted(await names(crm, "min_score=5")) == ["c-1", "c-2"]
    report = await crm.post("/v1/analytics", json={"measures": ["avg:score", "count"]})
    assert report.json()["rows"] == [{"avg:score": pytest.approx((5 + 5 + 4.5) / 3), "count": 4}]


async def test_evaluations_survive_later_events(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    one = await criterion(crm, "One")
    await crm.post(f"/v1/calls/{uid}/evaluations", json={"values": [{"criteria_id": one, "point": 5}]})

    await world.call(event="e-2", summary="later")

    assert len((await crm.get(f"/v1/calls/{uid}")).json()["evaluations"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": 5},
        {"name": "x", "weight": 0},
        {"name": "x", "weight": "1"},
        {"name": "x", "weight": 1e300},
        {"name": "x", "scale": {"min": 5, "max": 5}},
        {"name": "x", "scale": [0, 10]},
        {"name": "x", "scale": {"least": 0}},
        {"name": "x", "description": 5},
        {"name": "x", "id": "mine"},
        [],
    ],
)
async def test_a_wrong_criterion_is_422(crm: httpx.AsyncClient, body: Any) -> None:
    assert (await crm.post("/v1/criteria", json=body)).status_code == 422


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        "x",
        [{}],
        [{"criteria_id": "no-such", "point": 5}],
        [{"criteria_id": "ONE", "point": 11}],
        [{"criteria_id": "ONE", "point": -0.01}],
        [{"criteria_id": "ONE", "point": "5"}],
        [{"criteria_id": "ONE", "point": True}],
        [{"criteria_id": "ONE"}],
        [{"criteria_id": "ONE", "point": 5}, {"criteria_id": "ONE", "point": 6}],
    ],
)
async def test_a_wrong_evaluation_is_422(crm: httpx.AsyncClient, world: World, values: Any) -> None:
    uid = await world.call()
    one = await criterion(crm, "One")
    if isinstance(values, list):
        values = [{**value, "criteria_id": one} if value.get("criteria_id") == "ONE" else value for value in values]

    answer = await crm.post(f"/v1/calls/{uid}/evaluations", json={"values": values})

    assert answer.status_code == 422
    assert (await crm.get(f"/v1/calls/{uid}")).json()["evaluations"] == []


async def test_criteria_of_another_tenant_do_not_exist(crm: httpx.AsyncClient, world: World) -> None:
    one = await criterion(crm, "One")
    uid = await world.call()
    body = {"values": [{"criteria_id": one, "point": 5}]}

    async with world.ask("other") as other:
        assert (await other.get("/v1/criteria")).json() == {"criteria": []}
        assert (await other.patch(f"/v1/criteria/{one}", json={"name": "x"})).status_code == 404
        assert (await other.delete(f"/v1/criteria/{one}")).status_code == 404
        assert (await other.post(f"/v1/calls/{uid}/evaluations", json=body)).status_code == 404
        theirs = await world.call("c-2", tenant=world.other)
        assert (await other.post(f"/v1/calls/{theirs}/evaluations", json=body)).status_code == 422
    assert (await crm.post(f"/v1/calls/{world.uid('no-such')}/evaluations", json=body)).status_code == 404
