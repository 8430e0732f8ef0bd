"""Topics are made where they are missing, and what an existing one cannot promise is told with its remedy."""

import logging
from typing import Any

import msgspec
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from stream.kafka import kafka_publisher, kafka_source, reached_topics
from stream.kafka_client import KafkaSettings, client_options
from stream.kafka_topics import BODIES, DAY_MS, DEAD, EVENTS, PARTITIONS, TOPICS, Seen, ensure_topics, judge
from stream.ports import Unusable
from tests.ports.streams import SOON_S, bodies, make_envelope, publish_all, take
from tests.servers.ports import free_port

EVENTS_ROW = TOPICS[0]
KEPT = {
    "retention.ms": str(7 * DAY_MS),
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "max.message.bytes": "1048588",
    "min.insync.replicas": "2",
}

pytestmark = pytest.mark.usefixtures("patience")


@pytest.fixture
def settings(kafka: str, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(bootstrap=kafka, prefix=topic_prefix)


def test_a_topic_that_keeps_every_promise_is_not_spoken_of() -> None:
    assert judge(EVENTS_ROW, Seen(PARTITIONS, 3, KEPT), brokers=3) == []
    assert judge(EVENTS_ROW, Seen(PARTITIONS, 1, KEPT | {"min.insync.replicas": "1"}), brokers=1) == []
    assert judge(EVENTS_ROW, Seen(PARTITIONS, 3, KEPT | {"retention.ms": "-1"}), brokers=3) == []
    assert judge(EVENTS_ROW, Seen(PARTITIONS, 3, {}), brokers=3) == []


@pytest.mark.parametrize(
    ("setting", "seen"),
    [
        ("partitions", Seen(3, 3, KEPT)),
        ("replicas", Seen(PARTITIONS, 1, KEPT)),
        *(
            (name, Seen(PARTITIONS, 3, KEPT | {name: value}))
            for name, value in {
                "retention.ms": str(DAY_MS),
                "retention.bytes": "1000000",
                "cleanup.policy": "compact",
                "max.message.bytes": "100000",
            }.items()
        ),
        ("min.insync.replicas", Seen(PARTITIONS, 3, KEPT | {"min.insync.replicas": "1"})),
        ("min.insync.replicas", Seen(PARTITIONS, 3, KEPT | {"min.insync.replicas": "3"})),
    ],
)
def test_a_broken_promise_is_named_with_what_to_do(setting: str, seen: Seen) -> None:
    (finding,) = judge(EVENTS_ROW, seen, brokers=3)

    assert finding.setting == setting
    assert finding.topic == EVENTS
    assert finding.remedy


async def test_missing_topics_are_made_as_designed(settings: KafkaSettings) -> None:
    topics = await ensure_topics(settings)

    assert topics.findings == ()
    assert topics.partitions == {EVENTS: PARTITIONS, BODIES: PARTITIONS, DEAD: 1}
    assert topics.retention_ms == 7 * DAY_MS


async def test_a_poor_topic_is_told_loudly_and_used_all_the_same(
    settings: KafkaSettings, caplog: pytest.LogCaptureFixture
) -> None:
    await make_topic(settings, EVENTS, partitions=2, configs={"retention.ms": "3600000", "max.message.bytes": "300000"})
    large = bytes(range(256)) * 1_000

    with caplog.at_level(logging.ERROR, logger="stream.kafka_topics"):
        async with kafka_publisher(settings=settings, wait_s=SOON_S, deadline_s=SOON_S) as publisher:
            await publisher.publish(make_envelope(large))
            assert publisher.link is not None
            found = {finding.setting for finding in publisher.link.topics.findings}

    assert found == {"partitions", "retention.ms", "max.message.bytes"}
    told = {entry.message for entry in caplog.records if entry.name == "stream.kafka_topics"}
    assert told == {"topic_cannot_keep_promise"}
    async with kafka_source(settings=settings) as source:
        assert bodies(await take(source, 1)) == [large]


async def test_compressed_batches_are_read_like_any_others(settings: KafkaSettings) -> None:
    sent = [make_envelope(b"word " * 5_000, event_id=str(number)) for number in range(20)]
    async with kafka_publisher(
        settings=msgspec.structs.replace(settings, compression="zstd"), wait_s=SOON_S, deadline_s=SOON_S
    ) as publisher:
        await publish_all(publisher, sent)

    async with kafka_source(settings=settings) as source:
        assert bodies(await take(source, 20)) == [envelope.body for envelope in sent]


async def test_looking_without_making_makes_nothing(settings: KafkaSettings) -> None:
    topics = await ensure_topics(settings, make=False)

    assert {finding.setting for finding in topics.findings} == {"partitions"}
    assert topics.partitions == {EVENTS: 0, BODIES: 0, DEAD: 0}


async def test_a_kafka_that_is_not_there_is_told_in_one_sentence() -> None:
    with pytest.raises(Unusable, match=r"cannot be reached .* see that it runs"):
        await reached_topics(settings=KafkaSettings(bootstrap=f"127.0.0.1:{free_port()}"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"security": "TLS"}, "AFTERCALL_KAFKA_SECURITY_PROTOCOL"),
        ({"security": "SASL_SSL", "sasl_mechanism": "MAGIC"}, "AFTERCALL_KAFKA_SASL_MECHANISM"),
        ({"security": "SASL_PLAINTEXT"}, "AFTERCALL_KAFKA_USERNAME"),
        ({"security": "SSL", "ssl_ca": "/nowhere/ca.pem"}, "AFTERCALL_KAFKA_CA_FILE"),
    ],
)
def test_settings_that_cannot_work_name_their_variable(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(Unusable, match=said):
        client_options(KafkaSettings(bootstrap="127.0.0.1:9092", **wrong))


def test_credentials_reach_the_client_and_no_log() -> None:
    settings = KafkaSettings(
        bootstrap="a:9093, b:9093",
        security="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username="aftercall",
        sasl_password="hush",
    )

    options = client_options(settings)

    assert options["bootstrap_servers"] == ["a:9093", "b:9093"]
    assert options["sasl_mechanism"] == "SCRAM-SHA-512"
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("aftercall", "hush")
    assert options["ssl_context"].verify_mode.name == "CERT_REQUIRED"
    assert "hush" not in repr(settings)


async def make_topic(settings: KafkaSettings, name: str, *, partitions: int, configs: dict[str, str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(settings.prefix + name, partitions, 1, topic_configs=configs)])
    await admin.close()
