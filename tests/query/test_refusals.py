"""Every refusal is problem+json with a fixed code that says what to do next."""

import json

import httpx
import pytest

from query.routes import endpoints
from tests.query.world import SIGNING_KEY, World

URLS = {
    "direktion=inbound": ("unknown_parameter", "direktion", "direction"),
    "direction=inbond": ("bad_value", "direction", "inbound"),
    "platform=VAPI": ("bad_value", "platform", "vapi"),
    "order=-startedat": ("unknown_word", "order", "-started_at"),
    "fields=uid,sumary": ("unknown_word", "fields", "summary"),
    "fields=turns": ("unknown_word", "fields", None),
    "include=mtches": ("unknown_word", "include", None),
    "limit=0": ("bad_value", "limit", None),
    "limit=201": ("bad_value", "limit", None),
    "limit=1e2": ("bad_value", "limit", None),
    "limit=5&limit=6": ("bad_value", "limit", None),
    "include_total=yes": ("bad_value", "include_total", None),
    "read=1": ("bad_value", "read", None),
    "number=12x": ("bad_value", "number", None),
    "number=99999999999999999999": ("bad_value", "number", None),
    "min_duration=NaN": ("bad_value", "min_duration", None),
    "min_cost=1e999": ("bad_value", "min_cost", None),
    "started_after=yesterday": ("bad_value", "started_after", None),
    "started_after=0001-01-01T00:00:00%2B10:00": ("bad_value", "started_after", None),
    "cursor=abc": ("bad_cursor", "cursor", None),
    "cursor=": ("bad_cursor", "cursor", None),
    "cursor=%C3%A9": ("bad_cursor", "cursor", None),
}


@pytest.mark.parametrize("query", URLS)
async def test_a_wrong_parameter_is_named_with_the_nearest(crm: httpx.AsyncClient, query: str) -> None:
    code, field, nearest = URLS[query]

    answer = await crm.get(f"/v1/calls?{query}")

    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert (problem["status"], problem["code"], problem["field"]) == (400, code, field)
    if nearest:
        assert problem["nearest"] == nearest
        assert nearest in problem["known"]


def _nested(depth: int) -> dict[str, object]:
    node: dict[str, object] = {"field": "read", "op": "eq", "value": True}
    for _ in range(depth - 1):
        node = {"not": node}
    return node


_READ = {"field": "read", "op": "eq", "value": True}
BODIES = [
    ({"filter": {"field": "red", "op": "eq", "value": True}}, "unknown_word", "filter.field"),
    ({"filter": {"field": "read", "op": "gt", "value": True}}, "unknown_word", "filter.op"),
    ({"filter": {"field": "read", "op": "eq", "value": 1}}, "bad_value", "filter.value"),
    ({"filter": {"field": "cost", "op": "gt", "value": "abc"}}, "bad_value", "filter.value"),
    ({"filter": {"field": "cost", "op": "contains", "value": "1"}}, "unknown_word", "filter.op"),
    ({"filter": {"field": "agent", "op": "in", "value": "a"}}, "bad_value", "filter.value"),
    ({"filter": {"field": "agent", "op": "eq", "value": None}}, "bad_value", "filter.value"),
    ({"filter": {"field": "agent", "op": "exists", "value": "yes"}}, "bad_value", "filter.value"),
    (
        {"filter": {"all": [_READ, {"any": [{"field": "x", "op": "eq", "value": 1}]}]}},
        "unknown_word",
        "filter.all[1].any[0].field",
    ),
    ({"filter": {"all": {}}}, "bad_value", "filter.all"),
    ({"filter": {}}, "bad_value", "filter"),
    ({"filter": []}, "bad_value", "filter"),
    ({"filter": {"all": [], "any": []}}, "bad_value", "filter"),
    ({"filter": {"every": []}}, "unknown_parameter", "filter.every"),
    ({"filter": _READ | {"boost": 2}}, "unknown_parameter", "filter.boost"),
    ({"filter": {"field": "read", "op": "eq"}}, "bad_value", "filter"),
    ({"filter": _nested(9)}, "too_complex", None),
    ({"filter": {"all": [_READ] * 201}}, "too_complex", "filter.all"),
    ({"filter": {"all": [{"all": [_READ] * 101}, {"any": [_READ] * 100}]}}, "too_complex", None),
    ({"limit": "5"}, "bad_value", "limit"),
    ({"limit": True}, "bad_value", "limit"),
    ({"include_total": "true"}, "bad_value", "include_total"),
    ({"fields": "uid"}, "bad_value", "fields"),
    ({"fields": [1]}, "bad_value", "fields"),
    ({"order": 5}, "bad_value", "order"),
    ({"cursor": 5}, "bad_value", "cursor"),
    ({"limits": 5}, "unknown_parameter", "limits"),
    ([], "bad_value", None),
    (None, "bad_value", None),
]


