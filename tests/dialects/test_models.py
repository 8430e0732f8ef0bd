"""Filters, orders, totals and sums of every dialect are those of the plainest Python, for any calls and question."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.call import Call
from schemas.query import CallQuery
from tests.dialects.models import omicall, robotappel, tanyi, toolzz, zenicall
from tests.dialects.models.calls import BATCHES, CALLS, UNITS, Told, store
from tests.dialects.models.shared import Page
from tests.dialects.walks import unit_uuid
from tests.dialects.world import DialectWorld

PARIS: Final = ZoneInfo("Europe/Paris")
EVERY_WAY: Final = settings(
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def stored(world: DialectWorld, told: list[Told]) -> tuple[DialectWorld, list[Call]]:
    """Return a tenant of its own with these calls, whole."""
    fresh = DialectWorld(world.database)
    await store(fresh, told)
    rows = (await fresh.stores.reader.page(fresh.acme, CallQuery(limit=200))).rows
    calls = [await fresh.stores.reader.get(fresh.acme, row.uid) for row in rows]
    return fresh, [call for call in calls if call is not None]


def pages(total: int, size: int) -> int:
    return -(-total // size)


async def asked(client: httpx.AsyncClient, path: str, body: object, **params: Any) -> Any:
    answer = await client.post(path, content=json.dumps(body), params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


@EVERY_WAY
@given(CALLS, st.lists(robotappel.QUESTIONS, min_size=4, max_size=4))
async def test_robotappels_history_is_the_models(world: DialectWorld, told: list[Told], bodies: list[Any]) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for body in bodies:
            answer = await asked(crm, "/callHistory/GetCallHistory", body)
            page, size = robotappel.paged(body)
            expected, (total, mean) = robotappel.page(calls, body), robotappel.talked(robotappel.matching(calls, body))

            assert Page([row["callSid"] for row in answer["calls"]], answer["total"]) == expected, body
            assert [row["status"] for row in answer["calls"]] == [
                robotappel.status(call) for call in robotappel.matching(calls, body)[(page - 1) * size : page * size]
            ]
            assert (answer["page"], answer["limit"]) == (page, size)
            assert answer["totalPages"] == pages(expected.total, size)
            assert Decimal(str(answer["total_call_time"])) == total
            assert abs(Decimal(str(answer["averageCallDuration"])) - mean) <= Decimal("0.005")
        whole = (await crm.get("/callHistory/averageCallDuration")).json()["averageCallDuration"]

    assert abs(Decimal(str(whole)) - robotappel.talked(robotappel.matching(calls, {}))[1]) <= Decimal("0.005")


@EVERY_WAY
@given(CALLS, st.lists(robotappel.QUESTIONS, min_size=2, max_size=2))
async def test_robotappels_files_and_batches_are_the_models(
    world: DialectWorld, told: list[Told], bodies: list[Any]
) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for body in bodies:
            filters = {name: value for name, value in body.items() if name not in {"page", "limit", "callId"}}
            url = (await asked(crm, "/callHistory/ExportCallHistory", filters, header="callSid"))["url"]
            rows = csv.reader((await crm.get(url)).text.splitlines())
            expected = [call.platform_call_id for call in robotappel.matching(calls, filters)]
            assert [cell for (cell,) in rows] == ["callSid", *expected], filters
        history = await asked(crm, "/callHistory/getBatchHistory", {"limit": 1000})

    batches = robotappel.batches(calls)
    shown = [{name: row[name] for name in batches[0]} for row in history["batches"]] if batches else []
    assert shown == batches
    assert history["total"] == len(batches)


WAYS: Final[Mapping[str, Callable[[str, list[str]], list[tuple[str, str]]]]] = {
    "repeated": lambda name, values: [(name, value) for value in values],
    "bracketed": lambda name, values: [(f"{name}[]", value) for value in values],
    "commas": lambda name, values: [(name, ",".join(values))],
    "JSON": lambda name, values: [(name, json.dumps(values))],
}


def parameters(question: Mapping[str, Any], window: tuple[int, int], way: str) -> list[Any]:
    """Return the query of *question*, its lists spelled in one *way*."""
    pairs = [("from_date", str(window[0])), ("to_date", str(window[1]))]
    for name, value in question.items():
        pairs += WAYS[way](name, value) if isinstance(value, list) else [(name, str(value))]
    return pairs


def flags(page: int, size: int, total: int) -> tuple[bool, int, bool, int]:
    """Return has_next, next_page, has_previous, previous_page."""
    more = page < pages(total, size)
    return more, page + more if total else 1, page > 1, max(1, page - 1)


@EVERY_WAY
@given(
    CALLS, st.lists(st.tuples(omicall.LISTED, omicall.WINDOWS, st.sampled_from(sorted(WAYS))), min_size=4, max_size=4)
)
async def test_omicalls_list_is_the_models(world: DialectWorld, told: list[Told], questions: list[Any]) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for question, window, way in questions:
            answer = await crm.get("/api/call_transaction/list", params=parameters(question, window, way))
            payload = answer.json()["payload"]
            page, size = question.get("page", 1), min(50, question.get("size", 50))
            expected = omicall.page(omicall.matching(calls, question, window), page, size)

            assert Page([row["transaction_id"] for row in payload["items"]], payload["total_items"]) == expected, (
                question,
                window,
            )
            assert (payload["page_number"], payload["page_size"]) == (page, size)
            assert payload["total_pages"] == pages(expected.total, size)
            names = ("has_next", "next_page", "has_previous", "previous_page")
            assert tuple(payload[name] for name in names) == flags(page, size, expected.total)


@EVERY_WAY
@given(CALLS, st.lists(st.tuples(omicall.SEARCHED, omicall.WINDOWS), min_size=4, max_size=4), st.integers(1, 3))
async def test_omicalls_search_is_the_models(
    world: DialectWorld, told: list[Told], questions: list[Any], size: int
) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for question, window in questions:
            body = {**question, "from_date": window[0], "to_date": window[1]}
            if "tags" in body:
                named = (uuid5(NAMESPACE_URL, f"{fresh.acme}:tag:{name}") for name in body["tags"])
                body["tags"] = [each.hex[:24] for each in named]
            answer = await asked(crm, "/api/call_transaction/search", body, page=1, size=size)
            payload = answer["payload"]
            expected = omicall.page(omicall.matching(calls, question, window), 1, size)

            assert Page([row["transaction_id"] for row in payload["items"]], payload["totalItems"]) == expected, body
            assert payload["totalPages"] == pages(expected.total, size)
            names = ("hasNext", "nextPage", "hasPrevious", "previousPage")
            assert tuple(payload[name] for name in names) == flags(1, size, expected.total)


@EVERY_WAY
@given(CALLS, st.lists(st.tuples(omicall.REPORTED, omicall.WINDOWS), min_size=4, max_size=4))
async def test_omicalls_report_is_the_models(world: DialectWorld, told: list[Told], questions: list[Any]) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for question, window in questions:
            answer = await crm.get("/api/call_transaction/report", params=parameters(question, window, "repeated"))
            payload = answer.json()["payload"]
            expected = omicall.report(omicall.matching(calls, question, window))

            ways = {
                each["_id"]: (each["total_count"], each["total_time"]) for each in payload["categorized_by_direction"]
            }
            assert ways.keys() == expected["categorized_by_direction"].keys()
            for way, (count, seconds) in expected["categorized_by_direction"].items():
                assert ways[way][0] == count
                assert abs(ways[way][1] - seconds) <= Decimal("0.5")
            ends = payload["categorized_by_disposition"]
            assert {each["_id"]: (each["total_outbound"], each["total_inbound"]) for each in ends} == expected[
                "categorized_by_disposition"
            ]
            assert all(each["total_count"] == each["total_outbound"] + each["total_inbound"] for each in ends)
            assert payload["categorized_by_local_direction"] == expected["categorized_by_local_direction"]


def is_known(calls: Sequence[Call], unit_id: str) -> bool:
    return unit_id in {"0", "1"} or any(call.unit and call.unit.id == unit_id for call in calls)


def toolzz_is_right(answer: Mapping[str, Any], question: Mapping[str, Any], matching: Sequence[Call]) -> None:
    page, size = toolzz.paged(question)
    rows, column = answer["items"], question.get("orderBy", {}).get("column", "createdAt")
    if column in toolzz.SHOWN:
        shown = sorted(toolzz.SHOWN[column](call) for call in matching)
        if question["orderBy"].get("direction", "").upper() != "ASC":
            shown.reverse()
        assert [row[column] for row in rows] == shown[(page - 1) * size : page * size], question
        assert {row["id"] for row in rows} <= {call.uid for call in matching}
    else:
        assert [row["id"] for row in rows] == toolzz.page(matching, question).ids, question
    assert answer["pagination"] == {
        "currentPage": page,
        "pageSize": size,
        "totalItems": len(matching),
        "totalPages": pages(len(matching), size),
        "hasNextPage": page < pages(len(matching), size),
        "hasPreviousPage": page > 1,
    }


@EVERY_WAY
@given(CALLS, st.lists(st.tuples(UNITS, toolzz.QUESTIONS), min_size=4, max_size=4))
async def test_toolzzs_search_is_the_models(world: DialectWorld, told: list[Told], questions: list[Any]) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for unit_id, question in questions:
            path = f"/api/v1/voice/call-logs/search/{unit_uuid(fresh.acme, unit_id)}"
            answer = await crm.post(path, content=json.dumps(question))
            filters = question.get("filters", {})
            if not is_known(calls, unit_id):
                assert answer.status_code == 404
            elif toolzz.impossible(filters, PARIS):
                assert answer.status_code == 400
            else:
                toolzz_is_right(answer.json(), question, toolzz.matching(calls, unit_id, filters, PARIS))


async def job_of(world: DialectWorld, batch_id: str) -> int:
    """Return the integer that stands for a batch."""
    return (await world.stores.registers.aliases(world.acme, "job", [batch_id]))[batch_id]


@EVERY_WAY
@given(CALLS, st.lists(st.tuples(BATCHES, tanyi.QUESTIONS), min_size=4, max_size=4))
async def test_tanyis_list_is_the_models(world: DialectWorld, told: list[Told], questions: list[Any]) -> None:
    fresh, calls = await stored(world, told)
    path = "/apiOpen/v1/callRecord/getCallRecordInfoList"
    async with fresh.ask() as robot:
        for job, question in questions:
            fresh.clock.pass_(1)
            body = {**question, "robotCallJobId": await job_of(fresh, job)}
            answer = await robot.post(path, content=json.dumps(body), headers=fresh.signed())
            told_back = answer.json()
            if job != "0" and not any(tanyi.in_job(call, job) for call in calls):
                assert (told_back["code"], told_back["data"]) == (404, None)
                continue
            page, size = tanyi.paged(question)
            expected = tanyi.page(tanyi.matching(calls, job, question), question)
            data = told_back["data"]

            assert Page([row["callRecordId"] for row in data["content"]], data["totalElements"]) == expected, body
            assert (data["number"], data["pageSize"]) == (page, size)
            assert data["pages"] == pages(expected.total, size)


async def clinic(world: DialectWorld, unit_id: str) -> int:
    """Return the integer that stands for a unit."""
    return (await world.stores.registers.aliases(world.acme, "unit", [unit_id]))[unit_id]


def zenicall_is_right(answer: Mapping[str, Any], order: Mapping[str, Any], matching: Sequence[Call]) -> None:
    page, size = zenicall.paged(order)
    expected = zenicall.page(matching, order)
    assert Page([row["id"] for row in answer["items"]], answer["total"]) == expected
    assert (answer["page"], answer["limit"], answer["pages"]) == (page, size, pages(expected.total, size))


@EVERY_WAY
@given(
    CALLS,
    st.lists(st.tuples(UNITS, zenicall.BY_CLINIC), min_size=4, max_size=4),
    st.sampled_from(["status", "status[]"]),
)
async def test_zenicalls_clinic_is_the_models(
    world: DialectWorld, told: list[Told], questions: list[Any], status: str
) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for unit_id, question in questions:
            params = {status if name == "status" else name: value for name, value in question.items()}
            path = f"/api/v1/call-logs/by-clinic/{await clinic(fresh, unit_id)}"
            answer = await crm.get(path, params=params)
            if not is_known(calls, unit_id):
                assert (answer.status_code, answer.json()["error_key"]) == (404, "CLINIC_NOT_FOUND")
            else:
                zenicall_is_right(answer.json(), question, zenicall.matching(calls, unit_id, question))


@EVERY_WAY
@given(CALLS, st.lists(st.tuples(UNITS, zenicall.SEARCHED, zenicall.ORDERED), min_size=4, max_size=4))
async def test_zenicalls_search_is_the_models(world: DialectWorld, told: list[Told], questions: list[Any]) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for unit_id, question, order in questions:
            body = {**question, "clinic_id": unit_uuid(fresh.acme, unit_id)}
            answer = await crm.post("/api/v1/call-logs/search", content=json.dumps(body), params=order)
            if not is_known(calls, unit_id):
                assert answer.status_code == 404
            else:
                zenicall_is_right(answer.json(), order, zenicall.matching(calls, unit_id, question))


@EVERY_WAY
@given(CALLS, st.lists(st.tuples(UNITS, zenicall.SEARCHED, zenicall.ORDERED), min_size=2, max_size=2))
async def test_zenicalls_files_are_the_models(world: DialectWorld, told: list[Told], questions: list[Any]) -> None:
    fresh, calls = await stored(world, told)
    async with fresh.ask() as crm:
        for unit_id, question, order in questions:
            if not is_known(calls, unit_id):
                continue
            wanted = {name: order[name] for name in ("order_by", "order_direction") if name in order}
            most = order.get("limit", 100)
            body = {**question, **wanted, "clinic_id": await clinic(fresh, unit_id), "fields": ["id"], "limit": most}
            answer = await asked(crm, "/api/v1/call-logs/export", {**body, "format": "json"})
            rows = (await crm.get(answer["download_url"])).json()
            expected = zenicall.page(zenicall.matching(calls, unit_id, question), {**wanted, "limit": most}).ids

            assert [row["id"] for row in rows] == expected, body
            assert answer["total_records"] == len(expected)
