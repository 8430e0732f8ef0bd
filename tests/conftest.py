"""What every test may ask for: the session's real servers, servers of its own, names nobody else uses."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import hypothesis
import pytest
from pymongo import MongoClient

from tests.servers.kafka import KafkaServer
from tests.servers.mongo import MongoServer
from tests.servers.shared import Desk, Lent, Owned, Servers

DESK: Final = "servers_desk"
PATIENCE: Final = (
    *("stream.spool.DEADLINE_S", "stream.spool.SPOOL_S", "stream.kafka_publisher.LARGE_S"),
    *("stream.kafka_topics.CONNECT_S", "stream.kafka_link.CONNECT_S"),
)
owned: Final = pytest.StashKey[Owned]()
desk: Final = pytest.StashKey[Desk]()


# No test is about time, and a busy machine is no fault of the example that it met; a failing one prints how to run it.
# Where CI is set (`.ci/run` sets it), Hypothesis draws the same examples each time; elsewhere it goes on looking.
hypothesis.settings.register_profile(
    "ours", deadline=None, print_blob=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """Own servers, except in a worker of pytest-xdist."""
    if not hasattr(config, "workerinput"):
        config.stash[owned] = Owned()
        config.add_cleanup(config.stash[owned].close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of pytest-xdist where to ask for servers."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # pytest-xdist has no types
    if desk not in config.stash:
        opened = ExitStack()
        path = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="aftercall-tests-"))) / "desk"
        config.stash[desk] = opened.enter_context(Desk(config.stash[owned], path=path))
        config.add_cleanup(opened.close)
    node.workerinput[DESK] = config.stash[desk].path  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """The session's servers, none started before it is asked for."""
    if owned in pytestconfig.stash:
        return pytestconfig.stash[owned]
    return Lent(pytestconfig.workerinput[DESK])  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def kafka(servers: Servers) -> str:
    """Bootstrap server of the session's Kafka; leave it running, and use topics of your own (`topic_prefix`)."""
    return servers.address("kafka")


@pytest.fixture(scope="session")
def mongo_url(servers: Servers) -> str:
    """URL of the session's MongoDB; leave it running, and use a database of your own (`database`)."""
    return servers.address("mongo")


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a test broker and disk may be slow: what is given up or spooled meanwhile is no fault."""
    for bound in PATIENCE:
        monkeypatch.setattr(bound, 60.0)


@pytest.fixture
def topic_prefix() -> str:
    """A beginning for names of topics and groups that no other test has."""
    return f"t{secrets.token_hex(4)}."


@pytest.fixture
def database(mongo_url: str) -> Iterator[str]:
    """The name of a database that no other test has, dropped at the end."""
    name = f"t{secrets.token_hex(4)}"
    yield name
    with MongoClient[dict[str, object]](mongo_url) as client:
        client.drop_database(name)


@pytest.fixture
def own_kafka() -> Iterator[KafkaServer]:
    """A running Kafka that the test may stop, kill and pause."""
    with KafkaServer() as server:
        yield server


@pytest.fixture
def own_mongo() -> Iterator[MongoServer]:
    """A running MongoDB that the test may stop, kill and pause."""
    with MongoServer() as server:
        yield server
