"""OMICall over HTTP: its token, lists, searches, reports, tags, notes, scores, receivers, and every error."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
import pytest

from query.dialects.columns import table
from query.dialects.omicall import tokens
from query.dialects.omicall.items import ITEM, SEARCHED
from query.dialects.omicall.parties import unsigned
from runtime.config import DialectSettings
from schemas.call import Agent, Batch, Customer
from schemas.words import AgentKind, Direction, Outcome, Platform, Stage
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, SIGNING_KEY, START
from tests.webhooks import FIXTURES

LIST: Final = "/api/call_transaction/list"
SEARCH: Final = "/api/call_transaction/search"
DETAIL: Final = "/api/call_transaction/detail"
CHANGE: Final = "/api/call_transaction/change"
REPORT: Final = "/api/call_transaction/report"
EVALUATE: Final = "/api/call_transaction/add_evaluation"
CRITERIA: Final = "/api/evaluation_criteria/call/list"
HOOKS: Final = "/api/webhooks"
DAY_MS: Final = 86_400_000
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED}
ENVELOPE: Final = {"status_code", "instance_id", "instance_name", "instance_version", "payload", "key_enabled"}
OWN: Final = "7b1d5f0e-0000-4000-8000-000000000001"


def ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


AT: Final = ms(START)
WINDOW: Final = {"from_date": AT - DAY_MS, "to_date": AT + 29 * DAY_MS}


@pytest.fixture
async def omi(world: DialectWorld) -> AsyncIterator[httpx.AsyncClient]:
    """A client of acme that got its token as OMICall's clients do."""
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        answer = await client.get("/api/auth?apiKey=crm")
        client.headers["Authorization"] = f"Bearer {answer.json()['payload']['access_token']}"
        yield client


