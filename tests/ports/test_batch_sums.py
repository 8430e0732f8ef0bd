"""Sums of batches are those of a plain recount: after redelivery, erasure, death in the middle, by many hands."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.batch import BatchQuery, BatchSum
from schemas.call import Batch, call_key, call_uid
from schemas.money import Cost
from schemas.update import CallUpdate
from schemas.words import Direction, Outcome, Platform, Stage
from storage.batch_sums import BLOCK
from storage.errors import Away
from storage.mongo import Database, connect
from storage.mongo_batches import MongoBatches
from storage.mongo_erasure import MongoEraser
from storage.mongo_setup import set_up
from storage.mongo_writer import MongoWriter
from tests.ports.stores import in_database
from tests.pure.storage.updates import at, make_update
from tests.servers.mongo import FailingMongo

FULL_DISK: Final = {"failCommands": ["update"], "errorCode": 14031, "namespace": "sums.batches"}
FACTS: Final = st.fixed_dictionaries(
    {"rank": st.integers(1, 9), "stage": st.sampled_from([Stage.ENDED, Stage.PROGRESS])},
    optional={
        "batch": st.builds(Batch, id=st.sampled_from(["a", "$b", "c.d"]), name=st.sampled_from(["A", "B"])),
        "outcome": st.sampled_from([Outcome.ANSWERED, Outcome.BUSY]),
        "direction": st.sampled_from(list(Direction)),
        "started_at": st.integers(0, 9).map(at),
        "talk_s": st.sampled_from([0.0, 0.001, 1.5, 60.0]),
        "cost": st.builds(Cost, micros=st.integers(0, 9), currency=st.sampled_from(["EUR", "USD"]), raw=st.just("")),
    },
)
CALLS: Final = st.sampled_from([f"c-{n}" for n in range(8)])


class Tell(NamedTuple):
    """A worker folds what an event says of a call; it may die before it has marked."""

    call: str
    facts: Mapping[str, Any]
    dies: bool


class Erase(NamedTuple):
    """Somebody erases a call; the process may die on the way."""

    call: str
    dies: bool


class Ask(NamedTuple):
    """Somebody asks one of two query processes."""

    process: int


STEPS: Final = st.lists(
    st.builds(Tell, CALLS, FACTS, st.booleans())
    | st.builds(Tell, CALLS, FACTS, st.just(value=False))
    | st.builds(Erase, CALLS, st.booleans())
    | st.builds(Ask, st.integers(0, 1)),
    min_size=4,
    max_size=16,
)


@pytest.fixture(scope="module")
def failing() -> Iterator[FailingMongo]:
    with FailingMongo() as server:
        yield server


@pytest.fixture
async def opened(failing: FailingMongo) -> AsyncIterator[Database]:
    async with connect(in_database(failing.url, "sums")) as database:
        await set_up(database)
        yield database


class Campaigns:
    """A tenant of its own, whose calls' numbers are far apart, two query processes, and what is not yet made good."""

    def __init__(self, database: Database) -> None:
        self.tenant = secrets.token_hex(8)
        self.lost: list[CallUpdate] = []
        self._database = database
        self._asked = [MongoBatches(database, few=0) for _ in range(2)]
        self._eraser = MongoEraser(database)

    async def tell(self, *updates: CallUpdate) -> None:
        """Fold as a worker does that has just begun: it takes numbers of a block of its own."""
        await MongoWriter(self._database, raw_days=lambda _: 30).apply(updates)

    def update(self, call: str, event: str, **facts: Any) -> CallUpdate:
        return make_update(call=call, event=event, tenant=self.tenant, **facts)

    async def begun(self) -> None:
        """Put three calls into a batch, far apart, which is known by stretches when this returns."""
        for place, call in enumerate(("c-0", "c-1", "c-2", "c-0")):
            await self.tell(self.update(call, f"begun-{place}", rank=0, batch=Batch(id="a"), title=f"{place}"))
            await self.asked()

    async def erase(self, call: str) -> None:
        key = call_key(tenant=self.tenant, platform=Platform.VAPI, platform_call_id=call)
        await self._eraser.erase(self.tenant, call_uid(key))

    async def asked(self, process: int = 0) -> dict[str, BatchSum]:
        """Return what a query process says of all batches, by page and by offset alike."""
        page = await self._asked[process].page(self.tenant, BatchQuery())
        latest, total = await self._asked[process].latest(self.tenant)
        known = {batch.id: batch for batch in latest}
        assert known == {batch.id: batch for batch in page.rows}
        assert total == len(known)
        return known

    async def recounted(self) -> dict[str, BatchSum]:
        """Return the sums of all calls, by the plainest Python."""
        batches: dict[str, list[dict[str, Any]]] = {}
        async for call in self._database["calls"].find({"tenant": self.tenant, "batch.id": {"$exists": True}}):
            batches.setdefault(call["batch"]["id"], []).append(call)
        return {batch: recount(batch, calls) for batch, calls in batches.items()}

    async def failing(self, mode: str) -> None:
        """Let no batch be marked until told otherwise."""
        await self._database.client.admin.command(
            {"configureFailPoint": "failCommand", "mode": mode, "data": FULL_DISK}
        )

    async def take(self, place: int, step: Tell | Erase | Ask) -> None:
        match step:
            case Ask(process):
                found = await self.asked(process)
                assert self.lost or found == await self.recounted()
            case Erase(call, dies):
                await self._dying(self.erase(call), dies=dies)
            case Tell(call, facts, dies):
                update = self.update(call, f"e-{place}", **facts)
                if not await self._dying(self.tell(update), dies=dies):
                    self.lost.append(update)

    async def _dying(self, doing: Any, *, dies: bool) -> bool:
        """Return whether it was done."""
        await self.failing("alwaysOn" if dies else "off")
        try:
            await doing
        except Away:
            return False
        finally:
            await self.failing("off")
        return True


