"""Zenicall over HTTP: lists, one call and its change, notes, files, bulk changes, every error of the contract."""

import csv
import json
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from openpyxl import load_workbook

from query.dialects.columns import table
from query.dialects.shelf import uuid_of
from query.dialects.zenicall.export_files import DEFAULTS, FIELDS
from query.dialects.zenicall.items import DETAILED
from schemas.call import Customer, Unit
from schemas.money import Cost
from schemas.words import Outcome, Platform, Reason, Stage
from tests.dialects.world import DialectWorld
from tests.query.world import START

CALLS: Final = "/api/v1/call-logs"
NOTES: Final = "/api/v1/internal-notes"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED, "unit": Unit(id="1")}


async def in_clinic(world: DialectWorld, calls: Sequence[tuple[str, dict[str, Any]]]) -> None:
    await world.calls(*((name, {**ENDED, **facts}) for name, facts in calls))


async def listed(client: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(f"{CALLS}/{path}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def found(client: httpx.AsyncClient, query: str) -> list[str]:
    page = await listed(client, f"by-clinic/1?limit=100&{query}")
    return [item["external_call_id"] for item in page["items"]]


async def searched(client: httpx.AsyncClient, query: str = "", **body: Any) -> list[str]:
    answer = await client.post(f"{CALLS}/search?{query}", json={"clinic_id": 1, **body})
    assert answer.status_code == 200, answer.text
    return [item["external_call_id"] for item in answer.json()["items"]]


async def number(client: httpx.AsyncClient, uid: str) -> int:
    return int((await client.get(f"/v1/calls/{uid}")).json()["number"])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_pages_hold_every_row_once_newest_first(crm: httpx.AsyncClient, world: DialectWorld, size: int) -> None:
    await in_clinic(world, [(f"c-{n}", {"started_at": START + timedelta(hours=n)}) for n in range(7)])

    rows: list[str] = []
    pages = -(-7 // size)
    for page in range(1, pages + 2):
        told = await listed(crm, f"by-clinic/1?page={page}&limit={size}")
        rows += [item["external_call_id"] for item in told.pop("items")]
        assert told == {"total": 7, "page": page, "limit": size, "pages": pages}

    assert rows == [f"c-{n}" for n in reversed(range(7))]


async def test_150_calls_of_20_are_8_pages(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [(f"c-{n}", {}) for n in range(150)])

    told = await listed(crm, "by-clinic/1")

    assert (len(told["items"]), told["total"], told["limit"], told["pages"]) == (20, 150, 20, 8)


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
    "query",
    [
        "status[]=New&status[]=In%20Progress",
        "status%5B%5D=New&status%5B%5D=IN_PROGRESS",
        "status=NEW&status=in_progress",
        "status=new,in%20progress",
        'status=["NEW","In Progress"]',
        "status[0]=NEW&status[1]=In+Progress",
        "status[]=New&status=In-Progress&more=1&search=",
    ],
)
async def test_statuses_come_in_every_form(crm: httpx.AsyncClient, world: DialectWorld, query: str) -> None:
    await in_clinic(world, [(name, {}) for name in ("new", "doing", "done")])
    for name, status in (("doing", "IN_PROGRESS"), ("done", "DONE")):
        await crm.patch(f"/v1/calls/{world.uid(name)}", json={"workflow": status})

    assert sorted(await found(crm, query)) == ["doing", "new"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("JEAN", ["first"]),
        ("muller", ["last"]),
        ("90000", ["phone"]),
        ("RENDEZ-vous", ["summary"]),
        ("%2B55", ["phone"]),
        (".*", []),
        ("c-external", []),
    ],
)
async def test_search_looks_into_names_phone_and_summary(
    crm: httpx.AsyncClient, world: DialectWorld, words: str, names: list[str]
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("first", {"customer": Customer(first="Jeanne")}),
        ("last", {"customer": Customer(last="Müller")}),
        ("phone", {"customer_number": "+5511900000001"}),
        ("summary", {"summary": "Un rendez-vous"}),
        ("c-external", {}),
    ]
    await in_clinic(world, calls)

    assert await found(crm, f"search={words}") == names


async def test_ids_are_taken_in_either_form_in_either_mode(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)
    clinic = uuid_of(tenant=world.acme, kind="unit", id_="1")

    async with world.ask("names") as names:
        for client, id_, clinic_id in ((crm, await number(crm, uid), 1), (names, uid, clinic)):
            for form in (await number(crm, uid), uid, uid.upper()):
                assert (await listed(client, str(form)))["id"] == id_
            for form in (1, clinic):
                (item,) = (await listed(client, f"by-clinic/{form}"))["items"]
                assert (item["id"], item["clinic"]["id"]) == (id_, clinic_id)
                assert (await listed(client, f"new?clinic_id={form}"))["total"] == 1


async def test_a_clinic_whose_id_is_no_integer_has_an_alias_that_stays(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.call("c-1", **{**ENDED, "unit": Unit(id="paris-9", name="Paris")})
    clinic = uuid_of(tenant=world.acme, kind="unit", id_="paris-9")

    (item,) = (await listed(crm, f"by-clinic/{clinic}"))["items"]

    alias = item["clinic"]["id"]
    assert (alias >= 1_000_000_000, item["clinic"]["name"]) == (True, "Paris")
    assert (await listed(crm, f"by-clinic/{alias}"))["items"] == [item]


async def test_calls_without_a_unit_belong_to_clinic_0_named_after_the_tenant(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.call("c-1", stage=Stage.ENDED, outcome=Outcome.BUSY)

    (item,) = (await listed(crm, "by-clinic/0"))["items"]

    assert item["clinic"] == {"id": 0, "name": world.acme, "created_at": None, "updated_at": None}
    assert item["caller_phone_number"] == ""


async def test_new_lists_what_nobody_looked_at(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [(f"c-{n}", {}) for n in range(12)])
    await crm.patch(f"/v1/calls/{world.uid('c-3')}", json={"workflow": "DONE"})

    told = await listed(crm, "new?clinic_id=1")

    assert (len(told["items"]), told["total"], told["limit"], told["pages"]) == (10, 11, 10, 2)


@pytest.mark.parametrize(
    ("query", "body", "names"),
    [
        ("", {}, ["b", "c", "a"]),
        ("order_by=created_at&order_direction=ASC", {}, ["a", "b", "c"]),
        ("order_by=caller_last_name&order_direction=asc", {}, ["c", "a", "b"]),
        ("", {"caller_first_name": "JEA"}, ["a"]),
        ("", {"caller_last_name": "z"}, ["b"]),
        ("", {"caller_phone_number": "777"}, ["c"]),
        ("", {"reason_for_call": "Emergency"}, ["b"]),
        ("", {"reason_for_call": ["EMERGENCY", "other"]}, ["b", "c"]),
        ("", {"start_date": "2026-02-01"}, ["b"]),
        ("", {"end_date": "2026-01-31"}, ["c", "a"]),
        ("", {"start_date": "2026-01-31", "end_date": "2026-01-31T08:30:00Z"}, ["a"]),
        ("", {"end_date": "2026-01-31T08:00:00Z"}, ["a"]),
        ("", {"start_date": "2026-01-31", "end_date": "9999-12-31"}, ["b", "c", "a"]),
        ("", {"status": []}, ["b", "c", "a"]),
        ("", {"status": ["New"], "caller_first_name": "", "start_date": None}, ["b", "c", "a"]),
        ("", {"status": "DONE"}, []),
        ("page=2&limit=2", {"page": 1, "limit": 50}, ["a"]),
    ],
    ids=str,
)
async def test_search_filters_and_orders(
    crm: httpx.AsyncClient, world: DialectWorld, query: str, body: dict[str, Any], names: list[str]
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("a", {"customer": Customer(first="Jeanne", last="Dupont"), "started_at": START}),
        ("b", {"customer": Customer(last="Zola"), "started_at": START + timedelta(days=1), "reason": Reason.EMERGENCY}),
        (
            "c",
            {
                "customer": Customer(last="Aa"),
                "started_at": START + timedelta(hours=1),
                "reason": Reason.OTHER,
                "customer_number": "+3377700",
            },
        ),
    ]
    for n, (name, facts) in enumerate(calls):
        await in_clinic(world, [(name, {"created_at": START + timedelta(minutes=n), **facts})])

    assert await searched(crm, query, **body) == names


async def test_a_change_is_the_native_edit_and_shows_everywhere(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED, summary="theirs")
    url = f"{CALLS}/{await number(crm, uid)}"
    before = (await crm.get(url)).json()

    changed = (await crm.patch(url, json={"status": "In Progress", "summary": "mine", "other": 1})).json()
    native = (await crm.get(f"/v1/calls/{uid}")).json()
    history = (await crm.get(f"/v1/calls/{uid}/history")).json()["history"]
    toolzz = (await crm.get("/api/v1/voice/call-logs/id/c-1")).json()
    robotappel = (await crm.get("/callHistory/retrieveCallInfo/c-1")).text

    assert (before["updated_at"], before["updated_by"]) == (None, None)
    assert (changed["status"], changed["summary"]) == ("In Progress", "mine")
    assert (changed["updated_at"], changed["updated_by"]["username"]) == ("2026-06-01T12:00:00Z", "crm")
    assert (native["workflow"], native["summary"], toolzz["summary"]) == ("IN_PROGRESS", "mine", "mine")
    assert '"summary":"mine"' in robotappel
    assert {entry["key"] for entry in history} == {"crm"}


async def test_an_edit_survives_a_redelivery_and_null_clears_the_summary(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    (uid,) = await world.hear("zenicall/call-log-create.json")
    url = f"{CALLS}/{uid}"

    await crm.patch(url, json={"summary": None, "status": "archived"})
    await world.hear("zenicall/call-log-create.json")

    assert (await crm.get(url)).json()["summary"] is None
    assert (await crm.get(url)).json()["status"] == "Archived"
    assert (await crm.get(f"/v1/calls/{uid}")).json()["summary"] == ""


async def test_a_native_workflow_shows_as_a_label_and_nothing_changes_by_an_empty_patch(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    uid = await world.call("c-1", **ENDED)
    await crm.patch(f"/v1/calls/{uid}", json={"workflow": "IN_PROGRESS"})
    tag = (await crm.get(f"/v1/calls/{uid}")).headers["etag"]

    for body in ({}, {"status": None}, {"unknown": 1}):
        assert (await crm.patch(f"{CALLS}/{uid}", json=body)).json()["status"] == "In Progress"

    assert (await crm.get(f"/v1/calls/{uid}")).headers["etag"] == tag


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


INVALID: Final[Sequence[tuple[str, str, Any, list[Any]]]] = (
    ("GET", f"{CALLS}/by-clinic/x", None, ["path", "clinic_id"]),
    ("GET", f"{CALLS}/by-clinic/1.5", None, ["path", "clinic_id"]),
    ("GET", f"{CALLS}/by-clinic/99999999999999999999999999", None, ["path", "clinic_id"]),
    ("GET", f"{CALLS}/by-clinic/1?page=0", None, ["query", "page"]),
    ("GET", f"{CALLS}/by-clinic/1?page=x", None, ["query", "page"]),
    ("GET", f"{CALLS}/by-clinic/1?limit=101", None, ["query", "limit"]),
    ("GET", f"{CALLS}/by-clinic/1?status[]=Finished", None, ["query", "status[]", 0]),
    ("GET", f"{CALLS}/new", None, ["query", "clinic_id"]),
    ("GET", f"{CALLS}/new?clinic_id=1&limit=51", None, ["query", "limit"]),
    ("GET", f"{CALLS}/search", None, ["path", "call_log_id"]),
    ("GET", f"{CALLS}/abc", None, ["path", "call_log_id"]),
    ("POST", f"{CALLS}/search", b"", ["body"]),
    ("POST", f"{CALLS}/search", b"{", ["body"]),
    ("POST", f"{CALLS}/search", b"[]", ["body"]),
    ("POST", f"{CALLS}/search", {}, ["body", "clinic_id"]),
    ("POST", f"{CALLS}/search", {"clinic_id": True}, ["body", "clinic_id"]),
    ("POST", f"{CALLS}/search", {"clinic_id": 1, "caller_last_name": 5}, ["body", "caller_last_name"]),
    ("POST", f"{CALLS}/search", {"clinic_id": 1, "reason_for_call": "WHY"}, ["body", "reason_for_call", 0]),
    ("POST", f"{CALLS}/search", {"clinic_id": 1, "status": [{}]}, ["body", "status", 0]),
    ("POST", f"{CALLS}/search", {"clinic_id": 1, "end_date": "soon"}, ["body", "end_date"]),
    ("POST", f"{CALLS}/search?order_by=id", {"clinic_id": 1}, ["query", "order_by"]),
    ("POST", f"{CALLS}/search?order_direction=up", {"clinic_id": 1}, ["query", "order_direction"]),
    ("PATCH", "ONE", b"", ["body"]),
    ("PATCH", "ONE", {"status": "Finished"}, ["body", "status"]),
    ("PATCH", "ONE", {"status": 1}, ["body", "status"]),
    ("PATCH", "ONE", {"summary": 5}, ["body", "summary"]),
    ("PATCH", "ONE", {"summary": "é" * 32_768}, ["body", "summary"]),
    ("POST", NOTES, {"call_log_id": 1}, ["body", "content"]),
    ("POST", NOTES, {"content": "", "call_log_id": 1}, ["body", "content"]),
    ("POST", NOTES, {"content": "x" * 10_001, "call_log_id": 1}, ["body", "content"]),
    ("POST", NOTES, {"content": 5, "call_log_id": 1}, ["body", "content"]),
    ("POST", NOTES, {"content": "x"}, ["body", "call_log_id"]),
    ("GET", f"{NOTES}/x", None, ["path", "note_id"]),
    ("GET", f"{NOTES}/my-notes?limit=0", None, ["query", "limit"]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "format": "pdf"}, ["body", "format"]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "fields": ["nope"]}, ["body", "fields", 0]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "fields": "id"}, ["body", "fields"]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "limit": 0}, ["body", "limit"]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "order_by": "id"}, ["body", "order_by"]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "date_format": "%Y" * 60}, ["body", "date_format"]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "include_headers": "no"}, ["body", "include_headers"]),
    ("POST", f"{CALLS}/export", {"clinic_id": 1, "status": ["x"]}, ["body", "status", 0]),
    ("GET", f"{CALLS}/export/quick/pdf/1", None, ["path", "kind"]),
    ("GET", f"{CALLS}/export/quick/custom-name/1", None, ["query", "filename"]),
    ("GET", f"{CALLS}/export/quick/custom-name/1?filename=a&format=pdf", None, ["query", "format"]),
    ("POST", f"{CALLS}/bulk/update", {"clinic_id": 1}, ["body", "action"]),
    ("POST", f"{CALLS}/bulk/update", {"clinic_id": 1, "action": "delete"}, ["body", "action"]),
    ("POST", f"{CALLS}/bulk/update", {"clinic_id": 1, "action": "archive"}, ["body", "call_log_ids"]),
    ("POST", f"{CALLS}/bulk/update", {"clinic_id": 1, "action": "update_status"}, ["body", "new_status"]),
    (
        "POST",
        f"{CALLS}/bulk/update",
        {"clinic_id": 1, "action": "archive", "call_log_ids": [1]},
        ["body", "confirm_operation"],
    ),
    (
        "POST",
        f"{CALLS}/bulk/update",
        {"clinic_id": 1, "action": "archive", "call_log_ids": [1, 2], "max_records": 1},
        ["body", "call_log_ids"],
    ),
    (
        "POST",
        f"{CALLS}/bulk/update",
        {"clinic_id": 1, "action": "archive", "call_log_ids": [1], "max_records": 0},
        ["body", "max_records"],
    ),
)


