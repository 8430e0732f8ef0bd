"""No input is answered with a 5xx."""

import json

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from query.filters import FILTERS
from query.listing import OPTIONS
from schemas.query import Field, Op

_MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
_NAMES = st.sampled_from([*FILTERS, *OPTIONS]) | st.text(max_size=5)
_TEXTS = (
    st.text(max_size=20)
    | st.integers().map(str)
    | st.floats().map(str)
    | st.datetimes().map(lambda each: each.isoformat())
    | st.sampled_from(
        [
            "\0",
            "true",
            "1e999999",
            "-0",
            "9" * 5000,
            "٣",
            "1_000",
            "2026-W01-1",
            "+1 (0) 2",
            "\ud800",
            "9999-12-31T23:59:59.9999Z",
        ]
    )
)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS | st.sampled_from([*Field, *Op])
_CONDITIONS = st.fixed_dictionaries(
    {"field": st.sampled_from(list(Field)), "op": st.sampled_from(list(Op)), "value": _LEAVES | st.lists(_LEAVES)}
)
_FILTERS = st.recursive(
    _CONDITIONS,
    lambda inner: (
        st.fixed_dictionaries({"all": st.lists(inner)})
        | st.fixed_dictionaries({"not": inner})
        | st.fixed_dictionaries({"any": st.lists(inner)})
    ),
    max_leaves=12,
)
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(OPTIONS), inner), max_leaves=12
)
_BODIES = st.fixed_dictionaries({}, optional={"filter": _FILTERS | _JSON} | dict.fromkeys(OPTIONS, _JSON)) | _JSON


def _escaped(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@_MANY
@given(st.lists(st.tuples(_NAMES, _TEXTS), max_size=6))
@example([("fields", "uid,\0")])
async def test_no_url_is_answered_with_a_5xx(crm: httpx.AsyncClient, parameters: list[tuple[str, str]]) -> None:
    query = "&".join(f"{_escaped(name)}={_escaped(text)}" for name, text in parameters)

    answer = await crm.get(f"/v1/calls?{query}")

    assert answer.status_code in (200, 400)


@_MANY
@given(_BODIES)
async def test_no_body_is_answered_with_a_5xx(crm: httpx.AsyncClient, body: object) -> None:

    answer = await crm.post("/v1/calls/search", content=json.dumps(body))

    assert answer.status_code in (200, 400)
    answer.json()


@_MANY
@given(st.binary(max_size=50))
async def test_no_path_header_or_bytes_are_answered_with_a_5xx(crm: httpx.AsyncClient, raw: bytes) -> None:
    escaped = "".join(f"%{byte:02X}" for byte in raw)

    by_path = await crm.get(f"/v1/calls/{escaped}")
    by_header = await crm.get("/v1/calls", headers={b"Authorization": b"Bearer " + raw})
    by_body = await crm.post("/v1/calls/search", content=raw)

    assert {by_path.status_code, by_header.status_code, by_body.status_code} <= {200, 400, 401, 404}