def recount(batch: str, calls: Sequence[dict[str, Any]]) -> BatchSum:
    def told(name: str) -> list[Any]:
        return [call[name] for call in calls if name in call]

    costs: Counter[str] = Counter()
    for cost in told("cost"):
        costs.update({cost["currency"]: cost["micros"]})
    return BatchSum(
        id=batch,
        name=max((call["batch"]["name"] for call in calls if "name" in call["batch"]), default=None),
        count=len(calls),
        outcomes=Counter(told("outcome")),
        cost=costs,
        talk_s=round(sum(told("talk_s")), 3),
        first_started_at=min(told("started_at"), default=None),
        last_started_at=max(told("started_at"), default=None),
        direction=max(told("direction"), default=None),
        created_at=min(told("created_at")),
        begun_at=min(call["keys"]["begun_at"] for call in calls),
        talked=sum(talk > 0 for talk in told("talk_s")),
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS, st.randoms(use_true_random=False))
async def test_sums_are_those_of_a_recount_whatever_happened(opened: Database, steps: list[Any], dice: Any) -> None:
    campaigns = Campaigns(opened)
    await campaigns.begun()
    for place, step in enumerate(steps):
        await campaigns.take(place, step)

    again = campaigns.lost
    dice.shuffle(again)
    for update in again:  # what was not committed comes again
        await campaigns.tell(update)

    assert await campaigns.asked() == await campaigns.asked(1) == await campaigns.recounted()


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.builds(Tell, CALLS, FACTS, st.just(value=False)), min_size=10, max_size=20), CALLS)
async def test_sums_are_right_while_many_write_erase_and_ask(opened: Database, steps: list[Tell], erased: str) -> None:
    campaigns = Campaigns(opened)
    updates = [campaigns.update(step.call, f"e-{place}", **step.facts) for place, step in enumerate(steps)]

    async with asyncio.TaskGroup() as group:
        for place, update in enumerate(updates):
            group.create_task(campaigns.tell(update))
            if place % 4 == 0:
                group.create_task(MongoBatches(opened, few=0).page(campaigns.tenant, BatchQuery()))
                group.create_task(campaigns.erase(erased))

    assert await campaigns.asked() == await campaigns.recounted()


