"""Tenants never meet: a walk over every route with two tenants of colliding ids, numbers, units and events."""

import json
from typing import Any

import httpx

from query.routes import endpoints
from schemas.call import Batch, Customer, Turn, Unit
from schemas.words import Role
from tests.query.world import SIGNING_KEY, START, World

OURS, THEIRS = "ours-4711", "theirs-0815"


def facts(mark: str) -> dict[str, Any]:
    """Return facts that are the same for both tenants but for *mark*."""
    return {
        "from_": "+33612345678",
        "customer": Customer(number="+33612345678", full=mark),
        "unit": Unit(id="1", name=mark),
        "batch": Batch(id="b-1", name=mark),
        "title": mark,
        "summary": mark,
        "turns": [Turn(n=1, role=Role.AGENT, text=mark)],
        "tags": [mark],
        "started_at": START,
    }


async def fill(world: World, client: httpx.AsyncClient, tenant: str, mark: str) -> dict[str, str]:
    """Store the same call for *tenant* and everything that can lie behind it; return its ids."""
    await world.keep("c-1", json.dumps({"mark": mark}).encode(), tenant=tenant)
    uid = await world.call("c-1", tenant=tenant, **facts(mark))
    await client.patch(f"/v1/calls/{uid}", json={"note": mark})
    made = await client.post("/v1/criteria", json={"name": mark})
    body = {"comment": mark, "values": [{"criteria_id": made.json()["id"], "point": 1}]}
    assert (await client.post(f"/v1/calls/{uid}/evaluations", json=body)).status_code == 201
    events = (await client.get(f"/v1/calls/{uid}/events")).json()["events"]
    return {"uid": uid, "criterion": made.json()["id"], "event": events[0]["id"]}


BODIES: dict[str, list[Any]] = {
    "/v1/calls/search": [{}, {"filter": {"field": "customer_number", "op": "eq", "value": "+33612345678"}}],
    "/v1/calls/bulk": [{"ids": ["UID"], "patch": {"note": "x"}}],
    "/v1/calls/{id}/evaluations": [{"values": [{"criteria_id": "CRITERION", "point": 1}]}],
    "/v1/criteria": [{"name": "x"}],
    "/v1/analytics": [{"group_by": ["unit", "batch", "tag"], "measures": ["count", "avg:score"]}],
    "/v1/exports": [{"format": "csv", "filter": {"all": []}}, {"format": "csv", "ids": ["UID"]}],
    "/v1/erasures": [{"number": "+33 6 12 34 56 78"}],
}


async def test_nothing_of_a_tenant_shows_or_changes_through_anothers_key(world: World) -> None:
    crm, other = world.ask("crm"), world.ask("other")
    mine = await fill(world, crm, world.acme, OURS)
    theirs = await fill(world, other, world.other, THEIRS)
    before = (await crm.get(f"/v1/calls/{mine['uid']}")).content

    walked = set()
    for row in endpoints(
        world.stores, exports=world.app.exports, keyring=world.keyring, clock=world.clock, signing_key=SIGNING_KEY
    ):
        if row.path == "/v1/live":  # never ends; `test_live` shows what it tells to whom
            continue
        for ids in (mine, theirs):
            path = row.path.replace("{id:path}", "b-1").replace("{event_id:path}", ids["event"])
            path = path.replace("{channel}", "full").replace("{id}", ids["criterion" if "criteria" in path else "uid"])
            for body in BODIES.get(row.path, [{}]):
                spelled = json.dumps(body).replace("UID", ids["uid"]).replace("CRITERION", ids["criterion"])
                answer = await other.request(row.method, path, content=None if row.method == "GET" else spelled)
                assert OURS not in answer.text, (row.method, path)
                assert answer.status_code < 500
        walked.add(row.path)

    assert walked >= set(BODIES)
    assert (await crm.get(f"/v1/calls/{mine['uid']}")).content == before
    assert [each["name"] for each in (await crm.get("/v1/criteria")).json()["criteria"]] == [OURS]
    assert (await other.get("/v1/calls")).json()["calls"] == []
