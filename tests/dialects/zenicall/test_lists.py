"""Lists and searches of a clinic: pages, statuses, filters, orders, and every form of an id."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from query.dialects.shelf import uuid_of
from schemas.call import Customer, Unit
from schemas.words import Outcome, Platform, Reason, Stage
from tests.dialects.world import DialectWorld
from tests.dialects.zenicall.client import CALLS, ENDED, found, in_clinic, listed, number, searched
from tests.query.world import START


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
async def test_pages_hold_every_row_once_newest_first(crm: httpx.AsyncClient, world: DialectWorld, size: int) -> None:
    await in_clinic(world, [(f"c-{n}", {"started_at": START + timedelta(hours=n)}) for n in range(7)])

    rows: list[str] = []
    pages = -(-7 // size)
    for page in range(1, pages + 2):
        told = await listed(crm, f"by-clinic/1?page={page}&limit={size}")
        rows += [item["external_call_id"] for item in told.pop("items")]
        assert told == {"total": 7, "page": page, "limit": size, "pages": pages}

    assert rows == [f"c-{n}" for n in reversed(range(7))]


async def test_150_calls_of_20_are_8_pages(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [(f"c-{n}", {}) for n in range(150)])

    told = await listed(crm, "by-clinic/1")

    assert (len(told["items"]), told["total"], told["limit"], told["pages"]) == (20, 150, 20, 8)


@pytest.mark.parametrize(
    "query",
    [
        "status[]=New&status[]=In%20Progress",
        "status%5B%5D=New&status%5B%5D=IN_PROGRESS",
        "status=NEW&status=in_progress",
        "status=new,in%20progress",
        'status=["NEW","In Progress"]',
        "status[0]=NEW&status[1]=In+Progress",
        "status[]=New&status=In-Progress&more=1&search=",
    ],
)
async def test_statuses_come_in_every_form(crm: httpx.AsyncClient, world: DialectWorld, query: str) -> None:
    await in_clinic(world, [(name, {}) for name in ("new", "doing", "done")])
    for name, status in (("doing", "IN_PROGRESS"), ("done", "DONE")):
        await crm.patch(f"/v1/calls/{world.uid(name)}", json={"workflow": status})

    assert sorted(await found(crm, query)) == ["doing", "new"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("JEAN", ["first"]),
        ("muller", ["last"]),
        ("90000", ["phone"]),
        ("RENDEZ-vous", ["summary"]),
        ("%2B55", ["phone"]),
        (".*", []),
        ("c-external", []),
    ],
)
async def test_search_looks_into_names_phone_and_summary(
    crm: httpx.AsyncClient, world: DialectWorld, words: str, names: list[str]
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("first", {"customer": Customer(first="Jeanne")}),
        ("last", {"customer": Customer(last="Müller")}),
        ("phone", {"customer_number": "+5511900000001"}),
        ("summary", {"summary": "Un rendez-vous"}),
        ("c-external", {}),
    ]
    await in_clinic(world, calls)

    assert await found(crm, f"search={words}") == names


async def test_ids_are_taken_in_either_form_in_either_mode(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)
    clinic = uuid_of(tenant=world.acme, kind="unit", id_="1")

    async with world.ask("names") as names:
        for client, id_, clinic_id in ((crm, await number(crm, uid), 1), (names, uid, clinic)):
            for form in (await number(crm, uid), uid, uid.upper()):
                assert (await listed(client, str(form)))["id"] == id_
            for form in (1, clinic):
                (item,) = (await listed(client, f"by-clinic/{form}"))["items"]
                assert (item["id"], item["clinic"]["id"]) == (id_, clinic_id)
                assert (await listed(client, f"new?clinic_id={form}"))["total"] == 1


async def test_a_clinic_whose_id_is_no_integer_has_an_alias_that_stays(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.call("c-1", **{**ENDED, "unit": Unit(id="paris-9", name="Paris")})
    clinic = uuid_of(tenant=world.acme, kind="unit", id_="paris-9")

    (item,) = (await listed(crm, f"by-clinic/{clinic}"))["items"]

    alias = item["clinic"]["id"]
    assert (alias >= 1_000_000_000, item["clinic"]["name"]) == (True, "Paris")
    assert (await listed(crm, f"by-clinic/{alias}"))["items"] == [item]


async def test_calls_without_a_unit_belong_to_clinic_0_named_after_the_tenant(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.call("c-1", stage=Stage.ENDED, outcome=Outcome.BUSY)

    (item,) = (await listed(crm, "by-clinic/0"))["items"]

    assert item["clinic"] == {"id": 0, "name": world.acme, "created_at": None, "updated_at": None}
    assert item["caller_phone_number"] == ""


async def test_new_lists_what_nobody_looked_at(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [(f"c-{n}", {}) for n in range(12)])
    await crm.patch(f"/v1/calls/{world.uid('c-3')}", json={"workflow": "DONE"})

    told = await listed(crm, "new?clinic_id=1")

    assert (len(told["items"]), told["total"], told["limit"], told["pages"]) == (10, 11, 10, 2)


@pytest.mark.parametrize(
    ("query", "body", "names"),
    [
        ("", {}, ["b", "c", "a"]),
        ("order_by=created_at&order_direction=ASC", {}, ["a", "b", "c"]),
        ("order_by=caller_last_name&order_direction=asc", {}, ["c", "a", "b"]),
        ("", {"caller_first_name": "JEA"}, ["a"]),
        ("", {"caller_last_name": "z"}, ["b"]),
        ("", {"caller_phone_number": "777"}, ["c"]),
        ("", {"reason_for_call": "Emergency"}, ["b"]),
        ("", {"reason_for_call": ["EMERGENCY", "other"]}, ["b", "c"]),
        ("", {"start_date": "2026-02-01"}, ["b"]),
        ("", {"end_date": "2026-01-31"}, ["c", "a"]),
        ("", {"start_date": "2026-01-31", "end_date": "2026-01-31T08:30:00Z"}, ["a"]),
        ("", {"end_date": "2026-01-31T08:00:00Z"}, ["a"]),
        ("", {"start_date": "2026-01-31", "end_date": "9999-12-31"}, ["b", "c", "a"]),
        ("", {"status": []}, ["b", "c", "a"]),
        ("", {"status": ["New"], "caller_first_name": "", "start_date": None}, ["b", "c", "a"]),
        ("", {"status": "DONE"}, []),
        ("page=2&limit=2", {"page": 1, "limit": 50}, ["a"]),
    ],
    ids=str,
)
async def test_search_filters_and_orders(
    crm: httpx.AsyncClient, world: DialectWorld, query: str, body: dict[str, Any], names: list[str]
) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("a", {"customer": Customer(first="Jeanne", last="Dupont"), "started_at": START}),
        ("b", {"customer": Customer(last="Zola"), "started_at": START + timedelta(days=1), "reason": Reason.EMERGENCY}),
        (
            "c",
            {
                "customer": Customer(last="Aa"),
                "started_at": START + timedelta(hours=1),
                "reason": Reason.OTHER,
                "customer_number": "+3377700",
            },
        ),
    ]
    for n, (name, facts) in enumerate(calls):
        await in_clinic(world, [(name, {"created_at": START + timedelta(minutes=n), **facts})])

    assert await searched(crm, query, **body) == names


async def test_a_call_in_progress_is_in_no_list_and_read_alone(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", platform=Platform.VAPI, stage=Stage.PROGRESS, unit=Unit(id="1"))

    assert (await listed(crm, "by-clinic/1"))["total"] == 0
    assert (await crm.get(f"{CALLS}/{uid}")).status_code == 200
