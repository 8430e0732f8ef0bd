"""Lists and details over HTTP."""

from datetime import timedelta

import httpx
import pytest

from schemas.call import Agent, Customer, Tag, Turn, Unit
from schemas.money import Amount, Cost
from schemas.words import CostPart, Direction, Outcome, Platform, Role
from tests.query.conftest import Ask, make_call
from tests.query.model import START, Shelf

LISTED = [
    "uid",
    "number",
    "platform",
    "platform_call_id",
    "direction",
    "channel",
    "from",
    "to",
    "customer_number",
    "started_at",
    "answered_at",
    "ended_at",
    "duration_s",
    "talk_s",
    "outcome",
    "end_reason",
    "agent",
    "batch",
    "unit",
    "cost",
    "summary",
    "success",
    "workflow",
    "read",
    "tags",
    "has_recording",
    "has_transcript",
    "created_at",
    "updated_at",
]


async def test_a_call_in_a_list_carries_the_fixed_names_with_nulls(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    shelf.calls.append(make_call())

    (call,) = (await crm.get("/v1/calls")).json()["calls"]

    assert sorted(call) == sorted(LISTED)
    assert call["cost"] is call["agent"] is call["started_at"] is call["success"] is None
    assert call["tags"] == []
    assert (call["workflow"], call["read"], call["talk_s"]) == ("NEW", False, 0.0)
    assert call["created_at"] == "2026-01-31T08:00:00.250Z"


async def test_money_is_decimal_strings_and_times_are_utc_milliseconds(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    cost = Cost(micros=132_500, currency="USD", raw="0.1325", parts={CostPart.STT: Amount(1, "0.000001")})
    shelf.calls.append(make_call(cost=cost, started_at=START))

    (call,) = (await crm.get("/v1/calls")).json()["calls"]

    assert call["cost"] == {"total": "0.132500", "currency": "USD", "parts": {"stt": "0.000001"}}
    assert call["started_at"] == "2026-01-31T08:00:00.250Z"


async def test_a_detail_adds_the_rest(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    call = make_call(
        platform=Platform.STANDARD,
        turns=[Turn(n=1, role=Role.AGENT, text="Hello")],
        transcript="Hello",
        ext={"standard": {"k": 1}},
        extracted={"deep": [1.5]},
        customer=Customer(full="Ann"),
        updated_by="crm",
    )
    shelf.calls.append(call)

    detail = (await crm.get(f"/v1/calls/{call.uid}")).json()

    assert set(LISTED) < set(detail)
    assert detail["_id"] == "acme:standard:c-1"
    assert detail["tenant_id"] == "acme"
    assert detail["turns"][0] | {"n": 1, "role": "agent", "text": "Hello", "at_ms": None} == detail["turns"][0]
    assert detail["ext"] == {"standard": {"k": 1}}
    assert detail["extracted"] == {"deep": [1.5]}
    assert detail["customer"]["full"] == "Ann"
    assert detail["recording"] == {"full": None, "customer": None, "agent": None, "voicemail": None}
    assert detail["evaluations"] == detail["concerns"] == []
    assert detail["intent"] is None


async def test_a_call_is_found_by_uid_and_by_number(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    call = make_call("c-7")
    shelf.calls.append(call)

    by_uid = await crm.get(f"/v1/calls/{call.uid}")
    by_number = await crm.get(f"/v1/calls/{call.number}")

    assert by_uid.json() == by_number.json()
    assert by_uid.headers["etag"] == by_number.headers["etag"]


async def test_an_unchanged_call_is_304(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    call = make_call()
    shelf.calls.append(call)
    tag = (await crm.get(f"/v1/calls/{call.uid}")).headers["etag"]

    again = await crm.get(f"/v1/calls/{call.uid}", headers={"If-None-Match": f'"x", {tag}'})
    shelf.calls[0] = make_call(summary="new")
    changed = await crm.get(f"/v1/calls/{call.uid}", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert changed.status_code == 200
    assert changed.headers["etag"] != tag


async def test_a_configured_unit_shows_its_configured_name(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    shelf.calls += [make_call("c-1", unit=Unit(id="1", name="sent")), make_call("c-2", unit=Unit(id="9", name="sent"))]

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
        ("tag=t1", {1}),
        ("from=+33612345678", {1}),
        ("from=%2B33612345678", {1}),
        ("from=06%2012%2034%2056%2078", {1}),
        ("number=1000000003", {3}),
        ("min_duration=10", {1, 2}),
        ("max_duration=10", {1}),
        ("min_cost=0.1325", {1}),
        ("min_cost=0.1325001", set()),
        ("max_cost=0.1325&currency=USD", {1}),
        ("started_after=2026-01-31T08:00:00.250Z", {1, 2}),
        ("started_after=2026-01-31T08:00:00.2501Z", {2}),
        ("started_before=2026-01-31T08:00:00.250Z", set()),
        ("started_before=2026-01-31T09:00:00.251+01:00", {1}),
        ("success=true", {1}),
        ("success=false", set()),
        ("platform_call_id=c-3", {3}),
        ("end_reason=nobody-says-this", set()),
    ],
)
async def test_a_filter_of_the_url_finds_what_it_says(
    crm: httpx.AsyncClient, shelf: Shelf, query: str, found: set[int]
) -> None:
    shelf.calls += [
        make_call(
            "c-1",
            direction=Direction.INBOUND,
            from_="06 12 34 56 78",
            from_e164="+33612345678",
            tags=[Tag("t1", "vip")],
            duration_s=10.0,
            cost=Cost(micros=132_500, currency="USD", raw="0.1325"),
            started_at=START,
            success=True,
        ),
        make_call(
            "c-2",
            direction=Direction.OUTBOUND,
            agent=Agent(id="a-2"),
            duration_s=11.0,
            started_at=START + timedelta(days=1),
        ),
        make_call("c-3"),
    ]

    calls = (await crm.get(f"/v1/calls?{query}")).json()["calls"]

    assert {call["number"] - 1_000_000_000 for call in calls} == found


async def test_pages_hold_every_call_once_and_take_another_limit(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    shelf.calls += [make_call(f"c-{n}", started_at=START + timedelta(seconds=n % 3)) for n in range(7)]

    first = (await crm.get("/v1/calls?limit=2&include_total=true")).json()
    rest = (await crm.get("/v1/calls", params={"limit": 200, "cursor": first["next_cursor"]})).json()

    seen = [call["platform_call_id"] for call in first["calls"] + rest["calls"]]
    assert sorted(seen) == [f"c-{n}" for n in range(7)]
    assert (first["total"], rest["total"], rest["next_cursor"]) == (7, None, None)


async def test_fields_choose_and_uid_and_number_always_come(crm: httpx.AsyncClient, shelf: Shelf) -> None:
    shelf.calls.append(make_call(outcome=Outcome.BUSY))

    (by_url,) = (await crm.get("/v1/calls?fields=outcome,intent")).json()["calls"]
    (by_body,) = (await crm.post("/v1/calls/search", json={"fields": ["outcome", "intent"]})).json()["calls"]

    assert set(by_url) == {"uid", "number", "outcome", "intent"}
    assert by_url == by_body


async def test_a_key_of_one_unit_sees_only_its_calls(ask: Ask, shelf: Shelf) -> None:
    mine, theirs = make_call("c-1", unit=Unit(id="1")), make_call("c-2", unit=Unit(id="2"))
    shelf.calls += [mine, theirs, make_call("c-3")]

    listed = (await ask("one-unit").get("/v1/calls?include_total=true")).json()
    found = await ask("one-unit").get(f"/v1/calls/{mine.uid}")
    hidden = await ask("one-unit").get(f"/v1/calls/{theirs.uid}")

    assert ([call["uid"] for call in listed["calls"]], listed["total"]) == ([mine.uid], 1)
    assert (found.status_code, hidden.status_code) == (200, 404)


async def test_another_tenants_call_and_an_unknown_one_get_the_very_same_404(ask: Ask, shelf: Shelf) -> None:
    call = make_call()
    shelf.calls.append(call)

    theirs = await ask("other").get(f"/v1/calls/{call.uid}")
    unknown = await ask("other").get("/v1/calls/no-such")

    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content
