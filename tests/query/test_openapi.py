"""The OpenAPI document tells what the service does, no more and no less."""

import json
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from query.filters import FILTERS
from query.openapi.operations import OPERATIONS
from query.openapi.problems import problems
from query.routes import endpoints
from schemas.call import Agent, Batch, Customer, Group, Intent, Turn, Unit
from schemas.money import Amount, Cost
from schemas.words import CostPart, Direction, Outcome, Role
from tests.query.world import SIGNING_KEY, START, World

FACTS: dict[str, Any] = {
    "from_": "+33612345678",
    "direction": Direction.INBOUND,
    "outcome": Outcome.ANSWERED,
    "started_at": START,
    "duration_s": 5.0,
    "customer": Customer(full="Ann", group=Group(id="g"), props={"a": 1}),
    "unit": Unit(id="1"),
    "agent": Agent(id="a"),
    "batch": Batch(id="b"),
    "intent": Intent(level="A"),
    "cost": Cost(micros=5, currency="EUR", raw="", parts={CostPart.LLM: Amount(5, "")}),
    "tags": ["x"],
    "turns": [Turn(n=1, role=Role.AGENT, text="Hi", offset_s=0.5)],
    "extracted": [1],
    "ext": {"k": None},
}


@pytest.fixture
async def document(crm: httpx.AsyncClient) -> dict[str, Any]:
    return dict((await crm.get("/openapi.json")).json())


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": document["components"]})


async def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


async def test_every_operation_tells_what_proves_its_caller(crm: httpx.AsyncClient, document: dict[str, Any]) -> None:
    proofs: dict[str, list[dict[str, list[str]]]] = {
        "robotappel": [{"bearer": []}],
        "omicall": [{"bearer": []}, {"key": []}],
        "toolzz": [{"bearer": []}],
        "tanyi": [{"appKey": [], "signature": []}],
        "zenicall": [{"bearer": []}],
    }
    for name, proof in proofs.items():
        own = (await crm.get(f"/dialects/{name}/openapi.json")).json()
        for each in (document, own):
            told = [
                operation["security"]
                for path in each["paths"].values()
                for operation in path.values()
                if operation["tags"] == [name]
            ]
            assert proof in told
            assert all(one in (proof, []) for one in told)  # nobody proves anything where the proof is given
            assert {scheme for one in proof for scheme in one} <= each["components"]["securitySchemes"].keys()


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(world: World) -> None:
    table = endpoints(
        world.stores, exports=world.app.exports, keyring=world.keyring, clock=world.clock, signing_key=SIGNING_KEY
    )

    assert {(row.method, row.path.replace(":path}", "}")) for row in table} == set(OPERATIONS)


async def test_every_filter_and_problem_is_in_the_document(document: dict[str, Any]) -> None:
    for path in ("/v1/calls", "/v1/live"):
        assert set(FILTERS) <= {each["name"] for each in document["paths"][path]["get"]["parameters"]}
    assert set(document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == set(problems())


async def test_answers_are_as_the_document_says(crm: httpx.AsyncClient, world: World, document: dict[str, Any]) -> None:
    uid = await world.call(**FACTS)
    await world.call("bare")
    await world.keep("c-1", b"{}")
    await crm.patch(f"/v1/calls/{uid}", json={"note": "x"})
    one = (await crm.post("/v1/criteria", json={"name": "x"})).json()["id"]
    made = (await crm.post("/v1/exports", json={"format": "csv", "ids": [uid]})).json()
    values = [{"criteria_id": one, "point": 5}]
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/v1/calls/{id}/evaluations", {"values": values}),
        ("GET", "/v1/calls", None),
        ("POST", "/v1/calls/search", {"include": ["matches"], "fields": ["intent"], "include_total": True}),
        ("POST", "/v1/calls/bulk", {"ids": [uid, "x"], "patch": {}}),
        ("GET", "/v1/calls/{id}", None),
        ("PATCH", "/v1/calls/{id}", {"title": "t"}),
        ("GET", "/v1/calls/{id}/transcript", None),
        ("GET", "/v1/calls/{id}/events", None),
        ("GET", "/v1/calls/{id}/history", None),
        ("GET", "/v1/criteria", None),
        ("POST", "/v1/criteria", {"name": "y"}),
        ("PATCH", "/v1/criteria/{id}", {"weight": 2}),
        ("POST", "/v1/analytics", {"interval": "day"}),
        ("GET", "/v1/batches", None),
        ("GET", "/v1/batches/{id}", None),
        ("GET", "/v1/exports/{id}", None),
        ("GET", "/v1/me", None),
        ("POST", "/v1/erasures", {"number": "+33612345678"}),
    ]

    for method, path, body in asked:
        ids = {"/v1/criteria": one, "/v1/batches": "b", "/v1/exports": made["id"]}
        name = next((each for prefix, each in ids.items() if path.startswith(prefix)), uid)
        answer = await crm.request(method, path.replace("{id}", name), json=body)
        told = document["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        schema = told["content"]["application/json"]["schema"]
        problems_ = list(validator(document, schema).iter_errors(answer.json()))
        assert not problems_, (method, path, problems_[:3])


async def test_refusals_are_problems_of_the_document(crm: httpx.AsyncClient, document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["Problem"]

    for answer in (
        await crm.get("/v1/calls?x=1"),
        await crm.get("/v1/calls/none"),
        await crm.post("/v1/criteria", json={}),
        await crm.delete("/v1/me"),
        await crm.post("/v1/calls/search", content=b"{"),
    ):
        assert not list(validator(document, schema).iter_errors(answer.json()))


@pytest.mark.parametrize(
    "body",
    [
        {"filter": {"field": "cost", "op": "gt", "value": "0.5"}},
        {"filter": {"field": "agent", "op": "in", "value": ["a"]}},
        {"filter": {"all": [{"not": {"field": "read", "op": "exists", "value": True}}]}, "limit": 5},
        {"filter": {"field": "text", "op": "text", "value": "x"}, "include": ["matches"]},
        {"filter": {"field": "read", "op": "gt", "value": True}},
        {"filter": {"field": "agent", "op": "in", "value": "a"}},
        {"filter": {"field": "x", "op": "eq", "value": 1}},
        {"filter": {"field": "number", "op": "eq", "value": 1000000000.0}},
        {"filter": {"field": "talk_s", "op": "gt", "value": 1e-79}},
        {"filter": {"field": "talk_s", "op": "gt", "value": 1e30}},
        {"limit": 50.0},
        {"limit": 50.5},
        {"limit": 0},
        {"fields": ["turns"]},
        {"order": "x"},
    ],
    ids=json.dumps,
)
async def test_the_document_takes_what_the_service_takes(
    crm: httpx.AsyncClient, document: dict[str, Any], body: Any
) -> None:
    taken = (await crm.post("/v1/calls/search", json=body)).status_code == 200
    schema = document["components"]["schemas"]["Search"]

    assert (not list(validator(document, schema).iter_errors(body))) is taken


async def test_document_and_page_need_no_key_and_load_nothing(world: World) -> None:
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as nobody:
        document, page = await nobody.get("/openapi.json"), await nobody.get("/docs")
        again = await nobody.get("/docs", headers={"If-None-Match": page.headers["etag"]})

    assert (document.status_code, page.status_code, again.status_code) == (200, 200, 304)
    assert page.headers["content-type"].startswith("text/html")
    assert "src=" not in page.text
    for row in OPERATIONS.values():
        assert f'id="{row.id}"' in page.text