def payload(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["status_code"] == 9999, told
    assert told.keys() == ENVELOPE
    return told["payload"]


def word(answer: httpx.Response) -> tuple[int, int, str]:
    """Return how an answer failed, after looking at its shape."""
    told = answer.json()
    assert told.keys() == ENVELOPE | {"message"}
    assert told["payload"].keys() == {"status", "error", "message"}
    assert (told["payload"]["status"], told["payload"]["error"]) == ("fail", told["message"])
    assert told["key_enabled"] is False
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, told["status_code"], told["message"]


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    found = payload(await client.get(LIST, params={**WINDOW, **query}))
    assert found["total_items"] == len(found["items"])
    return [item["transaction_id"] for item in found["items"]]


def uuid(n: int) -> str:
    return f"00000000-0000-4000-8000-{n:012d}"


@pytest.mark.parametrize("name", ["cdr-answered", "cdr-missed-2021", "item-of-a-list", "item-of-a-search"])
async def test_its_own_record_comes_back_as_it_was_sent(omi: httpx.AsyncClient, world: DialectWorld, name: str) -> None:
    path = FIXTURES / "omicall" / f"{name}.json"
    sent = json.loads(path.read_bytes())
    await world.hear(path)
    window = {"from_date": sent["created_date"], "to_date": sent["created_date"]}

    (item,) = payload(await omi.get(LIST, params=window))["items"]
    (wide,) = payload(await omi.post(SEARCH, json={"user_uuids": [], **window}))["items"]
    alone = payload(await omi.get(f"{DETAIL}/{sent['transaction_id']}"))

    assert item == alone
    for shown in (item, wide):
        assert shown == laid_over(shown, sent)
    if name == "item-of-a-list":
        assert sent.keys() <= item.keys()
    if name == "item-of-a-search":
        assert sent.keys() <= wide.keys()


def laid_over(shown: Any, sent: Any) -> Any:
    """Return what is *shown* with all that was *sent* of it in its place; a note of null is an empty one."""
    if isinstance(shown, dict) and isinstance(sent, dict):
        both = {name: value for name, value in sent.items() if name in shown and (name, value) != ("note", None)}
        return {**shown, **{name: laid_over(shown[name], value) for name, value in both.items()}}
    if isinstance(shown, list) and isinstance(sent, list) and len(shown) == len(sent):
        return [laid_over(*pair) for pair in zip(shown, sent, strict=True)]
    return sent


async def test_a_token_opens_every_way_of_asking(world: DialectWorld) -> None:
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        auths = [
            await client.get("/api/auth?apiKey=crm"),
            await client.get("/api/auth?apikey=crm", headers={"Authorization": "Bearer "}),
            await client.get("/api/auth?APIKEY=crm", headers={"Authorization": "Bearer stale"}),
            await client.request("GET", "/api/auth?apiKey=crm", content=b"{}"),
            await client.get("http://api//api//auth/?apiKey=crm"),
            await client.get("/dialects/omicall/api/auth?apiKey=crm"),
        ]
        given = payload(auths[0])
        token = given["access_token"]
        answers = [
            await client.get(LIST, params=WINDOW, headers=headers)
            for headers in (
                {"Authorization": f"Bearer {token}"},
                {"authorization": f"bearer {token}"},
                {"Authorization": "Bearer crm"},
                {"x-api-key": "crm"},
                {"x-api-key": token},
                {"x-api-key": "crm", "Authorization": "Bearer crm"},
                {"x-api-key": "crm", "Authorization": "Bearer stale"},
            )
        ]

    assert [payload(answer)["access_type"] for answer in auths] == ["normal"] * 6
    assert given.keys() == {"access_token", "access_type", "token_type"}
    assert given["token_type"] == "Bearer"
    assert [payload(answer)["total_items"] for answer in answers] == [0] * 7


async def test_a_token_lives_a_day_across_restarts_and_ends_with_its_key(world: DialectWorld) -> None:
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        token = payload(await client.get("/api/auth?apiKey=crm"))["access_token"]
        asked: dict[str, Any] = {"params": WINDOW, "headers": {"Authorization": f"Bearer {token}"}}
        again = DialectWorld(world.database)  # a second process over the same configuration
        again.config, again.clock = world.config, world.clock
        again.app.state.restarted = True
        world.clock.pass_(24 * 3600 - 1)
        last = await client.get(LIST, **asked)
        world.clock.pass_(1)
        late = await client.get(LIST, **asked)
        world.clock.pass_(-3600)
        keys = world.config.keys
        world.config = msgspec.structs.replace(world.config, keys=tuple(key for key in keys if key.id != "crm"))
        removed = await client.get(LIST, **asked)
        renewed = msgspec.structs.replace(keys[0], token_sha256="0" * 64)
        world.config = msgspec.structs.replace(world.config, keys=(renewed, *keys[1:]))
        replaced = await client.get(LIST, **asked)

    assert payload(last)["total_items"] == 0
    assert word(late) == (401, 401, "token_expired")
    assert word(removed) == word(replaced) == (401, 401, "auth_invalid")


def test_a_changed_token_says_nothing(world: DialectWorld) -> None:
    key = world.key("crm")
    text = tokens.token(key, now=NOW, signing_key=SIGNING_KEY)

    known = tokens.access(text, signing_key=SIGNING_KEY)

    assert known is not None
    assert known.opens(key)
    assert not known.opens(world.key("other", tenant=world.other))
    assert tokens.access(text, signing_key=b"x" * 32) is None
    for n in range(len(text)):
        changed = text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :]
        assert tokens.access(changed, signing_key=SIGNING_KEY) is None
    for other in ("", ".", tokens.PREFIX, text[:-1], f"{text}0", "omi1.é.\udcff"):
        assert tokens.access(other, signing_key=SIGNING_KEY) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/auth", (200, -9999, "api_key_is_required")),
        ("/api/auth?apiKey=", (200, -9999, "api_key_is_required")),
        ("/api/auth?key=crm", (200, -9999, "api_key_is_required")),
        ("/api/auth?apiKey=nobody", (401, 401, "api_key_invalid")),
        ("/api/auth?apiKey=expired", (401, 401, "token_expired")),
        ("/api/auth?apiKey=switched-off", (404, -9999, "resource_not_found")),
    ],
)
async def test_a_key_that_opens_nothing_is_refused(
    world: DialectWorld, path: str, expected: tuple[int, int, str]
) -> None:
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        assert word(await client.get(path)) == expected


