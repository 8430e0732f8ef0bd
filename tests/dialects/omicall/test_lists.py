"""Lists and searches: their window, pages and filters."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.dialects.omicall.client import AT, DAY_MS, ENDED, LIST, SEARCH, WINDOW, payload, uuid, word
from tests.dialects.world import DialectWorld
from tests.query.world import START


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "from_date_is_required"),
        ("from_date=&to_date=1", "from_date_is_required"),
        (f"from_date={AT}", "to_date_is_required"),
        (f"to_date={AT}", "from_date_is_required"),
        (f"from_date=x&to_date={AT}", "date_invalid"),
        (f"from_date={AT}&to_date=nan", "date_invalid"),
        (f"from_date={AT}&to_date=inf", "date_invalid"),
        (f"from_date=-5&to_date={AT}", "date_invalid"),
        (f"from_date={AT}&to_date=9999999999999999", "date_invalid"),
        (f"from_date={AT}&to_date={AT - 1}", "date_invalid"),
        (f"from_date={AT}&to_date={AT + 30 * DAY_MS + 1}", "date_is_too_long"),
        (f"from_date={AT}&to_date={AT}&page=0", "data_invalid"),
        (f"from_date={AT}&to_date={AT}&page=-1", "data_invalid"),
        (f"from_date={AT}&to_date={AT}&page=x", "data_invalid"),
        (f"from_date={AT}&to_date={AT}&page=1.5", "data_invalid"),
        (f"from_date={AT}&to_date={AT}&page=1e99", "data_invalid"),
        (f"from_date={AT}&to_date={AT}&size=0", "data_invalid"),
        (f"from_date={AT}&to_date={AT}&size=[]", "data_invalid"),
    ],
)
async def test_a_list_needs_a_window_of_30_days_and_a_page(omi: httpx.AsyncClient, query: str, expected: str) -> None:
    assert word(await omi.get(f"{LIST}?{query}")) == (200, -9999, expected)


async def test_exactly_30_days_and_seconds_for_milliseconds_are_answered(
    omi: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.call(uuid(1), **ENDED, created_at=START)

    exact = {"from_date": AT - 30 * DAY_MS, "to_date": AT}
    seconds = {"from_date": AT // 1000, "to_date": AT // 1000 + 3600}

    for window in (exact, seconds, {name: f"{value}.0" for name, value in exact.items()}):
        assert payload(await omi.get(LIST, params=window))["total_items"] == 1
    outside = {"from_date": AT + 1, "to_date": AT + DAY_MS}
    assert payload(await omi.get(LIST, params=outside))["total_items"] == 0


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 50, 500])
async def test_pages_hold_every_row_once_and_their_arithmetic_is_exact(
    omi: httpx.AsyncClient, world: DialectWorld, size: int
) -> None:
    await world.calls(*((uuid(n), {**ENDED, "created_at": START + timedelta(minutes=n // 2)}) for n in range(10)))
    applied = min(size, 50)
    pages = -(-10 // applied)

    rows: list[dict[str, Any]] = []
    for page in range(1, pages + 2):
        told = payload(await omi.get(LIST, params={**WINDOW, "page": page, "size": size}))
        body = {**WINDOW, "user_uuids": []}
        camel = payload(await omi.post(SEARCH, params={"page": page, "size": size}, json=body))
        items = told.pop("items")
        rows += items
        expected = {
            "page_number": page,
            "page_size": applied,
            "total_items": 10,
            "total_pages": pages,
            "has_next": page < pages,
            "next_page": page + 1 if page < pages else page,
            "has_previous": page > 1,
            "previous_page": max(1, page - 1),
        }
        assert told == expected
        assert [item["transaction_id"] for item in camel.pop("items")] == [item["transaction_id"] for item in items]
        assert list(camel.values()) == list(expected.values())
        assert list(camel) == [
            *("pageNumber", "pageSize", "totalItems", "totalPages"),
            *("hasNext", "nextPage", "hasPrevious", "previousPage"),
        ]

    assert sorted(item["transaction_id"] for item in rows) == [uuid(n) for n in range(10)]
    assert [item["created_date"] for item in rows] == sorted((item["created_date"] for item in rows), reverse=True)


async def test_nothing_is_no_page_and_the_defaults_are_the_vendors(omi: httpx.AsyncClient) -> None:
    told = payload(await omi.get(LIST, params=WINDOW))
    camel = payload(await omi.post(SEARCH, json={**WINDOW, "user_uuids": []}))

    assert told == {
        "items": [],
        "page_number": 1,
        "page_size": 50,
        "total_items": 0,
        "total_pages": 0,
        "has_next": False,
        "next_page": 1,
        "has_previous": False,
        "previous_page": 1,
    }
    assert camel["pageSize"] == 20


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", {1, 2, 3, 4}),
        ("agents=binh@acme.vn", {1}),
        ("agents=u-1", {1}),
        ("user_uuids=u-1&user_uuids=u-2", {1, 4}),
        ("user_uuids[]=u-1&user_uuids[]=u-2", {1, 4}),
        ("user_uuids=u-1,u-2", {1, 4}),
        ('user_uuids=["u-1","u-2"]', {1, 4}),
        ("user_uuids=[]", {1, 2, 3, 4}),
        ("agents=nobody", set()),
        ("agents=u-1&user_uuids=u-2", set()),
        ("is_auto_call=true", {1}),
        ("is_auto_call=FALSE", {2, 3, 4}),
        ("is_auto_call=NULL", {1, 2, 3, 4}),
        ("is_auto_call=1", {1}),
        ("is_auto_call=0", {2, 3, 4}),
        ("is_auto_call=perhaps", set()),
        ("ref_codes=u-1", {1}),
        ("sip_user=101", {1}),
        ("disposition=answered", {1, 4}),
        ("disposition=cancelled", {2, 3}),
        ("disposition=cancelled&direction=inbound&page=1&size=50", {2}),
        ("disposition=Answered", set()),
        ("direction=outbound,local", {1, 3}),
        ("direction=sideways", set()),
        ("direction=sideways&direction=local", {3}),
        ("sip_numbers=842800000001", {1}),
        ("sip_numbers=842800000002", {2}),
        ("sip_numbers=%2B842800000001", {1}),
        ("queue_destination=900", {1}),
        ("source_number=0900000002", {2}),
        ("destination_number=0900000001", {1}),
        ("keyword=0900", {1, 2}),
        ("keyword=900 000 001", {1}),
        ("keyword=PHAM VAN", {1}),
        ("keyword=đức", {1}),
        ("keyword=goi lai", {2}),
        ("keyword=000000000003", {3}),
        ("keyword=.*", set()),
        ("keyword=-", {1, 2, 3, 4}),
        ("keyword=", {1, 2, 3, 4}),
        ("unknown=1", {1, 2, 3, 4}),
    ],
)
async def test_filters(omi: httpx.AsyncClient, varied: DialectWorld, query: str, wanted: set[int]) -> None:
    named = {1: uuid(1), 2: uuid(2), 3: uuid(3), 4: varied.uid("no-uuid")}

    told = payload(await omi.get(f"{LIST}?from_date={WINDOW['from_date']}&to_date={WINDOW['to_date']}&{query}"))

    assert {item["transaction_id"] for item in told["items"]} == {named[n] for n in wanted}
    assert told["total_items"] == len(wanted)


async def test_a_search_takes_lists_and_scalars_and_tags_by_id(omi: httpx.AsyncClient, varied: DialectWorld) -> None:
    (call,) = (await omi.get("/v1/calls?tag=vip", headers={"Authorization": "Bearer crm"})).json()["calls"]
    vip = next(tag["id"] for tag in call["tags"] if tag["name"] == "vip")

    async def found(**body: Any) -> set[str]:
        asked = {"user_uuids": [], **WINDOW, **body}
        told = payload(await omi.post(SEARCH, json=asked, headers={"Content-Type": "text/plain"}))
        return {item["transaction_id"] for item in told["items"]}

    every = {uuid(1), uuid(2), uuid(3), varied.uid("no-uuid")}
    assert await found() == every
    assert await found(user_uuids=["u-1"]) == await found(user_uuids="u-1") == {uuid(1)}
    assert await found(direction=["inbound", "local"]) == {uuid(2), uuid(3)}
    assert await found(direction="inbound") == {uuid(2)}
    assert await found(direction="inbound,local") == await found(direction='["inbound","local"]') == {uuid(2), uuid(3)}
    assert await found(disposition=["answered"], numbers=["842800000001"]) == {uuid(1)}
    assert await found(tags=[vip]) == {uuid(1)}
    assert await found(tags=["vip"]) == set()
    assert await found(tags=None, extra={"a": 1}) == every
    assert await found(from_date=str(WINDOW["from_date"])) == every
    first = payload(await omi.post(SEARCH, json={"user_uuids": [], **WINDOW, "page": 2, "size": 3}))
    assert (first["pageNumber"], first["pageSize"], len(first["items"])) == (2, 3, 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "request_body_required"),
        (b"{}", "data_is_required"),
        (b"{", "data_invalid"),
        (b"[1]", "data_invalid"),
        (b"\xff", "data_invalid"),
        (b'{"from_date": 1, "to_date": 2}', "data_is_required"),
        (b'{"user_uuids": null, "from_date": 1, "to_date": 2}', "data_is_required"),
        (b'{"user_uuids": []}', "from_date_is_required"),
        (b'{"user_uuids": [], "from_date": 1}', "to_date_is_required"),
        (b'{"user_uuids": [], "from_date": "x", "to_date": 2}', "date_invalid"),
        (b'{"user_uuids": [], "from_date": [], "to_date": 2}', "date_invalid"),
        (b'{"user_uuids": [], "from_date": true, "to_date": 2}', "date_invalid"),
        (b'{"user_uuids": [], "from_date": 1e400, "to_date": 2}', "data_invalid"),
        (b'{"user_uuids": [], "from_date": 1, "to_date": 1790000000000}', "date_is_too_long"),
        (b'{"user_uuids": [{}], "from_date": 1, "to_date": 2}', "data_invalid"),
        (b'{"user_uuids": [], "from_date": 1, "to_date": 2, "page": 0}', "data_invalid"),
        (b'{"user_uuids": [], "from_date": 1, "to_date": 2, "size": true}', "data_invalid"),
    ],
)
async def test_a_wrong_search_is_told_by_the_vendors_word(
    omi: httpx.AsyncClient, content: bytes, expected: str
) -> None:
    assert word(await omi.post(SEARCH, content=content)) == (200, -9999, expected)