@pytest.mark.parametrize(("method", "path", "body", "place"), INVALID, ids=str)
async def test_what_is_wrong_is_422_with_its_place(
    crm: httpx.AsyncClient, world: DialectWorld, *, method: str, path: str, body: Any, place: list[Any]
) -> None:
    uid = await world.call("c-1", **ENDED)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()

    answer = await crm.request(method, path.replace("ONE", f"{CALLS}/{uid}"), content=content)

    (told,) = answer.json()["detail"]
    assert (answer.status_code, answer.json().keys(), told.keys()) == (422, {"detail"}, {"loc", "msg", "type"})
    assert told["loc"] == place


@pytest.mark.parametrize(
    ("key", "method", "path", "status", "error"),
    [
        ("crm", "GET", f"{CALLS}/by-clinic/2", 404, "CLINIC_NOT_FOUND"),
        ("crm", "GET", f"{CALLS}/by-clinic/-1", 404, "CLINIC_NOT_FOUND"),
        ("crm", "GET", f"{CALLS}/by-clinic/5000000000000000000", 404, "CLINIC_NOT_FOUND"),
        ("crm", "GET", f"{CALLS}/by-clinic/00000000-0000-4000-8000-000000000000", 404, "CLINIC_NOT_FOUND"),
        ("crm", "GET", f"{CALLS}/7", 404, "CALL_LOG_NOT_FOUND"),
        ("crm", "GET", f"{CALLS}/00000000-0000-4000-8000-000000000000", 404, "CALL_LOG_NOT_FOUND"),
        ("crm", "PATCH", f"{CALLS}/1999999999", 404, "CALL_LOG_NOT_FOUND"),
        ("crm", "GET", f"{NOTES}/99", 404, "NOTE_NOT_FOUND"),
        ("crm", "GET", f"{NOTES}/00000000-0000-4000-8000-000000000000", 404, "NOTE_NOT_FOUND"),
        ("crm", "GET", f"{NOTES}/call-log/7", 404, "CALL_LOG_NOT_FOUND"),
        ("crm", "GET", f"{CALLS}/export/download/none", 404, "EXPORT_NOT_FOUND"),
        ("crm", "GET", f"{CALLS}/no/such/path", 404, "NOT_FOUND"),
        ("crm", "PUT", f"{CALLS}/7", 405, "METHOD_NOT_ALLOWED"),
        ("crm", "DELETE", f"{CALLS}/by-clinic/1", 405, "METHOD_NOT_ALLOWED"),
        ("crm", "POST", f"{CALLS}/search?large", 413, "PAYLOAD_TOO_LARGE"),
        ("nobody", "GET", f"{CALLS}/7", 401, "UNAUTHORIZED"),
        ("expired", "GET", f"{CALLS}/7", 401, "UNAUTHORIZED"),
        ("writer", "GET", f"{CALLS}/7", 403, "FORBIDDEN"),
        ("reader", "PATCH", f"{CALLS}/7", 403, "FORBIDDEN"),
        ("reader", "POST", NOTES, 403, "FORBIDDEN"),
        ("reader", "POST", f"{CALLS}/export", 403, "FORBIDDEN"),
        ("switched-off", "GET", f"{CALLS}/7", 404, "NOT_FOUND"),
    ],
)
async def test_every_error_has_its_key_at_the_top(
    world: DialectWorld, *, key: str, method: str, path: str, status: int, error: str
) -> None:
    async with world.ask(key) as client:
        answer = await client.request(method, path, content=b" " * 1_000_001 if "large" in path else b"{}")

    assert (answer.status_code, answer.json()["error_key"], answer.json().keys()) == (
        status,
        error,
        {"detail", "error_key"},
    )
    assert ("www-authenticate" in answer.headers) == (status == 401)


