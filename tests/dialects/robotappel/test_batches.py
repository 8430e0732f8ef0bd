"""Batches count their calls."""

from datetime import timedelta
from typing import Any

import httpx

from schemas.call import Batch
from schemas.words import Direction, Outcome, Stage
from tests.dialects.robotappel.client import BATCHES, ENDED, told
from tests.dialects.world import DialectWorld
from tests.query.world import START


async def test_a_batch_counts_its_calls_by_how_far_they_are(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    batch = Batch(id="b/1", name="Été")
    outcomes = (Outcome.ANSWERED, Outcome.VOICEMAIL, Outcome.BUSY, Outcome.SYSTEM_ERROR)
    await world.calls(
        *(
            (
                f"c-{n}",
                {
                    "stage": Stage.ENDED,
                    "outcome": outcome,
                    "batch": batch,
                    "talk_s": 8.0,
                    "started_at": START + timedelta(hours=n),
                    "created_at": START - timedelta(hours=n),
                    "direction": Direction.OUTBOUND,
                },
            )
            for n, outcome in enumerate(outcomes)
        ),
        ("going-on", {"stage": Stage.PROGRESS, "batch": batch}),
        ("none", ENDED),
    )

    shown = (await crm.get("/callHistory/batch-status/b%2F1")).json()

    assert shown == {
        "batchId": "b/1",
        "batchName": "Été",
        "clientOrgId": world.acme,
        "direction": "outbound",
        "status": "in_progress",
        "createdAt": "2026-01-31T05:00:00.250Z",
        "sendDate": "2026-01-31T08:00:00.250Z",
        "totalCalls": 5,
        "completedCalls": 2,
        "failedCalls": 2,
        "pendingCalls": 1,
        "averageCallDuration": 8,
        "total_call_time": 8,
    }
    assert (await told(crm, BATCHES))["batches"] == [shown]
    assert (await crm.get("/callHistory/batch-status/none")).status_code == 404


async def test_a_batch_whose_calls_differ_is_the_same_alone_and_in_the_list(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    ends = [outcome for outcome in Outcome if outcome is not Outcome.IN_PROGRESS]
    ways = [Direction.OUTBOUND, *[Direction.INBOUND] * (len(ends) - 1)]
    await world.calls(
        *(
            (end, {**ENDED, "outcome": end, "batch": Batch(id="b-1", name=f"named by {end}"), "direction": way})
            for end, way in zip(ends, ways, strict=True)
        )
    )

    shown = (await crm.get("/callHistory/batch-status/b-1")).json()

    assert (shown["batchName"], shown["direction"]) == ("named by voicemail", "outbound")
    assert (await told(crm, BATCHES))["batches"] == (await told(crm, BATCHES, batchName="VOICE"))["batches"] == [shown]


async def test_batches_are_told_by_name_status_and_direction(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    def in_batch(name: str, **facts: Any) -> dict[str, Any]:
        return {**ENDED, "batch": Batch(id=name, name=f"Lot {name}"), **facts}

    await world.calls(
        ("1", in_batch("done", started_at=START, direction=Direction.INBOUND)),
        ("2", in_batch("lost", outcome=Outcome.NO_ANSWER, started_at=START + timedelta(days=1))),
        ("3", in_batch("half", started_at=START + timedelta(days=2))),
        ("4", in_batch("half", outcome=None, stage=Stage.PROGRESS)),
        ("5", in_batch("new", outcome=None, stage=Stage.PROGRESS, created_at=START - timedelta(days=1))),
    )

    async def names(**body: Any) -> list[str]:
        return [batch["batchId"] for batch in (await told(crm, BATCHES, **body))["batches"]]

    assert await names(status="completed") == ["done"]
    assert await names(status="failed") == ["lost"]
    assert await names(status="in_progress") == ["half"]
    assert await names(status="pending") == ["new"]
    assert await names(status="else") == []
    assert await names(direction="inbound") == ["done"]
    assert await names(batchName="LOT h") == ["half"]
    every = await names()
    assert sorted(every) == ["done", "half", "lost", "new"]
    for limit in (1, 2, 3, 4, 5):
        answers = [await told(crm, BATCHES, page=page, limit=limit) for page in range(1, 6)]
        assert [batch["batchId"] for answer in answers for batch in answer["batches"]] == every
        assert {(a["total"], a["limit"], a["totalPages"]) for a in answers} == {(4, limit, -(-4 // limit))}
