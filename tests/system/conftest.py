"""One broker and one server of MongoDB for all system tests; each has its own tenant, database and directory."""

import os
import random
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.servers.kafka import KafkaServer
from tests.servers.mongo import MongoServer
from tests.system.ledger import Ledger
from tests.system.processes import Service, config_text

SEED: Final = "SEED"
"""Makes a failing schedule run again: `SEED=123 make test ARGS='-k rolling'`."""


@pytest.fixture
def seed() -> int:
    """What decides the calls, their shuffles and the moments of faults; printed, so that a failure shows it."""
    chosen = int(os.environ.get(SEED) or random.randrange(10**6))
    print(f"{SEED}={chosen}")
    return chosen


@pytest.fixture(scope="session")
def broker() -> Iterator[KafkaServer]:
    """A Kafka that system tests may stop, kill and pause, one after the other."""
    with KafkaServer() as server:
        yield server


@pytest.fixture(scope="session")
def store() -> Iterator[MongoServer]:
    """A MongoDB that system tests may stop, kill and pause, one after the other."""
    with MongoServer() as server:
        yield server


class Deployment:
    """Processes of one test, with a tenant, a database and a directory that no other test has."""

    def __init__(self, name: str, *, directory: Path, store: MongoServer, seed: int, stack: ExitStack) -> None:
        """Prepare; nothing is started yet."""
        self.name = name
        self.seed = seed
        self.services: Final[list[Service]] = []
        self._directory = directory
        self._stack = stack
        config = directory / "aftercall.toml"
        config.write_text(config_text(name))
        config.chmod(0o600)
        self.environment = {
            "AFTERCALL_CONFIG": str(config),
            "AFTERCALL_MONGO_URL": store.url.replace("/?", f"/{name}?"),
        }

    def service(self, verb: str, *, name: str | None = None, **environment: str) -> Service:
        """Return a process of *verb*, not started, ended after the test."""
        service = Service(
            verb, name=name or verb, directory=self._directory, environment=self.environment | environment
        )
        self._stack.callback(service.close)
        self.services.append(service)
        return service

    def ledger(self, *, ingest: Service, query: Service) -> Ledger:
        """Return the book of what is sent in this test."""
        return Ledger(self.name, seed=self.seed, ingest=ingest.url, query=query.url)


@pytest.fixture
def deployment(tmp_path: Path, store: MongoServer, seed: int) -> Iterator[Deployment]:
    """A deployment named for the test."""
    name = f"t{secrets.token_hex(4)}"
    with ExitStack() as stack:
        deployed = Deployment(name, directory=tmp_path, store=store, seed=seed, stack=stack)
        yield deployed
        for service in deployed.services:  # all at once; the stack waits for each
            service.ask_to_end()


class Parts:
    """Ingest, worker and query, apart, on Kafka."""

    def __init__(self, deployment: Deployment, broker: KafkaServer) -> None:
        """Start all three."""
        self.deployment = deployment
        deployment.environment["AFTERCALL_KAFKA"] = broker.bootstrap
        self.ingest = deployment.service("ingest")
        self.query = deployment.service("query")
        self.worker = deployment.service("worker")
        self.second_worker = deployment.service("worker", name="worker-2")
        for service in (self.ingest, self.query, self.worker):
            service.start(wait=False)
        for service in (self.ingest, self.query, self.worker):
            service.wait_until_ready()
        self.ledger = deployment.ledger(ingest=self.ingest, query=self.query)


@pytest.fixture
def parts(deployment: Deployment, broker: KafkaServer) -> Parts:
    """The service as it runs in production."""
    return Parts(deployment, broker)


@pytest.fixture
def up(deployment: Deployment) -> Service:
    """`aftercall up`, started: all in one process, the journal as stream."""
    service = deployment.service("up")
    service.start()
    return service
