"""Ingest, worker and query apart, on a real Kafka and a real MongoDB, with faults under load.

In each test every 2xx is one stored call with the right content in the end, and nothing else is stored. The docstrings
say which protection the test rests on; `SABOTAGE=word` takes it out (`tests/sabotage.py`), and the test fails.
"""

import asyncio
import random

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from tests.servers.kafka import KafkaServer
from tests.servers.mongo import MongoServer
from tests.system.conftest import Parts
from tests.system.processes import by_hand
from tests.system.stories import Post

pytestmark = pytest.mark.timeout(600)  # outages of 20 s, and what was put off meanwhile, on a machine that is shared

OUTAGE_S = 20.0
POISON = 5
LOAD = 40.0
"""Events in a second: enough to be in the middle of something at any moment, few enough for two cores."""


async def test_a_worker_that_is_killed_loses_and_doubles_nothing(parts: Parts) -> None:
    """SABOTAGE=commit-first: the position moves before the effect."""
    chance = random.Random(parts.deployment.seed)
    async with parts.ledger.sending():
        for _ in range(2):
            await asyncio.sleep(chance.uniform(0.3, 1.2))
            parts.worker.kill()
            parts.worker.start(wait=False)

    await parts.ledger.check()


async def test_an_ingest_that_is_killed_has_acknowledged_only_what_is_durable(parts: Parts) -> None:
    """SABOTAGE=early-ack: 200 before the broker's acknowledgement."""
    chance = random.Random(parts.deployment.seed)
    async with parts.ledger.sending():
        for _ in range(3):
            await asyncio.sleep(chance.uniform(0.3, 1.0))
            parts.ingest.kill()
            await by_hand(parts.ingest.start)

    await parts.ledger.check()


async def test_a_broker_that_is_away_for_20_s_costs_no_sender_anything(parts: Parts, broker: KafkaServer) -> None:
    """SABOTAGE=no-spool: Kafka without the journal behind it."""
    sending = asyncio.create_task(parts.ledger.send(400, per_second=LOAD))
    await asyncio.sleep(3)
    broker.kill()
    await asyncio.sleep(OUTAGE_S)
    await by_hand(broker.start)

    await sending
    assert set(parts.ledger.statuses) == {httpx.codes.OK}
    await parts.ledger.check()


async def test_a_database_that_is_away_for_20_s_costs_only_time(parts: Parts, store: MongoServer) -> None:
    """SABOTAGE=no-patience: what cannot be stored now is set aside."""
    sending = asyncio.create_task(parts.ledger.send(400, per_second=LOAD))
    await asyncio.sleep(3)
    store.kill()
    away = asyncio.create_task(asyncio.sleep(OUTAGE_S))
    await by_hand(parts.worker.wait_until_refused)
    await away
    await by_hand(store.start)

    await sending
    assert set(parts.ledger.statuses) == {httpx.codes.OK}
    await parts.ledger.check()
    assert parts.worker.metric("aftercall_set_aside_total") == 0


async def test_a_rolling_restart_under_load_is_not_noticed_in_what_is_stored(parts: Parts) -> None:
    """SABOTAGE=no-drain: SIGTERM ends a process in the middle of a request, its event already published or not."""
    sending = asyncio.create_task(parts.ledger.send(400, per_second=2 * LOAD))
    for service in (parts.worker, parts.ingest, parts.query, parts.worker, parts.ingest):
        await asyncio.sleep(1)
        assert await by_hand(service.terminate) == 0
        await by_hand(service.start, wait=service is not parts.worker)

    await sending
    assert parts.ledger.statuses[httpx.codes.SERVICE_UNAVAILABLE] == 0
    assert not {"ReadError", "ReadTimeout", "RemoteProtocolError"} & set(parts.ledger.statuses)
    await parts.ledger.check()


async def test_two_workers_share_the_work_come_and_go(parts: Parts) -> None:
    """SABOTAGE=commit-first."""
    sending = asyncio.create_task(parts.ledger.send(400, per_second=2 * LOAD))
    await by_hand(parts.second_worker.start)
    await asyncio.sleep(2)
    await by_hand(parts.worker.terminate)
    await asyncio.sleep(1)
    parts.worker.start(wait=False)
    await asyncio.sleep(1)
    parts.second_worker.kill()

    await sending
    await parts.ledger.check()


async def test_a_worker_that_was_away_catches_up(parts: Parts) -> None:
    """SABOTAGE=latest: a worker begins at the end of the stream instead of where it was."""
    await parts.ledger.send(50)
    await by_hand(parts.worker.terminate)
    await parts.ledger.send(300)
    await by_hand(parts.worker.start, wait=False)

    await parts.ledger.check()


async def test_poison_between_good_records_stops_nothing(parts: Parts, broker: KafkaServer) -> None:
    """SABOTAGE=no-set-aside: what cannot be understood is tried again for ever."""
    forged = Post("vapi", "f", b'{"message": {"type": "end-of-call-report", "call": {"id": "forged"}}}')

    sending = asyncio.create_task(parts.ledger.send(150))
    await _poison(broker.bootstrap, tenant=parts.deployment.name)
    refused = await parts.ledger.post(forged, **{"x-vapi-secret": "wrong"})
    await sending

    assert refused.status_code == httpx.codes.UNAUTHORIZED
    await parts.ledger.check()
    await by_hand(parts.worker.wait_until_counted, name="aftercall_set_aside_total", count=2 * POISON)


async def _poison(bootstrap: str, *, tenant: str) -> None:
    """Put records into the topic that no ingest of ours would: without headers, or with bodies that are cut short."""
    facts = {"platform": "retell", "connection": "retell", "tenant": tenant, "event_type": "call_ended", "schema": "1"}
    facts |= {"content_type": "application/json", "received_at": "1", "traceparent": "", "event_id": "poison"}
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for number in range(POISON):
            headers = [(name, value.encode()) for name, value in (facts | {"call_id": f"p-{number}"}).items()]
            await producer.send_and_wait("aftercall.events", b"?", key=b"%d" % number)
            await producer.send_and_wait("aftercall.events", b'{"event": "call_', headers=headers)
