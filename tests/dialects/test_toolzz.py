"""Toolzz over HTTP: searches by unit, one call by either id, every error of the contract."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from query.dialects.columns import table
from query.dialects.shelf import uuid_of
from query.dialects.toolzz.items import COLUMNS
from schemas.call import Agent, Unit
from schemas.money import Cost
from schemas.words import Outcome, Stage
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START

SEARCH: Final = "/api/v1/voice/call-logs/search"
ONE: Final = "/api/v1/voice/call-logs/id"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED}


def unit(world: DialectWorld, unit_id: str = "1") -> str:
    return uuid_of(tenant=world.acme, kind="unit", id_=unit_id)


async def search(client: httpx.AsyncClient, unit_id: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{SEARCH}/{unit_id}", json={"pagination": {"page": 1, "pageSize": 100}, **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def found(client: httpx.AsyncClient, unit_id: str, **body: Any) -> list[str]:
    return [item["callId"] for item in (await search(client, unit_id, **body))["items"]]


async def filtered(client: httpx.AsyncClient, unit_id: str, **filters: Any) -> list[str]:
    return sorted(await found(client, unit_id, filters=filters))


async def in_unit(world: DialectWorld, calls: Sequence[tuple[str, dict[str, Any]]]) -> str:
    await world.calls(*((name, {**ENDED, "unit": Unit(id="1"), **facts}) for name, facts in calls))
    return unit(world)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 100])
async def test_pages_hold_every_row_once_and_their_arithmetic_is_exact(
    crm: httpx.AsyncClient, world: DialectWorld, size: int
) -> None:
    ours = await in_unit(world, [(f"c-{n:02d}", {"started_at": START + timedelta(hours=n)}) for n in range(10)])

    rows: list[str] = []
    pages = -(-10 // size)
    for page in range(1, pages + 2):
        told = await search(crm, ours, pagination={"page": page, "pageSize": size})
        rows += [item["callId"] for item in told["items"]]
        assert told["pagination"] == {
            "currentPage": page,
            "hasNextPage": page < pages,
            "hasPreviousPage": page > 1,
            "pageSize": size,
            "totalItems": 10,
            "totalPages": pages,
        }

    assert sorted(rows) == [f"c-{n:02d}" for n in range(10)]


async def test_lax_and_strict_clients_are_answered_alike(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    ours = await in_unit(world, [("c-1", {})])
    url = f"{SEARCH}/{ours}"

    bare = await crm.post(url)
    empty = await crm.post(url, content=b"{}", headers={"Content-Type": "text/plain"})
    nulls = await crm.post(url, json={"filters": None, "pagination": None, "orderBy": {"column": ""}, "more": 1})
    slashes = await crm.post(f"http://api//api//v1/voice/call-logs//search/{ours.upper()}/", content=b"{}")
    large = await crm.post(url, json={"pagination": {"page": 1, "pageSize": 5000}})

    assert bare.json() == empty.json() == nulls.json() == slashes.json()
    assert bare.json()["pagination"]["pageSize"] == 10
    assert large.json()["pagination"]["pageSize"] == 100


async def test_an_empty_unit_has_no_pages(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    told = await search(crm, unit(world))

    assert (told["items"], told["pagination"]["totalPages"], told["pagination"]["hasNextPage"]) == ([], 0, False)


async def test_calls_without_a_unit_belong_to_unit_0_named_after_the_tenant(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.calls(("none", ENDED), ("one", {**ENDED, "unit": Unit(id="1", name="sent")}))

    (none,) = (await search(crm, unit(world, "0")))["items"]
    (one,) = (await search(crm, unit(world)))["items"]

    assert (none["callId"], none["metadata"]["unit"]["name"]) == ("none", world.acme)
    assert (one["unityId"], one["metadata"]["unit"]) == (unit(world), {"id": unit(world), "name": "Zenith"})


async def test_a_call_in_progress_is_in_no_search_and_read_alone(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call("c-1", unit=Unit(id="1"), stage=Stage.PROGRESS)

    told = await search(crm, unit(world))
    alone = await crm.get(f"{ONE}/c-1")

    assert (told["pagination"]["totalItems"], alone.status_code) == (0, 200)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("AGENDA", ["title"]),
        ("sao", ["summary"]),
        ("ÇÃO", ["title"]),
        ("maria", ["agent"]),
        ("900000", ["phone"]),
        ("by-ID", ["by-id-7"]),
        (".*", []),
        ("", ["agent", "by-id-7", "phone", "summary", "title"]),
    ],
)
async def test_search_looks_into_name_agent_phone_summary_and_id(
    crm: httpx.AsyncClient, world: DialectWorld, words: str, names: list[str]
) -> None:
    ours = await in_unit(
        world,
        [
            ("title", {"title": "Agendação"}),
            ("agent", {"agent": Agent(id="b", name="Maria")}),
            ("phone", {"customer_number": "+5511900000001"}),
            ("summary", {"summary": "São Paulo"}),
            ("by-id-7", {}),
        ],
    )

    assert await filtered(crm, ours, search=words) == names


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"startDate": "2026-05-31", "endDate": "2026-05-31"}, ["yesterday"]),
        ({"startDate": "2026-05-31T10:00:00Z"}, ["today", "yesterday"]),
        ({"endDate": "2026-05-01"}, ["may-1", "old"]),
        ({"startDate": "2026-05-31", "nDays": 1, "date": "today", "operator": "is"}, ["today", "yesterday"]),
        ({"nDays": 1}, ["today"]),
        ({"nDays": 2.5}, ["today", "yesterday"]),
        ({"nDays": 1, "date": "last_month"}, ["today"]),
        ({"date": "today"}, ["today"]),
        ({"date": "Yesterday"}, ["yesterday"]),
        ({"date": "last_7_days"}, ["today", "yesterday"]),
        ({"date": "last_30_days"}, ["today", "yesterday"]),
        ({"date": "this_month"}, ["today"]),
        ({"date": "last_month"}, ["may-1", "yesterday"]),
        ({"date": "2026-05-31", "operator": "equals"}, ["yesterday"]),
        ({"date": "2026-05-31", "operator": "before"}, ["may-1", "old"]),
        ({"date": "2026-05-31", "operator": "after"}, ["today"]),
        ({"operator": "yesterday"}, ["yesterday"]),
        ({"operator": "before"}, ["may-1", "old", "today", "yesterday"]),
        ({"operator": "no-such", "date": "today"}, ["today"]),
        (
            {"operator": "ALL_TIME", "date": "nonsense", "nDays": 1, "startDate": "x"},
            ["may-1", "old", "today", "yesterday"],
        ),
        ({"nDays": 10**9}, ["may-1", "old", "today", "yesterday"]),
    ],
    ids=str,
)
async def test_the_first_date_that_is_there_decides(
    crm: httpx.AsyncClient, world: DialectWorld, filters: dict[str, Any], names: list[str]
) -> None:
    starts = {
        "today": NOW - timedelta(hours=2),
        "yesterday": NOW - timedelta(hours=26),
        "may-1": NOW.replace(month=5, day=1, hour=21),
        "old": NOW.replace(year=2025),
    }
    ours = await in_unit(world, [(name, {"started_at": at}) for name, at in starts.items()])

    assert await filtered(crm, ours, **filters) == names


@pytest.mark.parametrize("column", ["createdAt", "updatedAt", "callDate", "duration", "totalCost", "callName", "phone"])
@pytest.mark.parametrize("direction", ["asc", "DESC"])
async def test_every_column_orders_in_either_direction(
    crm: httpx.AsyncClient, world: DialectWorld, column: str, direction: str
) -> None:
    at = START
    for name in "bca":
        world.clock.pass_(1)
        number = ord(name)
        await in_unit(
            world,
            [
                (
                    name,
                    {
                        "created_at": at.replace(minute=number % 60),
                        "started_at": at.replace(minute=number % 60),
                        "talk_s": float(number),
                        "cost": Cost(micros=number, currency="BRL", raw="0"),
                        "title": name,
                        "customer_number": name,
                    },
                )
            ],
        )

    rows = await found(crm, unit(world), orderBy={"column": column, "direction": direction})

    expected = ["b", "c", "a"] if column == "updatedAt" else ["a", "b", "c"]
    assert rows == (expected if direction == "asc" else expected[::-1])


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_ends_are_ordered_by_the_words_that_are_shown(
    crm: httpx.AsyncClient, world: DialectWorld, direction: str
) -> None:
    (sent,) = await world.hear("toolzz/call-log.json")
    theirs = Unit(id=str((await crm.get(f"/v1/calls/{sent}")).json()["unit"]["id"]))
    outcomes = (Outcome.ANSWERED, Outcome.BUSY, Outcome.VOICEMAIL, None)
    calls: list[tuple[str, dict[str, Any]]] = [
        (f"c-{n}", {"outcome": outcome, "success": n % 2 == 0, "unit": theirs})
        for n, outcome in enumerate([*outcomes, *reversed(outcomes)])
    ]
    await in_unit(world, calls)

    told = await search(crm, theirs.id or "", orderBy={"column": "endCallType", "direction": direction})
    pages = [
        await search(
            crm,
            theirs.id or "",
            orderBy={"column": "endCallType", "direction": direction},
            pagination={"page": page, "pageSize": 2},
        )
        for page in range(1, 6)
    ]

    words = [item["endCallType"] for item in told["items"]]
    assert words == sorted(words, reverse=direction == "DESC")
    assert set(words) == {"CONVERTED", "ENDED", "NO_ANSWER"}
    assert [item["id"] for page in pages for item in page["items"]] == [item["id"] for item in told["items"]]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"startDate": "0001-01-01", "endDate": "9999-12-31"}, ["c-1"]),
        ({"startDate": "2026-01-01", "endDate": "9999-12-31T23:59:59.999Z"}, ["c-1"]),
        ({"date": "9999-12-31"}, []),
        ({"date": "9999-12-31", "operator": "before"}, ["c-1"]),
        ({"date": "0001-01-01", "operator": "after"}, ["c-1"]),
    ],
    ids=str,
)
async def test_days_at_the_ends_of_the_calendar_are_days(
    crm: httpx.AsyncClient, world: DialectWorld, filters: dict[str, str], names: list[str]
) -> None:
    ours = await in_unit(world, [("c-1", {"started_at": START})])

    assert await filtered(crm, ours, **filters) == names


async def test_a_call_is_found_by_its_uuid_in_either_case(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)

    answers = [await crm.get(f"{ONE}/{name}") for name in (uid, uid.upper())]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b"\xff", ""),
        (b'{"pagination": 1}', "pagination"),
        (b'{"pagination": {"page": 0}}', "pagination.page"),
        (b'{"pagination": {"page": 1.5}}', "pagination.page"),
        (b'{"pagination": {"page": 1e300}}', "pagination.page"),
        (b'{"pagination": {"page": "1"}}', "pagination.page"),
        (b'{"pagination": {"page": true}}', "pagination.page"),
        (b'{"pagination": {"pageSize": -1}}', "pagination.pageSize"),
        (b'{"orderBy": {"column": "id"}}', "orderBy.column"),
        (b'{"orderBy": {"direction": "up"}}', "orderBy.direction"),
        (b'{"orderBy": []}', "orderBy"),
        (b'{"filters": "x"}', "filters"),
        (b'{"filters": {"search": 5}}', "filters.search"),
        (b'{"filters": {"nDays": "5"}}', "filters.nDays"),
        (b'{"filters": {"nDays": -5}}', "filters.nDays"),
        (b'{"filters": {"startDate": "tomorrow"}}', "filters.startDate"),
        (b'{"filters": {"endDate": "2026-02-30"}}', "filters.endDate"),
        (b'{"filters": {"date": "9999-12-32"}}', "filters.date"),
        (b'{"filters": {"startDate": "2026-02-02", "endDate": "2026-02-01"}}', "filters.startDate"),
    ],
    ids=str,
)
async def test_a_wrong_body_is_400_and_names_its_place(
    crm: httpx.AsyncClient, world: DialectWorld, body: bytes, path: str
) -> None:
    answer = await crm.post(f"{SEARCH}/{unit(world)}", content=body)

    told = answer.json()
    assert (answer.status_code, told.keys(), told["errors"][0]["path"]) == (400, {"message", "errors"}, path)


@pytest.mark.parametrize("page", [10**6, 2**62])
async def test_a_page_far_behind_the_end_is_empty(crm: httpx.AsyncClient, world: DialectWorld, page: int) -> None:
    ours = await in_unit(world, [("c-1", {})])

    told = await search(crm, ours, pagination={"page": page, "pageSize": 100})

    assert (told["items"], told["pagination"]["currentPage"], told["pagination"]["totalItems"]) == ([], page, 1)


@pytest.mark.parametrize(
    ("key", "method", "path", "status"),
    [
        ("crm", "POST", f"{SEARCH}/1", 400),
        ("crm", "POST", f"{SEARCH}/00000000-0000-4000-8000-000000000000", 404),
        ("crm", "GET", f"{ONE}/none", 404),
        ("crm", "GET", "/api/v1/voice/call-logs", 404),
        ("crm", "GET", "/api/v1/voice/call-logs/no/such/path", 404),
        ("crm", "DELETE", f"{ONE}/none", 405),
        ("crm", "GET", f"{SEARCH}/x", 405),
        ("nobody", "GET", f"{ONE}/none", 401),
        ("expired", "GET", f"{ONE}/none", 401),
        ("writer", "GET", f"{ONE}/none", 403),
        ("switched-off", "GET", f"{ONE}/none", 404),
        ("crm", "POST", f"{SEARCH}/00000000-0000-4000-8000-000000000000?size=large", 413),
    ],
)
async def test_every_error_has_a_message(world: DialectWorld, key: str, method: str, path: str, status: int) -> None:
    async with world.ask(key) as client:
        content = b" " * 1_000_001 if "large" in path else None
        answer = await client.request(method, path, content=content)

    assert answer.status_code == status
    assert isinstance(answer.json()["message"], str)
    assert answer.json().keys() <= {"message", "errors"}
    assert answer.headers["content-type"] == "application/json"
    if status == 401:
        assert answer.json() == {"message": "Unauthorized"}


async def test_too_many_requests_are_429_and_told_when_to_come_back(world: DialectWorld) -> None:
    async with world.ask("five") as client:
        answers = [await client.get(f"{ONE}/none") for _ in range(6)]

    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert answers[-1].json().keys() == {"message"}
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_nothing_of_another_tenant_or_unit_is_seen(world: DialectWorld) -> None:
    mine = await world.call("c-1", unit=Unit(id="1"), **ENDED)
    await world.call("c-2", unit=Unit(id="2"), **ENDED)
    await world.call("c-3", **ENDED)

    async with world.ask("other") as other, world.ask("one-unit") as bound:
        foreign = [await other.get(f"{ONE}/{name}") for name in ("c-1", mine)]
        foreign.append(await other.post(f"{SEARCH}/{unit(world)}", content=b"{}"))
        outside = [await bound.get(f"{ONE}/c-2"), await bound.get(f"{ONE}/c-3")]
        outside += [await bound.post(f"{SEARCH}/{unit(world, each)}", content=b"{}") for each in ("2", "0")]
        inside = await bound.post(f"{SEARCH}/{unit(world)}", content=b"{}")

    assert {answer.status_code for answer in (*foreign, *outside)} == {404}
    assert {answer.text for answer in (*foreign, *outside)} == {'{"message":"Call log not found"}'}
    assert inside.json()["pagination"]["totalItems"] == 1


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.hear_all()
    units = await world.stores.windows.units(world.acme)

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


TEXTS: Final = (
    *("message", "id", "callId", "callName", "unityId", "botId", "audioFileUrl", "agentRecordingUrl"),
    *("userRecordingUrl", "endCallType", "callType", "dateFormatted", "phone", "callDate", "durationFormatted"),
    *("callTime", "summary", "createdAt", "updatedAt"),
)


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
