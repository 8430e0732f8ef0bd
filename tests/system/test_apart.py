"""Ingest, worker and query as processes of their own, on a real Kafka and a real MongoDB."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from tests.servers.kafka import KafkaServer
from tests.servers.ports import free_port
from tests.system import standard
from tests.system.command import LANDED_WITHIN_S, Running, aftercall, started, status
from tests.system.test_up import CONFIG, SECRET, eventually_stored

NOWHERE = "127.0.0.1:1"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where processes of one service run."""
    (tmp_path / "aftercall.toml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def servers_of_ours(own_kafka: KafkaServer, mongo_url: str, database: str) -> dict[str, str]:
    """The variables that say where Kafka and MongoDB are; topics and database are this test's alone."""
    server, _, options = mongo_url.partition("?")
    return {
        "AFTERCALL_KAFKA": own_kafka.bootstrap,
        "AFTERCALL_MONGO_URL": f"{server.rstrip('/')}/{database}?{options}",
    }


@pytest.fixture
def parts(directory: Path, servers_of_ours: dict[str, str]) -> Iterator[tuple[Running, Running]]:
    """Ingest and query, with a worker between them."""
    with ExitStack() as stack:
        running = {}
        for verb in ("ingest", "worker", "query"):
            (own := directory / verb).mkdir()
            (own / "aftercall.toml").write_text(CONFIG)
            running[verb] = stack.enter_context(started(verb, directory=own, **servers_of_ours))
        for one in running.values():
            one.ready()
        yield running["ingest"], running["query"]


def test_what_ingest_accepts_the_worker_stores_and_query_tells(
    parts: tuple[Running, Running], own_kafka: KafkaServer
) -> None:
    ingest, query = parts

    before = {
        f"c-{n}"
        for n in range(20)
        if standard.post(f"{ingest.url}/webhooks/own", secret=SECRET, call_id=f"c-{n}") == 200
    }
    own_kafka.stop()
    spooled = {
        f"s-{n}"
        for n in range(5)
        if standard.post(f"{ingest.url}/webhooks/own", secret=SECRET, call_id=f"s-{n}") == 200
    }
    ready = status(f"{ingest.url}/readyz")
    own_kafka.start()

    assert len(before) == 20
    assert len(spooled) == 5
    assert ready == 200
    assert eventually_stored(query, before | spooled) == before | spooled


def test_poison_on_kafka_is_set_aside_between_good_events_and_listed(
    parts: tuple[Running, Running], servers_of_ours: dict[str, str], directory: Path
) -> None:
    ingest, query = parts
    calls = {"c-before", "c-after"}
    assert standard.post(f"{ingest.url}/webhooks/own", secret=SECRET, call_id="c-before") == 200
    asyncio.run(_produce(servers_of_ours["AFTERCALL_KAFKA"], b"nothing that we wrote"))
    assert standard.post(f"{ingest.url}/webhooks/own", secret=SECRET, call_id="c-after") == 200

    assert eventually_stored(query, calls) == calls
    deadline = time.monotonic() + LANDED_WITHIN_S
    while (
        "headers_missing"
        not in (listed := aftercall("dead-letters", "list", directory=directory, **servers_of_ours)).stdout
    ):
        assert time.monotonic() < deadline, listed.stdout + listed.stderr
    assert "1 of 1 dead letters" in listed.stdout


async def _produce(bootstrap: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        await producer.send_and_wait("aftercall.events", value)


def test_ingest_takes_webhooks_though_kafka_was_never_there(directory: Path) -> None:
    with started("ingest", directory=directory, AFTERCALL_KAFKA=NOWHERE) as ingest:
        ingest.ready()

        assert standard.post(f"{ingest.url}/webhooks/own", secret=SECRET, call_id="c-1") == 200
        assert ingest.stop() == 0


@pytest.mark.parametrize("words", [("worker",), ("up",), ("setup",), ("replay", "--since", "1h")])
def test_a_kafka_that_cannot_be_reached_is_told_in_a_sentence(words: tuple[str, ...], directory: Path) -> None:
    port = ["--port", str(free_port())] if words[0] in {"worker", "up"} else []

    refused = aftercall(*words, *port, directory=directory, AFTERCALL_KAFKA=NOWHERE)

    assert refused.returncode == 1
    assert f"aftercall: Kafka at {NOWHERE} cannot be reached" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("verb", ["worker", "query"])
def test_without_any_mongodb_the_sentence_names_the_ways_to_one(verb: str, directory: Path) -> None:
    refused = aftercall(verb, "--port", str(free_port()), directory=directory)

    assert refused.returncode == 1
    assert "AFTERCALL_MONGO_URL" in refused.stderr
    assert "aftercall up" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_query_waits_for_a_mongodb_that_is_away_and_says_so(directory: Path) -> None:
    url = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200"
    with started("query", directory=directory, AFTERCALL_MONGO_URL=url) as query:
        deadline = time.monotonic() + LANDED_WITHIN_S
        while status(f"{query.url}/healthz") != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)

        assert status(f"{query.url}/readyz") == 503
        assert status(f"{query.url}/v1/calls") == 503
        assert query.stop() == 0
