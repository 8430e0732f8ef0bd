"""Whatever comes, every route of every dialect answers in its own shape, never with a fault of ours."""

import json
from collections.abc import Mapping
from typing import Any, Final

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query.dialects import DIALECTS
from query.dialects.dialect import Route
from query.dialects.moments import epoch_ms
from schemas.call import Batch, Unit
from schemas.words import Outcome, Platform, Stage
from tests.dialects.world import DialectWorld
from tests.query.world import START

ODD: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 1.5, 2**31, 2**63, 2**70, 1e300, "", " ", "\0", "\ud800", "(", "$where", "é" * 3000),
    *("x", "1", "2026-02-30", "9999-12-31", "0001-01-01T00:00:00+23:59", [], [None], {}, {"$gt": ""}),
)
NAMES: Final = (
    *("filters", "pagination", "orderBy", "search", "startDate", "endDate", "date", "nDays", "page", "pageSize"),
    *("clinic_id", "status", "summary", "caller_last_name", "reason_for_call", "start_date", "end_date", "content"),
    *("call_log_id", "call_log_ids", "action", "fields", "limit", "filename", "date_format", "format", "max_records"),
    *("robotCallJobId", "searchWords", "resultStatuses", "callRecordId", "chatDurationMin", "pageNum", "dialogFlowId"),
    *("customerConcern", "redialTimes", "lastCallRecord", "customerGroupId", "calledPhoneNumber"),
    *("callId", "callIds", "notes", "batchId", "from", "to", "headers", "transaction_id", "tag", "note", "keyword"),
)
ODD_VALUES: Final = st.sampled_from(ODD)
OBJECTS: Final = st.dictionaries(st.sampled_from(NAMES), ODD_VALUES | st.sampled_from([1, 50, ["1"]]), max_size=5)
BODIES: Final = OBJECTS | OBJECTS.map(lambda members: members | {"clinic_id": 1})
PARTS: Final = st.sampled_from(
    ["1", "c-1", "x", "%00", "%ED%A0%80", "..", "%2F", "-1", "9" * 40, "$ne", "%F0%9F%98%80"]
)
HUGE: Final = 10**400
"""JSON knows no bound, floats do."""
ROUTES: Final = [(name, route) for name, dialect in DIALECTS.items() for route in dialect.routes]


def headers(world: DialectWorld, name: str) -> Mapping[str, str]:
    return world.signed() if name == "tanyi" else {"Authorization": "Bearer crm"}


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=lambda each: getattr(each, "path", each))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
async def test_nothing_that_comes_is_a_fault_of_ours(
    world: DialectWorld, name: str, route: Route, data: st.DataObject
) -> None:
    await world.call("c-1", stage=Stage.ENDED, outcome=Outcome.ANSWERED, unit=Unit(id="1"), batch=Batch(id="50"))
    world.clock.pass_(60)
    path = route.path
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + data.draw(PARTS) + rest.partition("}")[2]
    body: Any = data.draw(BODIES | OBJECTS.map(lambda filters: {"filters": filters, "robotCallJobId": 50}))
    query = data.draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "0", "x", "9" * 30, "\0", "1"])))
    content = json.dumps(body).encode()

    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        answer = await client.request(route.method, path, params=query, content=content, headers=headers(world, name))

    assert answer.status_code < 500, answer.text
    if name == "tanyi":
        assert answer.json()["code"] != 500


@pytest.mark.parametrize(
    ("platform", "ext"),
    [
        (Platform.ROBOTAPPEL, {"duration": HUGE}),
        (Platform.OMICALL, {"rtp_audio_in_mos": HUGE}),
        (Platform.TOOLZZ, {"duration": HUGE}),
        (Platform.TOOLZZ, {"totalCost": HUGE}),
        (Platform.TOOLZZ, {"transcription": [{"role": "user", "content": "Oi", "createdAt": HUGE}]}),
        (Platform.TANYI, {"chatDuration": HUGE}),
        (Platform.ZENICALL, {"call_duration_seconds": HUGE}),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else each,
)
async def test_a_number_that_no_client_can_read_is_taken_as_none(
    world: DialectWorld, platform: Platform, ext: dict[str, Any]
) -> None:
    uid = await world.call(
        "4711", platform=platform, stage=Stage.ENDED, outcome=Outcome.ANSWERED, ext=ext, created_at=START
    )
    window = {"user_uuids": [], "from_date": epoch_ms(START), "to_date": epoch_ms(START)}
    paths = (
        f"/callHistory/retrieveCallInfo/{uid}",
        f"/api/call_transaction/detail/{uid}",
        f"/api/v1/voice/call-logs/id/{uid}",
        f"/api/v1/call-logs/{uid}",
        "/apiOpen/v1/callRecord/callDetail?callRecordId=" + ("4711" if platform is Platform.TANYI else "1000000000"),
    )

    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        told = {"Authorization": "Bearer crm", **world.signed()}
        answers = [await client.get(path, headers=told) for path in paths]
        searched = await client.post("/api/call_transaction/search", json=window, headers=told)

    assert [answer.status_code for answer in (*answers, searched)] == [200] * 6
    assert searched.json()["payload"]["totalItems"] == 1
    assert answers[-1].json()["code"] == 200
    assert all(str(HUGE) not in answer.text for answer in (*answers, searched))