@pytest.mark.parametrize(("body", "code", "field"), BODIES, ids=lambda each: str(each)[:60])
async def test_a_wrong_body_is_400_and_names_the_position(
    crm: httpx.AsyncClient, body: object, code: str, field: str | None
) -> None:
    answer = await crm.post("/v1/calls/search", content=json.dumps(body))

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    if field:
        assert answer.json()["field"] == field


async def test_every_route_names_an_unknown_parameter(world: World, crm: httpx.AsyncClient) -> None:
    uid = await world.call()

    for row in endpoints(
        world.stores, exports=world.app.exports, keyring=world.keyring, clock=world.clock, signing_key=SIGNING_KEY
    ):
        if row.open:  # a signed URL: whatever is added to it breaks the signature
            continue
        path = row.path.replace("{id:path}", "b-1").replace("{event_id:path}", "e-1").replace("{channel}", "full")
        answer = await crm.request(row.method, f"{path.replace('{id}', uid)}?no_such=1")

        assert (answer.status_code, answer.json().get("code")) == (400, "unknown_parameter"), (row.method, row.path)


async def test_of_5000_words_every_one_is_looked_for_and_of_more_none(crm: httpx.AsyncClient) -> None:
    texts = [" ".join(f"w{n}" for n in range(2500)), '"' + " ".join(f"p{n}" for n in range(2500)) + '"', "-more"]
    conditions = [{"field": "text", "op": "text", "value": text} for text in texts]

    taken = await crm.post("/v1/calls/search", json={"filter": {"all": conditions[:2]}})
    refused = await crm.post("/v1/calls/search", json={"filter": {"all": conditions}})

    assert taken.status_code == 200
    assert (refused.status_code, refused.json()["code"]) == (400, "too_complex")
    assert refused.json()["field"] == "filter.all[2]"


async def test_depth_8_and_200_conditions_are_taken(crm: httpx.AsyncClient) -> None:
    deep = await crm.post("/v1/calls/search", json={"filter": _nested(8)})
    wide = await crm.post("/v1/calls/search", json={"filter": {"any": [_READ] * 200}})

    assert deep.status_code == wide.status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"limit":NaN}', b"\xff", b'"\\ud800"', b"[" * 100_000, b"\x00", b'{"limit":1e9999999999999999999}'],
)
async def test_what_is_no_json_is_400(crm: httpx.AsyncClient, body: bytes) -> None:
    answer = await crm.post("/v1/calls/search", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_json")


@pytest.mark.parametrize(
    ("media", "status"),
    [
        ("text/plain", 415),
        ("application/xml", 415),
        ("application/json; charset=utf-8", 200),
        ("application/merge-patch+json", 200),
        ("", 200),
    ],
)
async def test_a_content_type_that_is_not_json_is_415(crm: httpx.AsyncClient, media: str, status: int) -> None:
    headers = {"Content-Type": media} if media else {}

    answer = await crm.post("/v1/calls/search", content=b"{}", headers=headers)

    assert answer.status_code == status


async def test_a_body_above_the_bound_is_413(crm: httpx.AsyncClient) -> None:
    answer = await crm.post("/v1/calls/search", content=b" " * 1_000_001)

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [("/v1/calls", "POST", "GET, HEAD"), ("/v1/calls/search", "GET", "POST"), ("/v1/me", "DELETE", "GET, HEAD")],
)
async def test_another_method_is_405_with_allow(crm: httpx.AsyncClient, path: str, method: str, allowed: str) -> None:
    answer = await crm.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


async def test_an_unknown_path_is_404(crm: httpx.AsyncClient) -> None:
    for path in ("/v2/calls", "/v1/calls/", "/"):
        assert (await crm.get(path)).json()["code"] == "not_found"


