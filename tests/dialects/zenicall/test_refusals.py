"""Every error of the contract, and what nobody else sees."""

import json
from collections.abc import Sequence
from typing import Any, Final

import httpx
import pytest

from schemas.call import Unit
from tests.dialects.world import DialectWorld
from tests.dialects.zenicall.client import CALLS, ENDED, NOTES

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
        ("crm", "GET", f"{CALLS}/by-clinic/9999999999999999999", 404, "CLINIC_NOT_FOUND"),
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
