"""Ruling 20: files of the calls as they were when they were ordered."""

import asyncio
import csv
import io
import json
from datetime import timedelta
from typing import Any

import httpx
import openpyxl
import pyarrow.parquet
import pytest

from schemas.call import Turn, Unit
from schemas.export import Part
from schemas.money import Cost
from schemas.words import Role
from tests.query.world import NOW, START, World


async def order(crm: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await crm.post("/v1/exports", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def fetch(world: World, url: str) -> httpx.Response:
    """Fetch a URL without a key."""
    async with httpx.AsyncClient(transport=world.transport) as nobody:
        return await nobody.get(url)


async def lines(world: World, crm: httpx.AsyncClient, **body: Any) -> list[dict[str, Any]]:
    told = await order(crm, format="jsonl", **body)
    return [json.loads(line) for line in (await fetch(world, told["url"])).text.splitlines()]


def everything() -> dict[str, Any]:
    return {"filter": {"all": []}}


async def test_an_export_holds_the_lists_fields_and_needs_no_key(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(*((f"c-{n}", {"started_at": START + timedelta(seconds=n)}) for n in range(450)))
    listed = (await crm.get("/v1/calls?limit=200")).json()["calls"]

    told = await order(crm, format="jsonl", **everything())
    answer = await fetch(world, told["url"])
    again = await fetch(world, told["url"])
    after = (await crm.get(f"/v1/exports/{told['id']}")).json()

    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert (len(rows), rows[:200]) == (450, listed)
    assert again.content == answer.content
    assert told["url"].startswith("http://api/v1/exports/")
    assert (told["expires_at"], after["status"], after["rows"]) == ("2026-06-02T12:00:00.000Z", "done", 450)
    assert answer.headers["content-disposition"].startswith('attachment; filename="calls-')


async def test_exactly_the_columns_asked_in_their_order(world: World, crm: httpx.AsyncClient) -> None:
    uid = await world.call(turns=[Turn(n=1, role=Role.AGENT, text="Hi")], title="T", extracted={"a": [1]})
    columns = ["title", "transcript", "uid", "extracted", "turns", "cost"]

    (row,) = await lines(world, crm, columns=columns, **everything())

    assert list(row) == columns
    assert (row["title"], row["transcript"], row["uid"], row["extracted"]) == ("T", "Agent: Hi", uid, {"a": [1]})
    assert row["turns"][0]["text"] == "Hi"
    assert row["cost"] is None


async def test_by_ids_in_their_order_unknown_ones_left_out(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(("c-1", {}), ("c-2", {}))
    number = (await crm.get(f"/v1/calls/{world.uid('c-1')}")).json()["number"]
    ids = [world.uid("c-2"), "no-such", number, world.uid("c-2")]

    rows = await lines(world, crm, columns=["platform_call_id"], ids=ids)

    assert [row["platform_call_id"] for row in rows] == ["c-2", "c-1"]


async def test_the_file_is_of_the_moment_it_was_ordered(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(*((f"c-{n}", {"summary": "old"}) for n in range(450)))

    told = await order(crm, format="jsonl", columns=["summary"], **everything())
    await crm.post("/v1/calls/bulk", json={"filter": {"all": []}, "patch": {"summary": "new"}})
    await world.call("c-late", summary="late")
    rows = [json.loads(line)["summary"] for line in (await fetch(world, told["url"])).text.splitlines()]

    assert rows == ["old"] * 450


async def test_later_erasures_win(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(("c-1", {}), ("c-2", {}))
    told = await order(crm, format="jsonl", columns=["platform_call_id"], **everything())
    assert len((await fetch(world, told["url"])).text.splitlines()) == 2

    await crm.delete(f"/v1/calls/{world.uid('c-1')}")

    assert (await fetch(world, told["url"])).text == '{"platform_call_id":"c-2"}\n'
    assert await world.database["export_rows"].count_documents({"uids": world.uid("c-1")}) == 0


async def test_rows_written_after_an_erasure_are_not_told(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(("c-1", {}), ("c-2", {}))
    told = await order(crm, format="jsonl", columns=["platform_call_id"], **everything())
    await fetch(world, told["url"])
    exports = world.stores.exports
    export = await exports.get(told["id"])
    assert export is not None
    before = await exports.part(export, 0)
    assert before is not None

    await crm.delete(f"/v1/calls/{world.uid('c-1')}")
    await exports.add(export, 1, before)
    after = await exports.part(export, 1)

    assert (len(before.uids), after) == (2, Part([world.uid("c-2")], [["c-2"]]))


CELLS = {
    "=1+1": "'=1+1",
    "+cmd": "'+cmd",
    "-cmd": "'-cmd",
    "@cmd": "'@cmd",
    "\tx": "'\tx",
    "\rx": "'\rx",
    "-5": "-5",
    "-1.5e3": "-1.5e3",
    "+33 6 12-34.56": "+33 6 12-34.56",
    "+33612345678": "+33612345678",
    'a "quoted", text\r\nof lines': 'a "quoted", text\r\nof lines',
    "Điện thoại 电话": "Điện thoại 电话",
    "": "",
}


async def test_csv_is_rfc_4180_and_no_cell_is_a_formula(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(*((f"c-{n:02}", {"title": text}) for n, text in enumerate(CELLS)))
    columns = ["platform_call_id", "title", "read", "talk_s", "agent", "tags"]

    told = await order(crm, format="csv", columns=columns, **everything())
    answer = await fetch(world, told["url"])

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
    assert answer.text.startswith("platform_call_id,title,read,talk_s,agent,tags\r\n")
    assert header == columns
    assert [row[1] for row in sorted(rows)] == list(CELLS.values())
    assert rows[0][2:] == ["false", "0.0", "", "[]"]


async def test_xlsx_has_real_numbers_and_dates_and_text_that_is_never_a_formula(
    world: World, crm: httpx.AsyncClient
) -> None:
    cost = Cost(micros=5, currency="EUR", raw="")
    await world.call(
        title="=1+1", summary="http://x.example", started_at=START, duration_s=1.5, cost=cost, success=True
    )
    columns = ["title", "summary", "started_at", "duration_s", "cost", "success", "number", "agent"]

    told = await order(crm, format="xlsx", columns=columns, **everything())
    book = openpyxl.load_workbook(io.BytesIO((await fetch(world, told["url"])).content))

    header, row = book.active.iter_rows()
    assert [cell.value for cell in header] == columns
    assert [cell.data_type for cell in row] == ["s", "s", "d", "n", "s", "b", "n", "n"]
    assert row[0].value == "=1+1"
    assert row[2].value == START.replace(tzinfo=None)
    assert (row[3].value, row[5].value, row[6].value, row[7].value) == (1.5, True, 1_000_000_000, None)
    assert json.loads(row[4].value)["total"] == "0.000005"


async def test_parquet_has_typed_columns(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(("c-1", {"started_at": START, "success": False}), ("c-2", {}))
    columns = ["platform_call_id", "started_at", "success", "talk_s", "number", "tags"]

    told = await order(crm, format="parquet", columns=columns, **everything())
    table = pyarrow.parquet.read_table(io.BytesIO((await fetch(world, told["url"])).content))

    assert table.to_pylist()[0] == {
        "platform_call_id": "c-1",
        "started_at": START,
        "success": False,
        "talk_s": 0.0,
        "number": 1_000_000_000,
        "tags": "[]",
    }


@pytest.mark.parametrize("name", ["csv", "jsonl", "xlsx", "parquet"])
async def test_an_export_of_nothing_is_a_file_too(world: World, crm: httpx.AsyncClient, name: str) -> None:
    told = await order(crm, format=name, columns=["uid"], **everything())

    answer = await fetch(world, told["url"])

    assert answer.status_code == 200
    assert (answer.text == "uid\r\n") if name == "csv" else (answer.content == b"") == (name == "jsonl")


async def test_head_does_not_say_that_the_file_is_empty(world: World, crm: httpx.AsyncClient) -> None:
    told = await order(crm, format="csv", **everything())

    answer = await crm.head(told["url"])

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert "content-length" not in answer.headers


async def test_a_changed_url_is_403_and_an_expired_one_410(world: World, crm: httpx.AsyncClient) -> None:
    told = await order(crm, format="csv", **everything())
    other = await order(crm, format="csv", **everything())
    url = told["url"]
    expires = url.partition("expires=")[2].partition("&")[0]

    changed = [
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.replace(expires, str(int(expires) + 1)),
        url.replace(told["id"], other["id"]),
        url.replace("calls.csv", "calls.xlsx"),
        url + "&x=1",
        url.replace("?", "?x=1&"),
        url.partition("&signature=")[0],
        url.partition("?")[0],
        url + "é",
    ]
    codes = [(await fetch(world, each)).status_code for each in changed]
    held = await fetch(world, url)
    world.clock.pass_(24 * 3600)
    expired = await fetch(world, url)

    assert codes == [403] * len(changed)
    assert (held.status_code, expired.status_code, expired.json()["code"]) == (200, 410, "expired")
    assert len(url.rpartition("=")[2]) >= 16


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"format": "csv"}, "bad_value"),
        ({"format": "csv", "ids": [], "filter": {"all": []}}, "bad_value"),
        ({"format": "pdf", "ids": []}, "unknown_word"),
        ({"format": 5, "ids": []}, "bad_value"),
        ({"ids": []}, "bad_value"),
        ({"format": "csv", "ids": "x"}, "bad_value"),
        ({"format": "csv", "ids": [1.5]}, "bad_value"),
        ({"format": "csv", "ids": ["x"] * 100_001}, "bad_value"),
        ({"format": "csv", "ids": [], "columns": []}, "bad_value"),
        ({"format": "csv", "ids": [], "columns": ["uuid"]}, "unknown_word"),
        ({"format": "csv", "ids": [], "columns": "uid"}, "bad_value"),
        ({"format": "csv", "filter": {"field": "x", "op": "eq", "value": 1}}, "unknown_word"),
        ({"format": "csv", "ids": [], "colums": []}, "unknown_parameter"),
        ([], "bad_value"),
    ],
    ids=lambda each: str(each)[:40],
)
async def test_a_wrong_order_is_400(crm: httpx.AsyncClient, body: Any, code: str) -> None:
    answer = await crm.post("/v1/exports", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_exports_stay_within_tenant_scope_and_units(world: World) -> None:
    await world.calls(("c-1", {"unit": Unit(id="1")}), ("c-2", {"unit": Unit(id="2")}))
    body = {"format": "jsonl", "columns": ["platform_call_id"]}
    ids = [world.uid("c-1"), world.uid("c-2")]

    async with world.ask() as crm, world.ask("other") as other, world.ask("one-unit") as bound:
        told = await order(crm, **body, **everything())
        assert (await other.get(f"/v1/exports/{told['id']}")).status_code == 404
        assert (await bound.get(f"/v1/exports/{told['id']}")).status_code == 404
        for wanted in ({"ids": ids}, everything()):
            seen = await order(bound, **body, **wanted)
            assert (await fetch(world, seen["url"])).text == '{"platform_call_id":"c-1"}\n'
            assert (await bound.get(f"/v1/exports/{seen['id']}")).status_code == 200
            nothing = await order(other, **body, **wanted)
            assert (await fetch(world, nothing["url"])).text == ""
    async with world.ask("reader") as reader:
        assert (await reader.post("/v1/exports", json=body)).status_code == 403


async def test_an_export_that_lost_its_process_is_never_taken_for_whole(world: World, crm: httpx.AsyncClient) -> None:
    told = await order(crm, format="csv", **everything())
    await fetch(world, told["url"])
    await world.database["exports"].update_one({"_id": told["id"]}, {"$set": {"status": "running"}})

    world.clock.pass_(121)

    assert (await crm.get(f"/v1/exports/{told['id']}")).json()["status"] == "failed"
    assert (await fetch(world, told["url"])).status_code == 410


async def test_a_file_streams_as_it_grows(world: World, crm: httpx.AsyncClient) -> None:
    await world.calls(("c-1", {}), ("c-2", {}))
    told = await order(crm, format="jsonl", columns=["platform_call_id"], **everything())
    await fetch(world, told["url"])
    exports = world.stores.exports
    export = await exports.get(told["id"])
    assert export is not None
    part = await exports.part(export, 0)
    assert part is not None
    await world.database["exports"].update_one({"_id": told["id"]}, {"$set": {"status": "running"}})

    fetching = asyncio.create_task(fetch(world, told["url"]))
    await asyncio.sleep(0.3)
    assert not fetching.done()
    await exports.add(export, 1, part)
    await exports.put(export)

    assert len((await asyncio.wait_for(fetching, 60)).text.splitlines()) == 4


async def test_what_is_ordered_ends_by_itself(world: World, crm: httpx.AsyncClient) -> None:
    await world.call()
    told = await order(crm, format="csv", **everything())
    await fetch(world, told["url"])

    for name in ("exports", "export_rows"):
        indexes = (await world.database[name].index_information()).values()
        assert any(index.get("expireAfterSeconds") == 0 for index in indexes)
    kept = await world.database["export_rows"].find_one({"_id": {"$gte": told["id"]}})
    assert kept is not None
    assert kept["expires_at"] == NOW + timedelta(days=1)