@pytest.mark.parametrize(
    ("key", "method", "path", "expected"),
    [
        ("", "GET", LIST, (401, 401, "auth_invalid")),
        ("nobody", "GET", LIST, (401, 401, "auth_invalid")),
        ("omi1.x.y", "GET", LIST, (401, 401, "auth_invalid")),
        ("expired", "GET", LIST, (401, 401, "token_expired")),
        ("writer", "GET", LIST, (200, -9999, "permission_denied")),
        ("writer", "GET", f"{DETAIL}/x", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{CHANGE}/x", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{EVALUATE}/x", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{HOOKS}/register", (200, -9999, "permission_denied")),
        ("reader", "POST", f"{HOOKS}/destroy", (200, -9999, "permission_denied")),
        ("switched-off", "GET", LIST, (404, -9999, "resource_not_found")),
        ("crm", "GET", f"{DETAIL}/none", (200, -9999, "resource_not_found")),
        ("crm", "GET", f"{DETAIL}/{uuid(9)}", (200, -9999, "resource_not_found")),
        ("other", "GET", f"{DETAIL}/{uuid(1)}", (200, -9999, "resource_not_found")),
        ("one-unit", "GET", f"{DETAIL}/{uuid(1)}", (200, -9999, "resource_not_found")),
        ("crm", "GET", "/api/call_transaction", (404, -9999, "resource_not_found")),
        ("crm", "GET", "/api/call_transaction/none", (404, -9999, "resource_not_found")),
        ("crm", "GET", "/api/webhooks", (404, -9999, "resource_not_found")),
        ("crm", "GET", "/api/v3/call-transaction/none", (404, -9999, "resource_not_found")),
        ("crm", "POST", LIST, (405, -9999, "method_not_allowed")),
        ("crm", "GET", SEARCH, (405, -9999, "method_not_allowed")),
        ("crm", "POST", "/api/auth", (405, -9999, "method_not_allowed")),
        ("crm", "POST", f"{SEARCH}?size=large", (413, -9999, "payload_too_large")),
    ],
)
async def test_every_refusal_has_the_envelope(
    world: DialectWorld, key: str, method: str, path: str, expected: tuple[int, int, str]
) -> None:
    await world.call(uuid(1), **ENDED)
    content = b" " * 1_000_001 if "large" in path else None
    headers = {"Authorization": f"Bearer {key}" if key else "Bearer "}

    async with world.ask() as client:
        answer = await client.request(method, path, content=content, headers=headers)

    assert word(answer) == expected


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


@pytest.fixture
async def varied(world: DialectWorld) -> DialectWorld:
    """Five calls that differ in everything one can ask for."""
    human = Agent(id="u-1", name="Lê Thị Bình", kind=AgentKind.HUMAN, email="binh@acme.vn")
    await world.calls(
        (
            uuid(1),
            {
                **ENDED,
                "direction": Direction.OUTBOUND,
                "from_": "842800000001",
                "to": "0900 000 001",
                "agent": human,
                "extension": "101",
                "queue": "900",
                "tags": ["vip", "goilaisau"],
                "is_auto_call": True,
                "customer": Customer(full="Phạm Văn Đức"),
            },
        ),
        (
            uuid(2),
            {
                **ENDED,
                "outcome": Outcome.BUSY,
                "direction": Direction.INBOUND,
                "from_": "0900000002",
                "to": "+842800000002",
                "is_auto_call": False,
                "note": "Gọi lại sau",
            },
        ),
        (uuid(3), {**ENDED, "outcome": Outcome.VOICEMAIL, "direction": Direction.LOCAL, "from_": "101", "to": "102"}),
        ("no-uuid", {**ENDED, "agent": Agent(id="u-2"), "batch": Batch(id="b-1")}),
        ("going-on", {"stage": Stage.PROGRESS, "direction": Direction.INBOUND}),
    )
    return world


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


_INT, _STR, _BOOL, _LIST, _FLOAT = (frozenset({each}) for each in (int, str, bool, list, float))
_OBJECT: Final[frozenset[type]] = frozenset({dict, type(None)})
TYPES: Final[dict[str, frozenset[type]]] = {
    **dict.fromkeys(
        (
            *("bill_sec", "record_seconds", "time_start_to_answer", "duration", "created_date", "last_updated_date"),
            *("bill_sec_forward_out", "answer_sec", "time_start_call", "time_end_call"),
        ),
        _INT,
    ),
    **dict.fromkeys(
        (
            *("transaction_id", "direction", "source_number", "destination_number", "disposition", "sip_user"),
            *("provider", "note", "recording_file_voicemail", "hotline", "phone_number", "sip_number"),
            *("hangup_cause", "tenant_id", "ivr", "queue_destination"),
        ),
        _STR,
    ),
    **dict.fromkeys(("is_voicemail", "is_have_forward_out", "is_auto_call"), _BOOL),
    **dict.fromkeys(("tag", "user"), _LIST),
    **dict.fromkeys(("create_by", "internal_destination", "customer", "total_evaluate"), _OBJECT),
    "evaluations": frozenset({list, type(None)}),
    "recording_file": frozenset({str, type(None)}),
    "call_out_price": frozenset({int, float}),
}
WIDER: Final[dict[str, frozenset[type]]] = {
    **TYPES,
    **dict.fromkeys(("_id", "dial_status", "domain_fusion", "domain", "pbx_type", "sip_from_user", "nation"), _STR),
    **dict.fromkeys(
        (
            *("ms_time_start_to_answer", "time_start_media", "wait_sec", "hold_call_sec", "playback_seconds"),
            "hangup_cause_q850",
        ),
        _INT,
    ),
    **dict.fromkeys(
        (
            *("is_stop_ivr", "is_deleted", "is_callbot", "is_ai", "is_trunk", "suspicious_checked"),
            *("is_missed_call", "is_analyzed"),
        ),
        _BOOL,
    ),
    "rtp_audio_in_mos": _FLOAT,
}


async def walked(client: httpx.AsyncClient, days: set[int]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the items of lists and of searches over *days*, page after page, as clients loop."""
    items: list[dict[str, Any]] = []
    wide: list[dict[str, Any]] = []
    for day in sorted(days):
        window = {"from_date": day * DAY_MS, "to_date": (day + 1) * DAY_MS - 1}
        page, more = 0, True
        while more:
            page += 1
            found = payload(await client.get(LIST, params={**window, "page": page}))
            searched = await client.post(f"{SEARCH}?page={page}&size=50", json={**window, "user_uuids": []})
            items, wide = items + found["items"], wide + payload(searched)["items"]
            more = found["has_next"]
    return items, wide


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    omi: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.hear_all()
    listing = (await omi.get("/v1/calls?limit=200", headers={"Authorization": "Bearer crm"})).json()
    calls = listing["calls"]
    assert listing["next_cursor"] is None
    days = {int(datetime.fromisoformat(call["created_at"]).timestamp() // 86_400) for call in calls}

    items, wide = await walked(omi, days)

    assert len(items) == len(wide) == len([call for call in calls if call["outcome"] != "in_progress"])
    for known, rows in ((TYPES, items), (WIDER, wide)):
        for row in rows:
            assert row.keys() == known.keys()
            wrong = {name: row[name] for name, types in known.items() if type(row[name]) not in types}
            assert not wrong, row["transaction_id"]
            assert row["direction"] in {"inbound", "outbound", "local", ""}
            assert row["disposition"] in {"answered", "cancelled"}
            assert row["user"][0]["full_name"] is not None
            assert row["phone_number"] or not row["direction"]
            assert len(str(row["created_date"])) == 13
            assert row["time_start_to_answer"] > 10**9
    assert {len(bytes.fromhex(row["tenant_id"])) for row in items} == {12}
    for row in items:
        alone = payload(await omi.get(f"{DETAIL}/{row['transaction_id']}"))
        assert alone["transaction_id"] == row["transaction_id"]


async def test_a_report_counts_what_the_lists_show(omi: httpx.AsyncClient, varied: DialectWorld) -> None:
    await varied.calls(
        *(
            (uuid(n), {**ENDED, "direction": Direction.INBOUND, "talk_s": 10.4, "extension": "7", "to": "842800000009"})
            for n in range(10, 13)
        )
    )

    told = payload(await omi.get(REPORT, params=WINDOW))
    of_line = payload(await omi.get(REPORT, params={**WINDOW, "numbers": "842800000009,1", "sip_user": "7"}))
    of_agent = payload(await omi.get(REPORT, params={**WINDOW, "agents[]": "binh@acme.vn"}))

    assert told == {
        "categorized_by_direction": [
            {"_id": "inbound", "total_count": 4, "total_time": 31},
            {"_id": "outbound", "total_count": 1, "total_time": 0},
        ],
        "categorized_by_disposition": [
            {"_id": "cancelled", "total_count": 1, "total_outbound": 0, "total_inbound": 1},
            {"_id": "answered", "total_count": 4, "total_outbound": 1, "total_inbound": 3},
        ],
        "categorized_by_local_direction": {"total_call": 1, "total_call_answer": None},
    }
    assert of_line["categorized_by_direction"][0] == {"_id": "inbound", "total_count": 3, "total_time": 31}
    assert of_agent["categorized_by_direction"][1]["total_count"] == 1
    for direction in ("inbound", "outbound"):
        (group,) = [each for each in told["categorized_by_direction"] if each["_id"] == direction]
        assert group["total_count"] == len(await listed(omi, direction=direction))


async def test_a_report_has_its_own_window(omi: httpx.AsyncClient) -> None:
    year = {"from_date": AT - 366 * DAY_MS, "to_date": AT}

    empty = payload(await omi.get(REPORT, params=year))

    assert [group["total_count"] for group in empty["categorized_by_direction"]] == [0, 0]
    assert empty["categorized_by_local_direction"] == {"total_call": 0, "total_call_answer": None}
    assert word(await omi.get(REPORT, params={**year, "to_date": AT + 1}))[2] == "date_is_too_long"
    assert word(await omi.get(REPORT))[2] == "from_date_is_required"


async def test_a_note_and_tags_are_the_native_ones_and_no_webhook_undoes_them(
    omi: httpx.AsyncClient, world: DialectWorld
) -> None:
    (uid,) = await world.hear("omicall/cdr-answered.json")
    before = payload(await omi.get(f"{DETAIL}/{OWN}"))
    world.clock.pass_(400 * 86_400)  # the recorded call lies ahead of the tests' clock
    native = {"Authorization": "Bearer crm"}
    omi.headers["Authorization"] = "Bearer crm"

    noted = payload(await omi.post(f"{CHANGE}/{OWN}", json={"note": "Ghi chu", "else": 1}))
    tagged = payload(await omi.post(f"{CHANGE}/{uid}", json={"tag": ["hailong", "vip"]}))
    await world.hear("omicall/cdr-answered.json")
    stored = (await omi.get(f"/v1/calls/{uid}", headers=native)).json()
    cleared = payload(await omi.post(f"{CHANGE}/{OWN}", json={"tag": [], "note": ""}))
    await omi.patch(f"/v1/calls/{uid}", json={"note": "Native", "tags": ["a"]}, headers=native)
    after = payload(await omi.get(f"{DETAIL}/{OWN}"))

    assert before.keys() == noted.keys()
    assert (noted["note"], noted["user"][0]["note"], noted["tag"]) == ("Ghi chu", "Ghi chu", [])
    assert (tagged["note"], tagged["tag"]) == ("Ghi chu", ["hailong", "vip"])
    assert tagged["user"][0]["tag"] == [{"name": "hailong"}, {"name": "vip"}]
    assert noted["last_updated_date"] > before["last_updated_date"]
    assert (stored["note"], [tag["name"] for tag in stored["tags"]]) == ("Ghi chu", ["hailong", "vip"])
    assert (cleared["note"], cleared["tag"], cleared["user"][0]["tag"]) == ("", [], [])
    assert (after["note"], after["tag"]) == ("Native", ["a"])
    shown = (await omi.get(f"/callHistory/retrieveCallInfo/{OWN}", headers=native)).json()
    assert shown["notes"] == "Native"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "request_body_required"),
        (b"{}", "request_body_required"),
        (b'{"x": 1}', "request_body_required"),
        (b"{", "data_invalid"),
        (b'"x"', "data_invalid"),
        (b'{"tag": "x"}', "data_invalid"),
        (b'{"tag": [1]}', "data_invalid"),
        (b'{"tag": [" "]}', "data_invalid"),
        (b'{"tag": null}', "data_invalid"),
        (b'{"note": 5}', "data_invalid"),
        (b'{"note": null}', "data_invalid"),
        (b'{"note": "fine", "tag": {}}', "data_invalid"),
    ],
)
async def test_a_wrong_change_changes_nothing(
    omi: httpx.AsyncClient, world: DialectWorld, content: bytes, expected: str
) -> None:
    await world.call(uuid(1), **ENDED)

    assert word(await omi.post(f"{CHANGE}/{uuid(1)}", content=content)) == (200, -9999, expected)
    assert payload(await omi.get(f"{DETAIL}/{uuid(1)}"))["note"] == ""
    assert word(await omi.post(f"{CHANGE}/none", json={"note": "x"}))[2] == "resource_not_found"


async def test_scores_are_the_native_ones_each_users_once(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call(uuid(1), **ENDED)
    native = {"Authorization": "Bearer crm"}
    for name, weight in (("Tone", 1), ("Result", 3)):
        world.clock.pass_(1)
        await omi.post("/v1/criteria", json={"name": name, "weight": weight}, headers=native)
    known = payload(await omi.get(CRITERIA))
    assert payload(await omi.get("/api/v3/call-transaction/evaluation-criteria/list")) == known
    values = [{"criteria_id": each["_id"], "name": "x", "point": n} for n, each in enumerate(known, 2)]

    async def evaluate(user: str, comment: str) -> Any:
        body = {"user_uuid": user, "evaluation": {"comment": comment, "values": values}}
        return payload(await omi.post(f"{EVALUATE}/{uuid(1)}", json=body))

    await evaluate("u-1", "first")
    once = await evaluate("u-1", "again")
    twin = {"transactionId": uid, "agentId": "u-2", "evaluation": {"values": values[:1]}}
    twice = payload(await omi.post("/api/v3/call-transaction/add-evaluation", json=twin))

    assert [(each["name"], each["max_point"], each["_id"] == each["criteria_id"]) for each in known] == [
        ("Tone", 10, True),
        ("Result", 10, True),
    ]
    assert once["total_evaluate"] == {"average": 2.75, "total": 1}
    (shown,) = once["evaluations"]
    assert shown["values"] == [
        {"criteria_id": each["_id"], "name": each["name"], "point": n} for n, each in enumerate(known, 2)
    ]
    assert (shown["user_uuid"], shown["comment"], shown["average"], shown["created_date"]) == (
        "u-1",
        "again",
        2.75,
        ms(NOW) + 2000,
    )
    assert twice["total_evaluate"] == {"average": 2.375, "total": 2}
    stored = (await omi.get(f"/v1/calls/{uid}", headers=native)).json()["evaluations"]
    assert [(each["user"], each["comment"]) for each in stored] == [("u-1", "again"), ("u-2", None)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "data_is_required"),
        ({"user_uuid": "u"}, "data_is_required"),
        ({"evaluation": {"values": []}}, "data_is_required"),
        ({"user_uuid": "", "evaluation": {}}, "data_is_required"),
        ({"user_uuid": "u", "evaluation": {}}, "data_is_required"),
        ({"user_uuid": "u", "evaluation": {"values": []}}, "data_is_required"),
        ({"user_uuid": "u", "evaluation": []}, "data_invalid"),
        ({"user_uuid": {}, "evaluation": {"values": [1]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": "x"}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [1]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "0" * 24, "point": 1}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": 11}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": -1}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": "5"}]}}, "data_invalid"),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": True}]}}, "data_invalid"),
        (
            {"user_uuid": "u", "evaluation": {"comment": 5, "values": [{"criteria_id": "C", "point": 1}]}},
            "data_invalid",
        ),
        ({"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "C", "point": 1}] * 2}}, "data_invalid"),
    ],
    ids=str,
)
async def test_a_wrong_evaluation_is_none(
    omi: httpx.AsyncClient, world: DialectWorld, body: dict[str, Any], expected: str
) -> None:
    await world.call(uuid(1), **ENDED)
    made = await omi.post("/v1/criteria", json={"name": "Tone"}, headers={"Authorization": "Bearer crm"})
    content = json.dumps(body).replace('"C"', json.dumps(made.json()["id"]))

    assert word(await omi.post(f"{EVALUATE}/{uuid(1)}", content=content)) == (200, -9999, expected)
    assert payload(await omi.get(f"{DETAIL}/{uuid(1)}"))["evaluations"] is None


async def test_an_evaluation_of_an_unknown_call_is_told_so(omi: httpx.AsyncClient) -> None:
    body = {"user_uuid": "u", "evaluation": {"values": [{"criteria_id": "x", "point": 1}]}}

    assert word(await omi.post(f"{EVALUATE}/none", json=body))[2] == "resource_not_found"
    assert word(await omi.post("/api/v3/call-transaction/add-evaluation", json=body))[2] == "data_is_required"


async def test_receivers_are_kept_one_a_type(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    async def register(**hook: Any) -> Any:
        return await omi.post(f"{HOOKS}/register", json={"webhook": hook})

    await register(type="call", url="https://a.example/1", events=["ringing"])
    both = payload(await register(type="contact", url="https://a.example/2", events=None))
    replaced = payload(await register(type="call", url="https://a.example/3"))

    assert both == [
        {"url": "https://a.example/1", "type": "call", "status": "actived"},
        {"url": "https://a.example/2", "type": "contact", "status": "actived"},
    ]
    assert payload(await omi.get(f"{HOOKS}/list")) == replaced
    assert replaced[0]["url"] == "https://a.example/3"
    payload(await omi.post(f"{HOOKS}/destroy?hook_type=call"))
    assert [hook["type"] for hook in payload(await omi.get(f"{HOOKS}/list"))] == ["contact"]
    async with world.ask("other") as other:
        assert payload(await other.get(f"{HOOKS}/list")) == []


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("register", {}, "data_is_required"),
        ("register", {"webhook": []}, "data_is_required"),
        ("register", {"webhook": {"type": "call"}}, "data_is_required"),
        ("register", {"webhook": {"type": "sms", "url": "https://a.example"}}, "data_invalid"),
        ("register", {"webhook": {"type": ["call"], "url": "https://a.example"}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": "ftp://a.example"}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": 5}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": "https://a.example", "events": ["x"]}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": "https://a.example", "events": {}}}, "data_invalid"),
        ("destroy", {}, "data_is_required"),
        ("destroy?hook_type=sms", {}, "data_invalid"),
    ],
    ids=str,
)
async def test_a_wrong_receiver_is_refused(
    omi: httpx.AsyncClient, path: str, body: dict[str, Any], expected: str
) -> None:
    assert word(await omi.post(f"{HOOKS}/{path}", json=body)) == (200, -9999, expected)


async def test_one_question_every_half_hour_where_the_key_is_bound_so(world: DialectWorld) -> None:
    slow = world.key("slow", dialect=DialectSettings(omicall_limit_30_minutes=True))
    world.config = msgspec.structs.replace(world.config, keys=(*world.config.keys, slow))

    async with world.ask("slow") as client:
        first = await client.get(LIST, params=WINDOW)
        again = await client.get(LIST, params={**WINDOW, "page": "1"})
        further = await client.get(LIST, params={**WINDOW, "page": 2})
        other = await client.get(LIST, params={**WINDOW, "direction": "inbound"})
        world.clock.pass_(30 * 60)
        later = await client.get(LIST, params=WINDOW)

    assert word(again) == (200, -9999, "limit_request_30_minute")
    assert [payload(answer)["total_items"] for answer in (first, further, other, later)] == [0] * 4


async def test_too_many_requests_are_429(world: DialectWorld) -> None:
    async with world.ask("five") as client:
        answers = [await client.get(f"{HOOKS}/list") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert word(answers[-1]) == (429, -9999, "rate_limit_exceeded")
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_browsers_may_ask_from_anywhere(world: DialectWorld) -> None:
    headers = {
        "Origin": "https://crm.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization,x-api-key",
    }
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        flight = await client.options(LIST, headers=headers)
        answer = await client.get(LIST, headers={"Origin": "https://crm.example"})

    assert flight.status_code in {200, 204}
    assert flight.headers["access-control-allow-origin"] == "*"
    allowed = flight.headers["access-control-allow-headers"].lower()
    assert ("authorization" in allowed, "x-api-key" in allowed) == (True, True)
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_call_of_a_bot_is_shown_as_clients_expect(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call(
        "c-1",
        platform=Platform.RETELL,
        stage=Stage.ENDED,
        outcome=Outcome.NO_ANSWER,
        direction=Direction.INBOUND,
        created_at=START,
    )

    (item,) = payload(await omi.get(LIST, params=WINDOW))["items"]

    assert item | {"tenant_id": ""} == {
        "transaction_id": world.uid("c-1", platform=Platform.RETELL),
        "direction": "inbound",
        "source_number": "",
        "destination_number": "",
        "disposition": "cancelled",
        "bill_sec": 0,
        "record_seconds": 0,
        "time_start_to_answer": AT // 1000,
        "recording_file": None,
        "sip_user": "",
        "duration": 0,
        "provider": "",
        "note": "",
        "tag": [],
        "call_out_price": 0,
        "created_date": AT,
        "last_updated_date": ms(NOW),
        "is_voicemail": False,
        "recording_file_voicemail": "",
        "user": [{"full_name": "", "full_name_unsigned": "", "email": "", "note": "", "tag": []}],
        "create_by": None,
        "internal_destination": None,
        "evaluations": None,
        "total_evaluate": None,
        "customer": None,
        "is_have_forward_out": False,
        "bill_sec_forward_out": 0,
        "hotline": "",
        "phone_number": "anonymous",
        "sip_number": "",
        "answer_sec": 0,
        "time_start_call": AT // 1000,
        "time_end_call": AT // 1000,
        "hangup_cause": "",
        "tenant_id": "",
        "ivr": "none",
        "is_auto_call": False,
        "queue_destination": "",
    }


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Trần Văn Tiến", "Tran Van Tien"), ("Đỗ đức", "Do duc"), ("", ""), ("TestBoss 123", "TestBoss 123")],
)
def test_a_name_without_diacritics_keeps_its_letter_case(name: str, plain: str) -> None:
    assert unsigned(name) == plain


def test_the_docs_have_the_tables_of_fields() -> None:
    told = Path("docs/dialects/omicall.md").read_text()

    assert table(ITEM) in told
    assert table([column for column in SEARCHED if column.name not in {each.name for each in ITEM}]) in told
