"""Ruling 12: batches are the sums of their calls, kept and always right."""

from datetime import timedelta
from typing import Any

import httpx

from schemas.call import Batch, Unit
from schemas.money import Cost
from schemas.words import Outcome, Stage
from tests.query.world import START, World


def in_batch(batch: str, **facts: Any) -> dict[str, Any]:
    return {"batch": Batch(id=batch, name=f"Batch {batch}"), "stage": Stage.ENDED, **facts}


async def test_a_batch_is_the_sum_of_its_calls(crm: httpx.AsyncClient, world: World) -> None:
    usd = Cost(micros=100_000, currency="USD", raw="0.1")
    later = START + timedelta(hours=1)
    await world.calls(
        ("c-1", in_batch("b", outcome=Outcome.ANSWERED, talk_s=10.5, cost=usd, started_at=START)),
        ("c-2", in_batch("b", outcome=Outcome.ANSWERED, talk_s=1.25, cost=usd, started_at=later)),
        ("c-3", in_batch("b", outcome=Outcome.BUSY, cost=Cost(micros=5, currency="EUR", raw="0"))),
        ("c-4", {}),
    )

    listed = (await crm.get("/v1/batches")).json()
    one = (await crm.get("/v1/batches/b")).json()

    assert listed == {"batches": [one], "next_cursor": None}
    assert one == {
        "id": "b",
        "name": "Batch b",
        "count": 3,
        "outcomes": {"answered": 2, "busy": 1},
        "cost": {"EUR": "0.000005", "USD": "0.200000"},
        "talk_s": 11.75,
        "first_started_at": "2026-01-31T08:00:00.250Z",
        "last_started_at": "2026-01-31T09:00:00.250Z",
    }
    assert (await crm.get("/v1/batches/no-such")).status_code == 404


async def test_kept_sums_follow_every_change(crm: httpx.AsyncClient, world: World) -> None:
    await world.call("c-1", **in_batch("old", outcome=Outcome.BUSY))
    assert [batch["id"] for batch in (await crm.get("/v1/batches")).json()["batches"]] == ["old"]

    await world.call("c-1", event="e-2", rank=20, **in_batch("new"))
    await world.call("c-2", **in_batch("new"))
    first = (await crm.get("/v1/batches")).json()["batches"]
    await crm.delete(f"/v1/calls/{world.uid('c-2')}")
    second = (await crm.get("/v1/batches")).json()["batches"]

    assert [(batch["id"], batch["count"]) for batch in first] == [("new", 2)]
    assert [(batch["id"], batch["count"]) for batch in second] == [("new", 1)]


async def test_pages_are_newest_first_and_hold_every_batch_once(crm: httpx.AsyncClient, world: World) -> None:
    starts = [None if n % 3 == 0 else START + timedelta(days=n // 2) for n in range(9)]
    await world.calls(*((f"c-{n}", in_batch(f"b{n}", started_at=start)) for n, start in enumerate(starts)))

    seen, cursor = [], None
    while True:
        page = (await crm.get("/v1/batches", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen += page["batches"]
        if (cursor := page["next_cursor"]) is None:
            break

    firsts = [batch["first_started_at"] for batch in seen]
    assert sorted(batch["id"] for batch in seen) == [f"b{n}" for n in range(9)]
    assert firsts[6:] == [None, None, None]
    assert firsts[:6] == sorted(firsts[:6], reverse=True)


async def test_batches_are_found_by_when_they_started(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(*((f"c-{n}", in_batch(f"b{n}", started_at=START + timedelta(days=n))) for n in range(3)))

    async def found(query: str) -> list[str]:
        return [batch["id"] for batch in (await crm.get(f"/v1/batches?{query}")).json()["batches"]]

    assert await found("started_after=2026-02-01T08:00:00.250Z") == ["b2", "b1"]
    assert await found("started_before=2026-02-01T08:00:00.250Z") == ["b0"]
    assert await found("started_after=2026-02-01&started_before=2026-02-02") == ["b1"]


async def test_wrong_parameters_and_cursors_of_calls_are_400(crm: httpx.AsyncClient, world: World) -> None:
    await world.calls(("c-1", {}), ("c-2", {}))
    cursor = (await crm.get("/v1/calls?limit=1")).json()["next_cursor"]

    for query in ("limit=0", "started_after=x", "outcome=busy", f"cursor={cursor}", "limit=1&limit=2"):
        assert (await crm.get(f"/v1/batches?{query}")).status_code == 400


async def test_a_key_of_one_unit_sees_sums_of_its_calls_only(world: World) -> None:
    await world.calls(
        ("c-1", in_batch("b", unit=Unit(id="1"))), ("c-2", in_batch("b", unit=Unit(id="2"))), ("c-3", in_batch("c"))
    )

    async with world.ask("one-unit") as bound, world.ask("other") as other:
        (batch,) = (await bound.get("/v1/batches")).json()["batches"]
        assert (batch["id"], batch["count"]) == ("b", 1)
        assert (await bound.get("/v1/batches/b")).json()["count"] == 1
        assert (await bound.get("/v1/batches/c")).status_code == 404
        assert (await other.get("/v1/batches")).json()["batches"] == []
        assert (await other.get("/v1/batches/b")).status_code == 404