async def test_keys(world: World) -> None:
    bare = httpx.AsyncClient(transport=world.transport, base_url="http://api")

    assert (await bare.get("/v1/me")).json()["code"] == "key_missing"
    assert (await bare.get("/v1/me", headers={"X-API-Key": "crm"})).status_code == 200
    assert (await bare.get("/v1/me", headers={"Authorization": "bearer crm"})).status_code == 200
    assert (await bare.get("/v1/me", headers={"Authorization": "Basic crm"})).json()["code"] == "key_missing"
    assert (await world.ask("nobody").get("/v1/me")).json()["code"] == "key_unknown"
    assert (await world.ask("expired").get("/v1/me")).json()["code"] == "key_expired"
    assert (await world.ask("writer").get("/v1/me")).status_code == 200
    refused = await world.ask("writer").get("/v1/calls")
    assert (refused.status_code, refused.json()["code"], refused.json()["scope"]) == (403, "scope_missing", "read")
    await bare.aclose()


async def test_me_tells_what_a_key_is(world: World) -> None:
    answer = (await world.ask("one-unit").get("/v1/me")).json()

    assert answer == {
        "tenant": world.acme,
        "key": "one-unit",
        "scopes": ["read", "write", "export", "erase"],
        "requests_per_minute": None,
        "units": ["1"],
    }


async def test_a_key_has_its_rate_and_every_answer_tells_what_is_left(world: World) -> None:
    five = world.ask("five")

    answers = [await five.get("/v1/me") for _ in range(3)] + [await five.get("/v1/calls?x=1"), await five.get("/v1/me")]
    refused = await five.get("/v1/me")
    world.clock.pass_(int(refused.headers["retry-after"]))
    later = await five.get("/v1/me")

    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["4", "3", "2", "1", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"5"}
    assert (refused.status_code, refused.json()["code"], refused.headers["ratelimit-remaining"]) == (
        429,
        "rate_limited",
        "0",
    )
    assert refused.headers["ratelimit-reset"] == refused.headers["retry-after"] == "60"
    assert later.status_code == 200


async def test_ruling_5_a_cursor_is_bound_to_filters_order_and_tenant(world: World) -> None:
    await world.calls(*((f"c-{n}", {}) for n in range(3)))
    crm, other = world.ask("crm"), world.ask("other")
    cursor = (await crm.get("/v1/calls?limit=1&platform=vapi&platform=retell&read=false")).json()["next_cursor"]
    asked = {"read": "false", "platform": ["retell", "vapi"], "cursor": cursor}

    same = await crm.get("/v1/calls", params=asked)
    other_filter = await crm.get("/v1/calls", params={"cursor": cursor})
    other_order = await crm.get("/v1/calls", params={**asked, "order": "cost"})
    other_tenant = await other.get("/v1/calls", params=asked)

    assert [len(same.json()["calls"]), same.json()["next_cursor"]] == [2, None]
    assert {answer.json()["code"] for answer in (other_filter, other_order, other_tenant)} == {"bad_cursor"}


async def test_ruling_5_a_changed_cursor_is_400(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(*((f"c-{n}", {}) for n in range(3)))
    cursor = (await crm.get("/v1/calls?limit=1")).json()["next_cursor"]

    for n in range(len(cursor)):
        changed = cursor[:n] + ("A" if cursor[n] != "A" else "B") + cursor[n + 1 :]
        assert (await crm.get("/v1/calls", params={"cursor": changed})).json()["code"] == "bad_cursor"
    for changed in (cursor + "=", cursor + "A", cursor[:-1], " " + cursor, cursor + "\n"):
        assert (await crm.get("/v1/calls", params={"cursor": changed})).json()["code"] == "bad_cursor"


@pytest.mark.parametrize("digits", [19, 20, 400, 5000, 100_000])
async def test_a_number_of_any_length_is_refused_or_taken(crm: httpx.AsyncClient, digits: int) -> None:
    number = "9" * digits
    bodies = [
        ("/v1/calls/search", f'{{"limit":{number}}}'),
        ("/v1/calls/search", f'{{"filter":{{"field":"cost","op":"gt","value":{number}}}}}'),
        ("/v1/calls/search", f'{{"filter":{{"field":"number","op":"eq","value":-{number}}}}}'),
        ("/v1/calls/bulk", f'{{"ids":[{number}],"patch":{{}}}}'),
        ("/v1/exports", f'{{"format":"csv","ids":[{number}]}}'),
        ("/v1/criteria", f'{{"name":"x","weight":{number}}}'),
    ]

    for path, body in bodies:
        answer = await crm.post(path, content=body)
        assert answer.status_code < 500, (path, answer.text[:200])


async def test_head_answers_without_a_body_even_where_get_never_ends(crm: httpx.AsyncClient) -> None:
    for path in ("/v1/live", "/v1/calls", "/openapi.json"):
        assert (await crm.head(path)).status_code == 200
