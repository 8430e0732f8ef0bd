"""`aftercall up`, all in one process with the journal as stream, with faults under load."""

import asyncio
import random

import httpx

from tests.servers.mongo import MongoServer
from tests.system.conftest import Deployment
from tests.system.processes import Service, by_hand
from tests.system.stories import large_story

MEGABYTE = 2**20
BOUND_MB = 16  # the least that may be set


async def test_up_that_is_killed_keeps_what_it_acknowledged(deployment: Deployment, up: Service) -> None:
    """SABOTAGE=early-ack."""
    chance = random.Random(deployment.seed)
    ledger = deployment.ledger(ingest=up, query=up)
    async with ledger.sending():
        for _ in range(2):
            await asyncio.sleep(chance.uniform(0.3, 1.5))
            up.kill()
            await by_hand(up.start)

    await ledger.check()


async def test_a_full_journal_refuses_honestly_and_heals(deployment: Deployment, store: MongoServer) -> None:
    """SABOTAGE=no-bound: the journal takes whatever comes."""
    up = deployment.service("up", AFTERCALL_JOURNAL_MB=str(BOUND_MB))
    await by_hand(up.start)
    ledger = deployment.ledger(ingest=up, query=up)
    await ledger.send(20)
    await ledger.check()

    store.pause()
    try:
        for number in range(BOUND_MB * 2):
            full = await ledger.offer(large_story(deployment.name, number, seed=deployment.seed, size=MEGABYTE))
            if not full.is_success:
                break
        assert full.status_code == await by_hand(up.ready) == httpx.codes.SERVICE_UNAVAILABLE
        assert int(full.headers["retry-after"]) > 0
    finally:
        store.resume()

    await by_hand(up.wait_until_ready)
    await ledger.send(20)
    await ledger.check()