async def test_too_many_requests_are_429(world: DialectWorld) -> None:
    async with world.ask("five") as client:
        answers = [await client.get(f"{CALLS}/7") for _ in range(6)]

    assert answers[-1].status_code == 429
    assert answers[-1].json()["error_key"] == "TOO_MANY_REQUESTS"
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_nothing_of_another_tenant_or_unit_is_seen_or_changed(world: DialectWorld) -> None:
    mine = await world.call("c-1", **ENDED)
    theirs = await world.call("c-2", **{**ENDED, "unit": Unit(id="2")})

    async with world.ask("other") as other, world.ask("one-unit") as bound, world.ask("crm") as crm:
        note = (await crm.post(f"{NOTES}/", json={"content": "x", "call_log_id": theirs})).json()["id"]
        file = (await crm.post(f"{CALLS}/export", json={"clinic_id": 2})).json()["export_id"]
        answers = [
            await other.get(f"{CALLS}/{mine}"),
            await other.patch(f"{CALLS}/{mine}", json={"status": "Done"}),
            await other.get(f"{CALLS}/by-clinic/1"),
            await other.get(f"{NOTES}/{note}"),
            await bound.get(f"{CALLS}/{theirs}"),
            await bound.patch(f"{CALLS}/{theirs}", json={"status": "Done"}),
            await bound.get(f"{CALLS}/by-clinic/2"),
            await bound.get(f"{CALLS}/by-clinic/0"),
            await bound.get(f"{NOTES}/{note}"),
            await other.get(f"{CALLS}/export/download/{file}"),
            await bound.get(f"{CALLS}/export/download/{file}"),
        ]
        inside = await bound.get(f"{CALLS}/by-clinic/1")

    assert {answer.status_code for answer in answers} == {404}
    assert inside.json()["total"] == 1


