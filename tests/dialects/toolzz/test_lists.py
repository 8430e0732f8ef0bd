"""Searches of a unit: pages, words, dates and orders."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from schemas.call import Agent, Unit
from schemas.money import Cost
from schemas.words import Outcome, Platform, Stage
from tests.dialects.toolzz.client import ENDED, ONE, SEARCH, filtered, found, in_unit, search, unit
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START


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
        ({"date": "last_7_days", "operator": "before"}, ["may-1", "old"]),
        ({"date": "last_7_days", "operator": "after"}, []),
        ({"operator": "yesterday"}, ["yesterday"]),
        ({"operator": "before"}, ["may-1", "old", "today", "yesterday"]),
        ({"operator": "no-such", "date": "today"}, ["today"]),
        (
            {"operator": "ALL_TIME", "date": "nonsense", "nDays": -1, "startDate": "x"},
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


@pytest.mark.parametrize(("direction", "seconds"), [("ASC", [0, 10, 12.5, 25]), ("DESC", [25, 12.5, 10, 0])])
async def test_durations_are_ordered_as_they_are_shown(
    crm: httpx.AsyncClient, world: DialectWorld, direction: str, seconds: list[float]
) -> None:
    """Toolzz' own of its calls, whatever became of them, and of all others the talk."""
    missed: dict[str, Any] = {"outcome": Outcome.NO_ANSWER, "duration_s": 25.0}
    ours = await in_unit(
        world,
        [
            ("c-1", missed | {"platform": Platform.TOOLZZ, "ext": {"duration": 25}}),
            ("c-2", {"platform": Platform.TOOLZZ, "talk_s": 12.5, "ext": {"duration": 12.5}}),
            ("c-3", missed | {"platform": Platform.TANYI, "ext": {"chatDuration": 25}}),
            ("c-4", {"talk_s": 10.0}),
        ],
    )

    told = await search(crm, ours, orderBy={"column": "duration", "direction": direction})

    assert [item["duration"] for item in told["items"]] == seconds


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
        ({"date": "9999-12-31T23:59:59.999Z"}, []),
        ({"date": "0001-01-01T00:00:00Z"}, []),
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


@pytest.mark.parametrize("page", [10**6, 2**62])
async def test_a_page_far_behind_the_end_is_empty(crm: httpx.AsyncClient, world: DialectWorld, page: int) -> None:
    ours = await in_unit(world, [("c-1", {})])

    told = await search(crm, ours, pagination={"page": page, "pageSize": 100})

    assert (told["items"], told["pagination"]["currentPage"], told["pagination"]["totalItems"]) == ([], page, 1)
