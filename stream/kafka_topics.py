"""The topics: made where they are missing, looked at where they are not."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import LeaderNotAvailableError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from stream.kafka_client import CONNECT_S, KafkaSettings, client_options

log = logging.getLogger(__name__)

DAY_MS: Final = 86_400_000
EVENTS: Final = "aftercall.events"
BODIES: Final = "aftercall.bodies"
DEAD: Final = "aftercall.dead"

PARTITIONS: Final = 12
"""Up to so many workers; divisible by 2, 3, 4, 6."""

RECORD_BYTES: Final = 900_000
"""Larger bodies go by claim check: Kafka's own limit of 1 MiB less room for headers and the batch's frame."""

BATCH_BYTES: Final = 768 << 10
"""Many webhooks in one batch, well below Kafka's limit; aiokafka's own 16 KB is smaller than one transcript."""

MESSAGE_BYTES: Final = 1_048_588
"""Kafka's default for `max.message.bytes`, which is a limit on batches."""

FRAME_BYTES: Final = 100_000
"""What a record may weigh beyond its body: headers, key, the batch's frame."""

SETTLE_S: Final = 0.05
"""A topic that was just made is known to its cluster within a few of these."""

YOUNG: Final = (UnknownTopicOrPartitionError, LeaderNotAvailableError)


class Topic(NamedTuple):
    """A row: what we make, and what an existing topic must at least keep."""

    name: str
    partitions: int
    retention_ms: int