async def test_a_browser_is_let_through(crm: httpx.AsyncClient) -> None:
    headers = {
        "Origin": "https://desk.example",
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization",
    }
    asked = await crm.options(f"{CALLS}/7", headers=headers)
    answered = await crm.get(f"{CALLS}/7", headers=headers)

    assert asked.status_code in (200, 204)
    assert "authorization" in asked.headers["access-control-allow-headers"].lower()
    assert answered.headers["access-control-allow-origin"] in ("*", "https://desk.example")


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.hear_all()
    known = await world.stores.windows.units(world.acme)
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


async def test_notes_are_written_read_changed_and_removed_by_their_author(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    uid = await world.call("c-1", **ENDED)
    call_id = await number(crm, uid)
    first = (await crm.post(f"{NOTES}/", json={"content": "one", "call_log_id": call_id})).json()
    second = (await crm.post(NOTES, json={"content": "two", "call_log_id": uid})).json()
    world.clock.pass_(60)

    async with world.ask("writer") as writer:
        refused = [await writer.put(f"{NOTES}/{first['id']}", json={"content": "x"})]
        refused.append(await writer.delete(f"{NOTES}/{first['id']}"))
    changed = (await crm.put(f"{NOTES}/{first['id']}", json={"content": "three"})).json()
    of_call = (await crm.get(f"{NOTES}/call-log/{uid}?limit=1&page=2")).json()
    mine = (await crm.get(f"{NOTES}/my-notes")).json()
    removed = await crm.delete(f"{NOTES}/{second['id']}")
    gone = await crm.get(f"{NOTES}/{second['id']}")

    assert [(answer.status_code, answer.json()["error_key"]) for answer in refused] == [(403, "FORBIDDEN")] * 2
    assert changed == first | {"content": "three", "updated_at": "2026-06-01T12:01:00Z"}
    assert (changed["call_log_id"], changed["created_by"]["username"]) == (call_id, "crm")
    assert of_call == {"items": [changed], "total": 2, "page": 2, "limit": 1, "pages": 2}
    assert [note["id"] for note in mine["items"]] == [second["id"], first["id"]]
    assert (removed.status_code, gone.status_code) == (200, 404)


async def test_an_erased_call_takes_its_notes_along(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)
    note = (await crm.post(NOTES, json={"content": "one", "call_log_id": uid})).json()["id"]

    await crm.delete(f"/v1/calls/{uid}")

    assert (await crm.get(f"{NOTES}/{note}")).status_code == 404
    assert (await crm.get(f"{NOTES}/my-notes")).json()["total"] == 0


async def test_an_ordered_file_is_fetched_by_its_url_and_by_its_id(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [(f"c-{n}", {"summary": f"=x{n}", "started_at": START}) for n in range(3)])
    body = {"clinic_id": 1, "filename": "../my file", "include_timestamp": False, "order_direction": "asc"}

    told = (await crm.post(f"{CALLS}/export", json=body)).json()
    async with httpx.AsyncClient(transport=world.transport) as nobody:
        by_url = await nobody.get(told["download_url"])
        changed = await nobody.get(f"{told['download_url']}0")
    by_id = await crm.get(f"{CALLS}/export/download/{told['export_id']}")
    world.clock.pass_(86_401)
    late = await crm.get(f"{CALLS}/export/download/{told['export_id']}")

    rows = list(csv.reader(StringIO(by_url.text)))
    assert (told["filename"], told["format"], told["total_records"]) == (".._my file.csv", "csv", 3)
    assert told["file_size_bytes"] == len(by_url.content) == len(by_id.content)
    assert (told["expires_at"], told["fields_included"]) == ("2026-06-02T12:00:00Z", list(DEFAULTS))
    assert rows[0] == list(DEFAULTS)
    assert [row[0] for row in rows[1:]] == ["c-0", "c-1", "c-2"]
    assert rows[1][4:] == ["2026-01-31 08:00:00", "", "'=x0"]
    assert by_url.headers["content-disposition"] == 'attachment; filename=".._my file.csv"'
    assert (changed.status_code, changed.json()["error_key"]) == (403, "FORBIDDEN")
    assert (late.status_code, late.json()["error_key"]) == (404, "EXPORT_NOT_FOUND")


async def test_a_clinic_is_told_in_the_keys_own_form_however_it_was_named(world: DialectWorld) -> None:
    await world.hear("zenicall/call-log-create.json")
    named = "11111111-1111-1111-1111-111111111111"
    bodies: dict[str, dict[str, Any]] = {
        "export": {"clinic_id": named},
        "export/preview": {"clinic_id": named},
        "bulk/preview": {"clinic_id": named, "action": "archive", "call_log_ids": [7]},
    }

    async with world.ask("crm") as crm, world.ask("names") as names:
        alias = (await listed(crm, f"by-clinic/{named}"))["items"][0]["clinic"]["id"]
        told = [(await crm.post(f"{CALLS}/{path}", json=body)).json()["clinic_id"] for path, body in bodies.items()]
        body = {**bodies["export"], "clinic_id": alias}
        in_uuids = (await names.post(f"{CALLS}/export", json=body)).json()["clinic_id"]

    assert told == [alias] * 3
    assert in_uuids == named


async def test_a_field_alone_says_what_it_says_among_all(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.hear_all()
    clinic = "11111111-1111-1111-1111-111111111111"

    for clinic_id in (0, clinic):
        body = {"clinic_id": clinic_id, "format": "json"}
        files = {}
        for names in (list(FIELDS), *([name] for name in FIELDS)):
            order = (await crm.post(f"{CALLS}/export", json={**body, "fields": names})).json()
            files[tuple(names)] = (await crm.get(f"{CALLS}/export/download/{order['export_id']}")).json()

        whole = files.pop(FIELDS)
        assert whole
        for (name,), told in files.items():
            assert told == [{name: row[name]} for row in whole]


async def test_a_file_has_every_field_in_every_format(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.hear("zenicall/call-log-create.json")
    clinic = "11111111-1111-1111-1111-111111111111"
    bodies: dict[str, dict[str, Any]] = {
        "json": {},
        "csv": {"include_headers": False},
        "excel": {"date_format": "%d/%m/%Y"},
    }

    files = {}
    for name, more in bodies.items():
        body = {"clinic_id": clinic, "format": name, "fields": list(FIELDS), **more}
        order = (await crm.post(f"{CALLS}/export", json=body)).json()
        files[name] = (await crm.get(f"{CALLS}/export/download/{order['export_id']}")).content

    (told,) = json.loads(files["json"])
    (line,) = csv.reader(StringIO(files["csv"].decode()))
    header, row = load_workbook(BytesIO(files["excel"])).active.iter_rows(values_only=True)
    assert tuple(told) == FIELDS == header
    assert (told["cost"], told["status"], told["call_started_at"]) == ("0.13250", "New", "2026-11-18 09:30:00")
    assert line[FIELDS.index("caller_first_name")] == "Jeanne"
    assert row[FIELDS.index("call_started_at")] == "18/11/2026"


@pytest.mark.parametrize(("format_", "whole"), [("csv", b""), ("json", b"[]")])
async def test_a_file_of_nothing_is_whole(crm: httpx.AsyncClient, format_: str, whole: bytes) -> None:
    body = {"clinic_id": 1, "format": format_, "include_headers": False}

    order = (await crm.post(f"{CALLS}/export", json=body)).json()
    file = await crm.get(f"{CALLS}/export/download/{order['export_id']}")

    assert (order["total_records"], order["file_size_bytes"], file.content) == (0, len(whole), whole)


@pytest.mark.parametrize(
    ("path", "name", "beginning"),
    [
        ("csv/1", "call_logs_export_20260601_120000.csv", b"external_call_id,"),
        ("excel/1", "call_logs_export_20260601_120000.xlsx", b"PK"),
        ("simple-csv/1", "call_logs_export_20260601_120000.csv", b"external_call_id,"),
        ("custom-name/1?filename=mine&format=json", "mine_20260601_120000.json", b"[{"),
    ],
)
async def test_quick_files_come_at_once(
    crm: httpx.AsyncClient, world: DialectWorld, path: str, name: str, beginning: bytes
) -> None:
    await world.call("c-1", **ENDED)

    file = await crm.get(f"{CALLS}/export/quick/{path}")

    assert file.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert file.content.startswith(beginning)


async def test_a_bulk_change_reaches_the_named_calls_of_the_clinic(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [("c-1", {}), ("c-2", {}), ("c-3", {})])
    elsewhere = await world.call("c-4", **{**ENDED, "unit": Unit(id="2")})
    ids = [await number(crm, world.uid("c-1")), world.uid("c-2"), elsewhere, 7]
    body = {"clinic_id": 1, "action": "update_status", "new_status": "done", "call_log_ids": ids}

    preview = (await crm.post(f"{CALLS}/bulk/preview", json=body)).json()
    before = await found(crm, "status=DONE")
    update = (await crm.post(f"{CALLS}/bulk/update", json={**body, "confirm_operation": True})).json()

    assert (preview["total_records"], len(preview["sample_data"]), before) == (2, 2, [])
    assert update == {
        "clinic_id": 1,
        "action": "update_status",
        "new_status": "Done",
        "total_records": 2,
        "updated_count": 2,
    }
    assert sorted(await found(crm, "status=DONE")) == ["c-1", "c-2"]
    assert (await crm.get(f"/v1/calls/{elsewhere}")).json()["workflow"] == "NEW"


async def test_a_call_in_progress_is_in_no_list_and_read_alone(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", platform=Platform.VAPI, stage=Stage.PROGRESS, unit=Unit(id="1"))

    assert (await listed(crm, "by-clinic/1"))["total"] == 0
    assert (await crm.get(f"{CALLS}/{uid}")).status_code == 200


def test_the_docs_have_the_table_of_fields() -> None:
    assert table(DETAILED) in Path("docs/dialects/zenicall.md").read_text()
