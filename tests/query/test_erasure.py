"""Ruling 17: what is erased is gone, and nothing brings it back."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from schemas.call import Batch, Customer, Turn, Unit
from schemas.words import Direction, Role
from tests.query.world import NOW, START, World, names

SPELLINGS = [
    "+33612345678",
    "0033 6 12 34 56 78",
    "33612345678",
    "06.12.34.56.78",
    "(06) 12-34-56-78",
    "+33 (0)6 12 34 56 78",
]
FACTS: dict[str, Any] = {
    "direction": Direction.INBOUND,
    "from_": "+33612345678",
    "started_at": START,
    "turns": [Turn(n=1, role=Role.AGENT, text="secret words")],
    "batch": Batch(id="b-1"),
}


async def left_over(world: World, uid: str) -> dict[str, int]:
    """Return how many documents there are of a call, by collection."""
    behind = {"_id": {"$gte": uid, "$lt": uid + ";"}}
    found = {name: await world.database[name].count_documents(behind) for name in ("transcripts", "events", "history")}
    return found | {"calls": await world.database["calls"].count_documents({"uid": uid})}


async def stored(world: World, crm: httpx.AsyncClient, name: str = "c-1", **facts: Any) -> str:
    await world.keep(name, b"{}")
    uid = await world.call(name, **(FACTS | facts))
    await crm.patch(f"/v1/calls/{uid}", json={"note": "a"})
    assert set((await left_over(world, uid)).values()) == {1}
    return uid


async def test_an_erased_call_leaves_nothing_and_a_second_delete_is_404(crm: httpx.AsyncClient, world: World) -> None:
    uid = await stored(world, crm)

    answer = await crm.delete(f"/v1/calls/{uid}")
    again = await crm.delete(f"/v1/calls/{uid}")

    told = answer.json()
    assert (answer.status_code, told["erased"], again.status_code) == (200, 1, 404)
    assert told["tombstone"]["erased_at"] == "2026-06-01T12:00:00.000Z"
    assert told["copies_end"]["stream"] == "2026-06-08T12:00:00.000Z"
    assert set((await left_over(world, uid)).values()) == {0}
    assert (await crm.get(f"/v1/calls/{uid}")).status_code == 404
    assert (await crm.get("/v1/batches")).json()["batches"] == []


async def test_redelivery_and_replay_do_not_bring_it_back(crm: httpx.AsyncClient, world: World) -> None:
    uid = await stored(world, crm)
    await crm.delete(f"/v1/calls/{uid}")

    await world.keep("c-1", b"{}")
    await world.keep("c-1", b'{"new":1}', event_id="e-2")
    await world.call("c-1", **FACTS)
    await world.call("c-1", event="e-2", summary="new")

    assert set((await left_over(world, uid)).values()) == {0}


async def test_a_write_that_an_erasure_overtakes_is_taken_away(crm: httpx.AsyncClient, world: World) -> None:
    uid = await stored(world, crm)
    tombstones = world.writer._tombstones
    seen = tombstones.erased_calls
    looked = 0

    async def erase_after_the_first_look(uids: Iterable[str]) -> set[str]:
        nonlocal looked
        looked += 1
        found = await seen(uids)
        if looked == 1:
            assert (await crm.delete(f"/v1/calls/{uid}")).status_code == 200
        return found

    tombstones.erased_calls = erase_after_the_first_look  # type: ignore[method-assign]  # the race, made certain
    await world.call("c-1", event="e-2", summary="new")

    assert looked > 1
    assert set((await left_over(world, uid)).values()) == {0}


@pytest.mark.parametrize("erased", SPELLINGS[:3])
async def test_a_number_is_erased_in_every_spelling_and_place(
    crm: httpx.AsyncClient, world: World, erased: str
) -> None:
    places: list[dict[str, Any]] = [{"from_": number} for number in SPELLINGS]
    places += [{"to": SPELLINGS[0]}, {"customer_number": SPELLINGS[3]}, {"customer": Customer(number=SPELLINGS[4])}]
    await world.calls(*((f"c-{n}", {"started_at": START, **place}) for n, place in enumerate(places)))
    await world.calls(("near", {"from_": "+33612345679"}), ("longer", {"from_": "+336123456780"}), ("none", {}))

    answer = await crm.post("/v1/erasures", json={"number": erased})

    assert (answer.status_code, answer.json()["erased"]) == (200, len(places))
    assert sorted(await names(crm)) == ["longer", "near", "none"]


@pytest.mark.parametrize("erased", ["06 12 34 56 78", "0612345678"])
async def test_a_national_number_is_erased_in_every_spelling_where_the_time_zone_tells_its_country(
    crm: httpx.AsyncClient, world: World, erased: str
) -> None:
    facts = [{"from_": number, "started_at": START} for number in SPELLINGS]
    for tenant in (world.acme, world.other):
        await world.calls(*((f"c-{n}", {"tenant": tenant, **each}) for n, each in enumerate(facts)))
    await world.calls(("abroad", {"from_": "+49612345678"}), ("near", {"from_": "+33612345679"}))

    in_paris = await crm.post("/v1/erasures", json={"number": erased})
    await world.calls(("late", facts[0]))
    async with world.ask("other") as other:
        anywhere = await other.post("/v1/erasures", json={"number": erased})

    assert in_paris.json()["erased"] == len(SPELLINGS)
    assert sorted(await names(crm)) == ["abroad", "near"]
    assert anywhere.json()["erased"] == sum(each.startswith(("06", "(06")) for each in SPELLINGS)


async def test_a_call_that_started_before_and_arrives_late_is_not_stored_a_later_one_is(
    crm: httpx.AsyncClient, world: World
) -> None:
    await crm.post("/v1/erasures", json={"number": "+33612345678"})
    await world.keep("early", b"{}")

    await world.call("early", **FACTS)
    await world.call("no-start", **(FACTS | {"started_at": None}))
    await world.call("late", **(FACTS | {"started_at": NOW + timedelta(seconds=1)}))
    await world.call("early", event="e-2", summary="without a number")

    assert await names(crm) == ["late"]
    assert set((await left_over(world, world.uid("early"))).values()) == {0}


async def test_a_number_that_a_stored_call_learns_late_takes_it_away(crm: httpx.AsyncClient, world: World) -> None:
    await world.call("c-1", started_at=START)
    await crm.post("/v1/erasures", json={"number": "+33612345678"})

    await world.call("c-1", event="e-2", from_="+33 6 12 34 56 78")

    assert await names(crm) == []


async def test_erasure_stays_within_tenant_and_units(crm: httpx.AsyncClient, world: World) -> None:
    await world.call("c-1", tenant=world.other, **FACTS)
    one = await world.call("c-1", unit=Unit(id="1"), **FACTS)
    two = await world.call("c-2", unit=Unit(id="2"), **FACTS)

    async with world.ask("other") as other, world.ask("one-unit") as bound, world.ask("reader") as reader:
        codes = [
            (await other.delete(f"/v1/calls/{one}")).status_code,
            (await bound.delete(f"/v1/calls/{two}")).status_code,
            (await reader.delete(f"/v1/calls/{one}")).status_code,
        ]
        erased = (await bound.post("/v1/erasures", json={"number": "+33612345678"})).json()["erased"]
        await world.call("c-3", unit=Unit(id="1"), **FACTS)
        await world.call("c-4", unit=Unit(id="2"), **FACTS)

        assert (codes, erased) == ([404, 404, 403], 1)
        assert sorted(await names(crm)) == ["c-2", "c-4"]
        assert await names(other) == ["c-1"]


@pytest.mark.parametrize(
    "body", [{}, {"number": 5}, {"number": ""}, {"number": " - "}, {"number": "1" * 201}, {"numbers": "1"}, []]
)
async def test_a_wrong_erasure_is_422(crm: httpx.AsyncClient, body: Any) -> None:
    assert (await crm.post("/v1/erasures", json=body)).status_code == 422