TOPICS: Final = (
    Topic(EVENTS, PARTITIONS, 7 * DAY_MS),
    # A day more than the events whose bodies they are, whatever segment each lies in.
    Topic(BODIES, PARTITIONS, 8 * DAY_MS),
    Topic(DEAD, 1, 365 * DAY_MS),
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A promise that a topic cannot keep, for logs and `doctor`; *remedy* says what to do."""

    topic: str
    setting: str
    found: str
    needed: str
    remedy: str


class Topics(msgspec.Struct, frozen=True, kw_only=True):
    """What the cluster has: findings, and the numbers that publisher and source go by."""

    findings: tuple[Finding, ...]
    partitions: Mapping[str, int]
    message_bytes: int
    retention_ms: int

    @property
    def record_bytes(self) -> int:
        """The longest body that travels in its own record."""
        return max(1, min(RECORD_BYTES, self.message_bytes - FRAME_BYTES))

    @property
    def batch_bytes(self) -> int:
        """The size at which a batch is closed."""
        return max(1, min(BATCH_BYTES, self.message_bytes - FRAME_BYTES))


class Seen(NamedTuple):
    """A topic as the cluster describes it."""

    partitions: int
    replicas: int
    configs: Mapping[str, str]


async def ensure_topics(settings: KafkaSettings, *, make: bool = True) -> Topics:
    """Make the missing topics if *make*, look at the rest; raises `KafkaError` or `TimeoutError` when none answers.

    What cannot be promised is logged as an error and returned.
    """
    admin = AIOKafkaAdminClient(**client_options(settings))
    try:
        async with asyncio.timeout(CONNECT_S):
            await admin.start()
            if make:
                await _make(admin, prefix=settings.prefix)
            seen, brokers = await _look(admin, prefix=settings.prefix, made=make)
    finally:
        await admin.close()
    findings = tuple(found for topic in TOPICS for found in judge(topic, seen[topic.name], brokers=brokers))
    for finding in findings:
        log.error("topic_cannot_keep_promise", extra=msgspec.structs.asdict(finding))
    return _summary(findings, seen)


def judge(topic: Topic, seen: Seen, *, brokers: int) -> list[Finding]:
    """Return what *topic* as it was *seen*, on so many *brokers*, cannot promise."""
    configs = {"partitions": str(seen.partitions), "replicas": str(seen.replicas), **seen.configs}
    rows = [row for row in _rules(topic, seen, brokers=brokers) if row.setting in configs]
    return [
        Finding(topic=topic.name, setting=row.setting, found=configs[row.setting], needed=row.needed, remedy=row.remedy)
        for row in rows
        if not row.kept
    ]


class Rule(NamedTuple):
    """One thing a topic must keep; where the cluster does not say, nothing is claimed."""

    setting: str
    kept: bool
    needed: str
    remedy: str


def _rules(topic: Topic, seen: Seen, *, brokers: int) -> list[Rule]:
    configs = seen.configs
    retention = int(configs.get("retention.ms", topic.retention_ms))
    size = int(configs.get("retention.bytes", -1))
    message = int(configs.get("max.message.bytes", MESSAGE_BYTES))
    copies = int(configs.get("min.insync.replicas", 2))
    alter = "kafka-configs --alter --entity-type topics --add-config"
    return [
        Rule("partitions", seen.partitions >= topic.partitions, f"≥ {topic.partitions}",
             "kafka-topics --alter --partitions: more workers than partitions stand idle"),
        Rule("retention.ms", retention < 0 or retention >= topic.retention_ms, f"≥ {topic.retention_ms}",
             f"{alter} retention.ms={topic.retention_ms}: events that workers have not read by then are lost"),
        Rule("retention.bytes", size < 0, "-1",
             f"{alter} retention.bytes=-1: a burst would push out events that workers have not read"),
        Rule("cleanup.policy", configs.get("cleanup.policy", "delete") == "delete", "delete",
             f"{alter} cleanup.policy=delete: compaction keeps one event a call and loses the others"),
        Rule("max.message.bytes", message >= MESSAGE_BYTES, f"≥ {MESSAGE_BYTES}",
             f"{alter} max.message.bytes={MESSAGE_BYTES}: smaller batches are slower, more bodies go by claim check"),
        Rule("replicas", brokers == 1 or seen.replicas > 1, "≥ 2",
             "kafka-reassign-partitions: one broker's disk holds the only copy"),
        Rule("min.insync.replicas", seen.replicas == 1 or 1 < copies < seen.replicas, f"2 … {seen.replicas - 1}",
             f"{alter} min.insync.replicas=2 with 3 replicas: below, acks=all waits for one copy only; "
             "at the number of replicas, one broker's restart stops all writes"),
    ]  # fmt: skip


async def _make(admin: AIOKafkaAdminClient, *, prefix: str) -> None:
    present = set(await admin.list_topics())
    missing = [topic for topic in TOPICS if prefix + topic.name not in present]
    if not missing:
        return
    # The cluster's own replication factor (-1); aiokafka wants an empty assignment beside it.
    answer = await admin.create_topics(
        [
            NewTopic(prefix + row.name, row.partitions, -1, {}, {"retention.ms": str(row.retention_ms)})
            for row in missing
        ]
    )
    for name, code, *why in answer.topic_errors:
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:  # another process of ours was quicker
            raise error(f"topic {name} could not be made: {why}")


async def _look(admin: AIOKafkaAdminClient, *, prefix: str, made: bool) -> tuple[dict[str, Seen], int]:
    names = [prefix + topic.name for topic in TOPICS]
    cluster = await admin.describe_cluster()
    described = await _described(admin, names, made=made)
    configs = await _configs(admin, names)
    seen = {
        name.removeprefix(prefix): Seen(
            len(described[name]),
            min((len(partition["replicas"]) for partition in described[name]), default=0),
            configs.get(name, {}),
        )
        for name in names
    }
    return seen, len(cluster["brokers"])


async def _described(admin: AIOKafkaAdminClient, names: Sequence[str], *, made: bool) -> dict[str, Any]:
    """Return each topic's partitions; what was just *made* is known to its cluster a moment later."""
    while True:
        rows = await admin.describe_topics(list(names))
        young = [row for row in rows if for_code(row["error_code"]) in YOUNG or not row["partitions"]]
        if not (young and made):
            return {row["topic"]: row["partitions"] for row in rows}
        await asyncio.sleep(SETTLE_S)


async def _configs(admin: AIOKafkaAdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return each topic's settings; none where we may not ask for them."""
    found: dict[str, dict[str, str]] = {}
    for answer in await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names]):
        for code, _, _, name, entries in answer.resources:
            if not code:
                found[name] = {entry[0]: entry[1] for entry in entries}
    return found


def _summary(findings: tuple[Finding, ...], seen: Mapping[str, Seen]) -> Topics:
    return Topics(
        findings=findings,
        partitions={name: found.partitions for name, found in seen.items()},
        # One limit for all: the least.
        message_bytes=min(int(found.configs.get("max.message.bytes", MESSAGE_BYTES)) for found in seen.values()),
        retention_ms=int(seen[EVENTS].configs.get("retention.ms", 7 * DAY_MS)),
    )
