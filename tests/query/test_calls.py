"""Lists and details over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from schemas.call import Agent, Customer, Turn, Unit, tag_id
from schemas.money import Amount, Cost
from schemas.words import CostPart, Direction, Outcome, Platform, Role, Stage
from tests.query.world import START, World, names

LISTED = {
    *("uid", "number", "platform", "platform_call_id", "direction", "channel", "from", "to", "customer_number"),
    *("started_at", "answered_at", "ended_at", "duration_s", "talk_s", "outcome", "end_reason", "agent", "batch"),
    *("unit", "cost", "summary", "success", "workflow", "read", "tags", "has_recording", "has_transcript"),
    *("created_at", "updated_at"),
}
USD = Cost(micros=132_500, currency="USD", raw="0.1325", parts={CostPart.STT: Amount(1, "0.000001")})


async def one(crm: httpx.AsyncClient) -> dict[str, Any]:
    (call,) = (await crm.get("/v1/calls")).json()["calls"]
    return dict(call)


async def test_a_call_in_a_list_carries_the_fixed_names_with_nulls(crm: httpx.AsyncClient, world: World) -> None:
    await world.call(stage=Stage.ENDED)

    call = await one(crm)

    assert set(call) == LISTED
    assert call["cost"] is call["agent"] is call["started_at"] is call["success"] is call["outcome"] is None
    assert call["tags"] == []
    assert (call["workflow"], call["read"], call["talk_s"]) == ("NEW", False, 0.0)
    assert (call["created_at"], call["updated_at"]) == ("2026-01-31T08:00:00.250Z", "2026-06-01T12:00:00.000Z")


async def test_an_event_that_ends_nothing_leaves_in_progress(crm: httpx.AsyncClient, world: World) -> None:
    await world.call(summary="so far")

    assert (await one(crm))["outcome"] == "in_progress"


async def test_money_is_decimal_strings_and_times_are_utc_milliseconds(crm: httpx.AsyncClient, world: World) -> None:
    await world.call(cost=USD, started_at=START)

    call = await one(crm)

    assert call["cost"] == {"total": "0.132500", "currency": "USD", "parts": {"stt": "0.000001"}}
    assert call["started_at"] == "2026-01-31T08:00:00.250Z"


async def test_a_detail_adds_the_rest(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call(
        platform=Platform.STANDARD,
        turns=[Turn(n=1, role=Role.AGENT, text="Hello\nthere")],
        ext={"k": 1},
        extracted={"deep": [1.5]},
        customer=Customer(full="Ann"),
    )

    detail = (await crm.get(f"/v1/calls/{uid}")).json()

    assert set(detail) > LISTED
    assert (detail["_id"], detail["tenant_id"]) == (f"{world.acme}:standard:c-1", world.acme)
    assert detail["turns"][0] | {"n": 1, "role": "agent", "text": "Hello\nthere", "at_ms": None} == detail["turns"][0]
    assert detail["transcript"] == "Agent: Hello\nthere"
    assert detail["ext"] == {"standard": {"k": 1}}
    assert detail["extracted"] == {"deep": [1.5]}
    assert detail["customer"]["full"] == "Ann"
    assert detail["recording"] == {"full": None, "customer": None, "agent": None, "voicemail": None}
    assert detail["evaluations"] == detail["concerns"] == []
    assert detail["intent"] is None


async def test_a_call_is_found_by_uid_and_by_number(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()

    by_uid = await crm.get(f"/v1/calls/{uid}")
    by_number = await crm.get(f"/v1/calls/{by_uid.json()['number']}")

    assert by_uid.json() == by_number.json()
    assert by_uid.headers["etag"] == by_number.headers["etag"]


async def test_an_unchanged_call_is_304(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    tag = (await crm.get(f"/v1/calls/{uid}")).headers["etag"]

    again = await crm.get(f"/v1/calls/{uid}", headers={"If-None-Match": f'"x", {tag}'})
    await world.call(summary="new", event="e-2")
    changed = await crm.get(f"/v1/calls/{uid}", headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_configured_unit_shows_its_configured_name(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(("c-1", {"unit": Unit(id="1", name="sent")}), ("c-2", {"unit": Unit(id="9", name="sent")}))

    calls = (await crm.get("/v1/calls")).json()["calls"]

    assert {call["unit"]["id"]: call["unit"]["name"] for call in calls} == {"1": "Zenith", "9": "sent"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("direction=inbound", {1}),
        ("direction=inbound&direction=outbound", {1, 2}),
        ("direction=inbound&outcome=busy", set()),
        ("agent=a-2", {2}),
        ("tag=vip", {1}),
        ("tag=TAG_ID", {1}),
        ("from=+33612345678", {1}),
        ("from=%2B33612345678", {1}),
        ("from=+33%206%2012%2034%2056%2078", {1}),
        ("number=1000000002", {3}),
        ("number=5", set()),
        ("min_duration=10", {1, 2}),
        ("max_duration=10", {1}),
        ("min_cost=0.1325", {1}),
        ("min_cost=0.1325001", set()),
        ("max_cost=0.1325&currency=USD", {1}),
        ("max_cost=0.1325&currency=EUR", set()),
        ("started_after=2026-01-31T08:00:00.250Z", {1, 2}),
        ("started_after=2026-01-31T08:00:00.2501Z", {2}),
        ("started_before=2026-01-31T08:00:00.250Z", set()),
        ("started_before=2026-01-31T09:00:00.251+01:00", {1}),
        ("success=true", {1}),
        ("success=false", set()),
        ("platform_call_id=c-3", {3}),
        ("end_reason=nobody-says-this", set()),
        ("unit=", set()),
        ("min_duration=11&min_duration=10", {1, 2}),
        ("read=false", {1, 2, 3}),
    ],
)
async def test_ruling_1_filters_of_the_url(crm: httpx.AsyncClient, world: World, query: str, found: set[int]) -> None:
    later = START + timedelta(days=1)
    await world.calls(
        (
            "c-1",
            {
                "direction": Direction.INBOUND,
                "from_": "+33 6 12 34 56 78",
                "tags": ["vip"],
                "duration_s": 10.0,
                "cost": USD,
                "started_at": START,
                "success": True,
            },
        ),
        ("c-2", {"direction": Direction.OUTBOUND, "agent": Agent(id="a-2"), "duration_s": 11.0, "started_at": later}),
        ("c-3", {}),
    )

    listed = await names(crm, query.replace("TAG_ID", tag_id(tenant=world.acme, name="vip")))

    assert {int(name.removeprefix("c-")) for name in listed} == found


async def test_ruling_5_pages_hold_every_call_once_and_take_another_limit(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(*((f"c-{n}", {"started_at": START + timedelta(seconds=n % 3)}) for n in range(6)), ("c-6", {}))

    first = (await crm.get("/v1/calls?limit=2&include_total=true")).json()
    rest = (await crm.get("/v1/calls", params={"limit": 200, "cursor": first["next_cursor"]})).json()

    seen = [call["platform_call_id"] for call in first["calls"] + rest["calls"]]
    assert sorted(seen) == [f"c-{n}" for n in range(7)]
    assert seen[-1] == "c-6"
    assert (first["total"], rest["total"], rest["next_cursor"]) == (7, None, None)


async def test_ruling_6_fields_choose_and_uid_and_number_always_come(crm: httpx.AsyncClient, world: World) -> None:
    await world.call(outcome=Outcome.BUSY)

    (by_url,) = (await crm.get("/v1/calls?fields=outcome,intent")).json()["calls"]
    (by_body,) = (await crm.post("/v1/calls/search", json={"fields": ["outcome", "intent"]})).json()["calls"]

    assert set(by_url) == {"uid", "number", "outcome", "intent"}
    assert by_url == by_body


async def test_ruling_18_a_key_of_one_unit_sees_only_its_calls(world: World) -> None:
    await world.calls(("c-1", {"unit": Unit(id="1")}), ("c-2", {"unit": Unit(id="2")}), ("c-3", {}))

    async with world.ask("one-unit") as bound:
        listed = (await bound.get("/v1/calls?include_total=true")).json()
        found = await bound.get(f"/v1/calls/{world.uid('c-1')}")
        hidden = await bound.get(f"/v1/calls/{world.uid('c-2')}")

    assert ([call["uid"] for call in listed["calls"]], listed["total"]) == ([world.uid("c-1")], 1)
    assert (found.status_code, hidden.status_code) == (200, 404)


async def test_ruling_18_another_tenants_call_and_an_unknown_one_get_the_very_same_404(world: World) -> None:
    uid = await world.call()

    async with world.ask("other") as other:
        theirs = await other.get(f"/v1/calls/{uid}")
        unknown = await other.get("/v1/calls/no-such")

    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content
