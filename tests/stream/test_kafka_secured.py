"""A Kafka that wants to know who we are, over TLS: it is spoken to, and what it refuses is told with its remedy."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from stream.kafka import kafka_publisher, kafka_source, reached_topics
from stream.kafka_client import KafkaSettings
from stream.ports import Unusable
from stream.spool import open_spool
from tests.ports.streams import SOON_S, bodies, make_envelope, publish_all, take
from tests.servers.kafka import USER
from tests.servers.secured import SecuredKafka
from tests.system.command import aftercall
from tests.system.test_up import CONFIG

SCRAM = "SCRAM-SHA-512"
WRONG = "wrong-hush"
LARGE = bytes(range(256)) * 5_000


@pytest.fixture(scope="module")
def secured() -> Iterator[SecuredKafka]:
    with SecuredKafka() as server:
        yield server


@pytest.fixture
def settings(secured: SecuredKafka, topic_prefix: str, tmp_path: Path) -> KafkaSettings:
    return KafkaSettings(
        bootstrap=secured.secured,
        prefix=topic_prefix,
        security="SASL_SSL",
        sasl_mechanism=SCRAM,
        sasl_username=USER,
        sasl_password=secured.passwords[SCRAM],
        ssl_ca=str(secured.ca_file(tmp_path)),
    )


@pytest.fixture(autouse=True)
async def hung_up() -> AsyncIterator[None]:
    """Wait until the broker has hung up, too.

    aiokafka does not wait for the end of TLS where it was refused. A loop that ends first leaves the socket open, and
    the collector tells it in whatever test runs then.
    """
    yield
    watched = asyncio.get_running_loop()._selector.get_map()  # type: ignore[attr-defined]  # nobody else knows
    async with asyncio.timeout(SOON_S):
        while len(watched) > 1:  # the first wakes the loop  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)


@pytest.mark.usefixtures("patience")
@pytest.mark.parametrize(("mechanism", "password"), SecuredKafka.passwords.items())
async def test_what_is_published_is_read_again(mechanism: str, password: str, settings: KafkaSettings) -> None:
    settings = msgspec.structs.replace(settings, sasl_mechanism=mechanism, sasl_password=password)
    sent = [make_envelope(b"{}", call_id="short"), make_envelope(LARGE, call_id="in chunks")]

    async with kafka_publisher(settings=settings, wait_s=SOON_S, deadline_s=SOON_S) as publisher:
        await publish_all(publisher, sent)

    async with kafka_source(settings=settings) as source:
        assert sorted(bodies(await take(source, 2))) == sorted([b"{}", LARGE])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sasl_password": WRONG}, "refuses our user or password: .*AFTERCALL_KAFKA_PASSWORD"),
        ({"sasl_username": "nobody"}, "refuses our user or password: .*AFTERCALL_KAFKA_USERNAME"),
        ({"sasl_mechanism": "SCRAM-SHA-256"}, "does not offer SCRAM-SHA-256: set AFTERCALL_KAFKA_SASL_MECHANISM"),
        ({"ssl_ca": None}, "cannot be trusted .*issuer.*: set AFTERCALL_KAFKA_CA_FILE"),
        ({"security": "SASL_PLAINTEXT"}, "cannot be reached .* AFTERCALL_KAFKA_SECURITY_PROTOCOL"),
        ({"security": "PLAINTEXT"}, "cannot be reached .* AFTERCALL_KAFKA_SECURITY_PROTOCOL"),
    ],
)
async def test_what_it_refuses_is_told_in_one_sentence(
    wrong: dict[str, str | None], said: str, settings: KafkaSettings
) -> None:
    with pytest.raises(Unusable, match=said) as refused:
        await reached_topics(settings=msgspec.structs.replace(settings, **wrong))

    assert WRONG not in str(refused.value)


async def test_a_name_that_is_not_in_its_certificate_is_told(settings: KafkaSettings) -> None:
    elsewhere = settings.bootstrap.replace("127.0.0.1", "localhost")

    with pytest.raises(Unusable, match=r"not valid for 'localhost'.*AFTERCALL_KAFKA as their certificates do"):
        await reached_topics(settings=msgspec.structs.replace(settings, bootstrap=elsewhere))


async def test_a_listener_that_asks_nobody_is_told(secured: SecuredKafka, settings: KafkaSettings) -> None:
    asks_nobody = msgspec.structs.replace(settings, bootstrap=secured.bootstrap, security="SASL_PLAINTEXT")

    with pytest.raises(Unusable, match="asks for no user on this port"):
        await reached_topics(settings=asks_nobody)


async def test_a_wrong_password_is_told_once_and_costs_no_event(
    settings: KafkaSettings, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stream.kafka_publisher.RETRY_S", 0.01)
    caplog.set_level(logging.ERROR, logger="aiokafka")  # our own logging, set up by other tests, keeps it silent
    wrong = msgspec.structs.replace(settings, sasl_password=WRONG)
    async with open_spool(settings=wrong, directory=tmp_path, start_s=0.1) as refused:
        await refused.publish(make_envelope(b"kept"))
        assert refused.ready() == {"kafka": False, "spool": True}
        async with asyncio.timeout(SOON_S):
            while len(attempts(caplog)) < 3:  # noqa: ASYNC110  # seen from outside, as an operator does
                await asyncio.sleep(0.02)

    async with open_spool(settings=settings, directory=tmp_path), kafka_source(settings=settings) as source:
        assert bodies(await take(source, 1)) == [b"kept"]
    assert len([why for why in told(caplog) if "refuses our user or password" in why]) == 1


def test_a_worker_ends_with_the_sentence_alone(settings: KafkaSettings, tmp_path: Path) -> None:
    (tmp_path / "aftercall.toml").write_text(CONFIG)

    ended = aftercall(
        *("worker", "--port", "0"),
        directory=tmp_path,
        AFTERCALL_KAFKA=settings.bootstrap,
        AFTERCALL_KAFKA_SECURITY_PROTOCOL=settings.security,
        AFTERCALL_KAFKA_SASL_MECHANISM=settings.sasl_mechanism,
        AFTERCALL_KAFKA_USERNAME=USER,
        AFTERCALL_KAFKA_PASSWORD=WRONG,
        AFTERCALL_KAFKA_CA_FILE=str(settings.ssl_ca),
    )

    assert ended.returncode == 1
    assert re.fullmatch(r"aftercall: Kafka at .* refuses our user or password: .*\n", ended.stderr)


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the publisher said of why Kafka cannot be used."""
    return [vars(row)["why"] for row in caplog.records if row.message == "kafka_unreachable"]


def attempts(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the library said of each attempt; a process of ours keeps it silent."""
    return [row.message for row in caplog.records if row.message.startswith("Unable connect")]
