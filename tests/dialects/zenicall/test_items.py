"""A call as Zenicall shows it, field by field."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from query.dialects.columns import table
from query.dialects.shelf import uuid_of
from query.dialects.zenicall.items import DETAILED
from schemas.call import Customer
from schemas.money import Cost
from schemas.words import Reason
from tests.dialects.world import DialectWorld
from tests.dialects.zenicall.client import CALLS, ENDED, listed, number
from tests.query.world import START


async def test_the_seeds_item_is_shown_field_by_field(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    jane = Customer(first="Jane", last="Doe")
    uid = await world.call("vapi-call-xyz", **ENDED, started_at=START, from_="+15551234567", direction="inbound",
                           customer=jane, reason=Reason.NEW_APPOINTMENT)  # fmt: skip

    (item,) = (await listed(crm, "by-clinic/1"))["items"]

    assert item == {
        "id": await number(crm, uid),
        "external_call_id": "vapi-call-xyz",
        "caller_first_name": "Jane",
        "caller_last_name": "Doe",
        "caller_phone_number": "+15551234567",
        "call_started_at": "2026-01-31T08:00:00Z",
        "reason_for_call": "New Appointment",
        "status": "New",
        "clinic": {"id": 1, "name": "Zenith", "created_at": "2026-01-31T08:00:00Z", "updated_at": None},
        "summary": None,
        "audio_recording_url": None,
    }


@pytest.mark.parametrize(
    ("micros", "shown"),
    [(132_500, "0.13250"), (119_005, "0.11900"), (119_015, "0.11902"), (0, "0.00000"), (-5, "0.00000")],
)
async def test_cost_has_five_decimals_half_to_even(
    crm: httpx.AsyncClient, world: DialectWorld, micros: int, shown: str
) -> None:
    uid = await world.call("c-1", **ENDED, cost=Cost(micros=micros, currency="EUR", raw="x"))

    assert (await crm.get(f"{CALLS}/{uid}")).json()["cost"].lstrip("-") == shown


async def test_long_values_are_cut_on_output_only(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED, end_reason="r" * 300, customer_number="9" * 60)

    told = (await crm.get(f"{CALLS}/{uid}")).json()
    native = (await crm.get(f"/v1/calls/{uid}")).json()

    assert (len(told["ended_reason"]), len(told["caller_phone_number"])) == (100, 30)
    assert (len(native["end_reason"]), len(native["customer_number"])) == (300, 60)


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.hear_all()
    known = await world.stores.names.units(world.acme)
    clinics = ["0", *(uuid_of(tenant=world.acme, kind="unit", id_=each) for each in known)]

    items: list[dict[str, Any]] = []
    for clinic in clinics:
        items += (await listed(crm, f"by-clinic/{clinic}?limit=100"))["items"]
    details = [(await crm.get(f"{CALLS}/{item['id']}")).json() for item in items]

    total = (await crm.get("/v1/calls?include_total=true&limit=1")).json()["total"]
    going_on = (await crm.get("/v1/calls?include_total=true&limit=1&outcome=in_progress")).json()["total"]
    assert len(items) == total - going_on
    assert all(item.items() <= detail.items() for item, detail in zip(items, details, strict=True))
    assert {type(detail["id"]) for detail in details} == {type(detail["clinic"]["id"]) for detail in details} == {int}
    for name in ("external_call_id", "caller_phone_number", "call_started_at", "status", "created_at"):
        assert {type(detail[name]) for detail in details} == {str}
    assert {type(detail["call_duration_seconds"]) for detail in details} == {float}
    assert {type(detail["full_conversation_json"]) for detail in details} == {list}
    for name in ("cost", "summary", "transcript_text", "ended_reason", "reason_for_call", "call_ended_at"):
        assert {type(detail[name]) for detail in details} <= {str, type(None)}
    assert all(detail["call_started_at"].endswith("Z") and len(detail["call_started_at"]) == 20 for detail in details)


def test_the_docs_have_the_table_of_fields() -> None:
    assert table(DETAILED) in Path("docs/dialects/zenicall.md").read_text()
