"""A call as Toolzz shows it, field by field."""

from pathlib import Path
from typing import Any, Final

import httpx

from query.dialects.columns import table
from query.dialects.toolzz.items import COLUMNS
from tests.dialects.toolzz.client import ENDED, ONE, search, unit
from tests.dialects.world import DialectWorld
from tests.query.world import START

TEXTS: Final = (
    *("message", "id", "callId", "callName", "unityId", "botId", "audioFileUrl", "agentRecordingUrl"),
    *("userRecordingUrl", "endCallType", "callType", "dateFormatted", "phone", "callDate", "durationFormatted"),
    *("callTime", "summary", "createdAt", "updatedAt"),
)


async def test_a_call_is_found_by_its_uuid_in_either_case(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)

    answers = [await crm.get(f"{ONE}/{name}") for name in (uid, uid.upper())]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.hear_all()
    units = await world.stores.names.units(world.acme)

    items: list[dict[str, Any]] = []
    for each in [*units, "0"]:
        items += (await search(crm, unit(world, each)))["items"]

    total = (await crm.get("/v1/calls?include_total=true&limit=1")).json()["total"]
    going_on = (await crm.get("/v1/calls?include_total=true&limit=1&outcome=in_progress")).json()["total"]
    assert len(items) == total - going_on
    assert {type(item[name]) for item in items for name in TEXTS} == {str}
    assert {type(item["successEvaluation"]) for item in items} <= {bool, type(None)}
    assert {type(item["totalCost"]) for item in items} <= {int, float, type(None)}
    assert {type(item["duration"]) for item in items} <= {int, float}
    assert {type(item[name]) for item in items for name in ("costBreakdown", "dataStructure", "metadata")} == {dict}
    assert {turn["role"] for item in items for turn in item["transcription"]} == {"assistant", "user"}
    for item in items:
        alone = (await crm.get(f"{ONE}/{item['id']}")).json()
        assert alone == item | {"message": alone["message"], "durationFormatted": alone["durationFormatted"]}


async def test_a_native_edit_is_shown(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    (uid,) = await world.hear("toolzz/call-log.json")
    world.clock.pass_(60)

    await crm.patch(f"/v1/calls/{uid}", json={"summary": "mine", "title": "New", "success": False})

    item = (await crm.get(f"{ONE}/bbbbbbbb-0000-4000-8000-000000000001")).json()
    assert (item["summary"], item["callName"], item["successEvaluation"]) == ("mine", "New", False)
    assert item["updatedAt"] == "2026-06-01T12:01:00.000Z"


def test_the_docs_have_the_table_of_fields() -> None:
    assert table(COLUMNS) in Path("docs/dialects/toolzz.md").read_text()


async def test_local_times_are_sao_paulos_where_the_tenant_names_no_zone(world: DialectWorld) -> None:
    await world.call("c-1", tenant=world.other, started_at=START, **ENDED)

    async with world.ask("other") as other:
        item = (await other.get(f"{ONE}/c-1")).json()

    assert (item["dateFormatted"], item["callTime"]) == ("31/01/2026 05:00", "05:00")
