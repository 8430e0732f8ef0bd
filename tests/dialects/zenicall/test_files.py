"""Ordered and quick files, in every format."""

import csv
import json
from io import BytesIO, StringIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from query.dialects.zenicall.export_files import DEFAULTS, FIELDS
from tests.dialects.world import DialectWorld
from tests.dialects.zenicall.client import CALLS, ENDED, in_clinic, listed
from tests.query.world import START


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


async def test_a_file_keeps_the_letters_of_its_name(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [("c-1", {})])
    body = {"clinic_id": 1, "filename": "Bilan été/2026 牙", "include_timestamp": False}

    told = (await crm.post(f"{CALLS}/export", json=body)).json()
    file = await crm.get(f"{CALLS}/export/download/{told['export_id']}")

    assert told["filename"] == "Bilan été_2026 牙.csv"
    assert file.headers["content-disposition"] == (
        "attachment; filename=\"Bilan _t__2026 _.csv\"; filename*=UTF-8''Bilan%20%C3%A9t%C3%A9_2026%20%E7%89%99.csv"
    )


async def test_a_pretty_name_of_calls_without_a_clinic_is_the_tenants(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    body = {"clinic_id": 0, "pretty_filename": True, "include_timestamp": False}

    told = (await crm.post(f"{CALLS}/export", json=body)).json()

    assert told["filename"] == f"Call Logs {world.acme}.csv"


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