@pytest.mark.parametrize("asked_between", [False, True])
async def test_what_was_summed_before_a_change_is_not_believed_after_it(
    opened: Database, *, asked_between: bool
) -> None:
    campaigns, admin = Campaigns(opened), opened.client.admin
    await campaigns.begun()
    await campaigns.tell(campaigns.update("c-1", "e-1", batch=Batch(id="a"), rank=1, outcome=Outcome.BUSY))
    slow = {
        "failCommands": ["update"],
        "namespace": FULL_DISK["namespace"],
        "blockConnection": True,
        "blockTimeMS": 500,
    }
    point = await admin.command({"configureFailPoint": "failCommand", "mode": {"times": 1}, "data": slow})

    slowly = asyncio.create_task(MongoBatches(opened, few=0).page(campaigns.tenant, BatchQuery()))
    reached = {"waitForFailPoint": "failCommand", "timesEntered": point["count"] + 1, "maxTimeMS": 10_000}
    await admin.command(reached)  # it has summed, and keeps that later than who asks between
    await campaigns.tell(campaigns.update("c-1", "e-2", batch=Batch(id="b"), rank=2))
    if asked_between:
        assert await campaigns.asked(1) == await campaigns.recounted()
    await slowly

    assert await campaigns.asked() == await campaigns.recounted()


async def test_a_change_shows_on_the_next_page_though_others_go_on(opened: Database) -> None:
    campaigns = Campaigns(opened)
    batch = Batch(id="spring")
    await campaigns.tell(*(campaigns.update(f"c-{n}", "e-0", rank=1, batch=batch) for n in range(2)))
    done = asyncio.Event()

    async def others() -> None:
        place = 0
        while not done.is_set():
            place += 1
            await campaigns.tell(campaigns.update("c-0", f"o-{place}", rank=2, batch=batch, title=f"{place}"))

    async with asyncio.TaskGroup() as group:
        group.create_task(others())
        try:
            for n in range(1, 20):
                said = {"rank": 2 + n, "batch": batch, "talk_s": float(n)}
                await campaigns.tell(campaigns.update("c-1", f"e-{n}", outcome=Outcome.ANSWERED, **said))
                assert (await campaigns.asked(n % 2))["spring"].talk_s == n
        finally:
            done.set()


async def test_only_what_changed_is_summed_again(opened: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.mongo_batch_sums.NOTED", 2)
    campaigns = Campaigns(opened)
    batch, asked = Batch(id="spring"), MongoBatches(opened, few=0)
    for n in range(6):
        await campaigns.tell(campaigns.update(f"c-{n}", "e-0", rank=1, batch=batch))
    numbers = [call["number"] async for call in opened["calls"].find({"tenant": campaigns.tenant}).sort("number", 1)]
    assert all(later - number >= BLOCK for number, later in pairwise(numbers))
    for n in range(2):  # found to be of many calls, then summed by stretches
        await campaigns.tell(campaigns.update("c-0", f"e-{n + 1}", rank=2 + n, batch=batch))
        await asked.page(campaigns.tenant, BatchQuery())

    # Whoever adds this up again finds another number: nobody was told of it.
    await opened["calls"].update_many({"tenant": campaigns.tenant}, {"$set": {"talk_s": 1.0}})
    await campaigns.tell(campaigns.update("c-3", "e-9", rank=9, batch=batch))

    [row] = (await asked.page(campaigns.tenant, BatchQuery())).rows
    assert (row.count, row.talk_s) == (6, 0.0)
    await opened["calls"].update_many({"tenant": campaigns.tenant}, {"$set": {"talk_s": 1.0}})
    for n in range(3):  # more than are noted
        await campaigns.tell(campaigns.update("c-3", f"more-{n}", rank=10 + n, batch=batch))
    [row] = (await asked.page(campaigns.tenant, BatchQuery())).rows
    assert (row.count, row.talk_s) == (6, 5.0)
