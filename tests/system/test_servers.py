"""The tests' own Kafka and MongoDB keep what was acknowledged, whatever is done to them."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import AsyncMongoClient

from tests.servers.hosts import NotStarted
from tests.servers.kafka import KafkaServer
from tests.servers.mongo import MongoServer
from tests.servers.server import Server

TOPIC = "kept"
WITHIN_S = 90


async def test_kafka_comes_back_with_its_records_stopped_or_killed(own_kafka: KafkaServer) -> None:
    await _create(own_kafka.bootstrap)
    await _produce(own_kafka.bootstrap, b"first")

    own_kafka.restart()
    await _produce(own_kafka.bootstrap, b"second")
    own_kafka.kill()
    own_kafka.start()

    assert await _records(own_kafka.bootstrap, 2) == [b"first", b"second"]


@pytest.mark.parametrize("end", [MongoServer.stop, MongoServer.kill], ids=["stopped", "killed"])
async def test_mongo_comes_back_with_its_documents(own_mongo: MongoServer, end: Callable[[Server], None]) -> None:
    async with AsyncMongoClient[dict[str, Any]](own_mongo.url) as client:
        await client.get_database("kept").get_collection("kept").insert_one({"_id": 1})

        end(own_mongo)
        own_mongo.start()

        assert await client.get_database("kept").get_collection("kept").find_one() == {"_id": 1}


async def test_a_paused_mongo_answers_nothing_and_then_goes_on(own_mongo: MongoServer) -> None:
    async with AsyncMongoClient[dict[str, Any]](own_mongo.url) as client:
        await client.admin.command("ping")

        own_mongo.pause()
        ping = asyncio.create_task(client.admin.command("ping"))
        done, _ = await asyncio.wait([ping], timeout=0.3)
        own_mongo.resume()

        assert not done
        assert (await ping)["ok"] == 1.0


def test_a_server_that_ends_at_once_tells_its_last_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MongoServer, "cache_gb", -1)

    with pytest.raises(NotStarted, match="cacheSizeGB"), MongoServer():
        pass


async def test_people_start_one_by_a_command_and_end_it_with_its_storage() -> None:
    command = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.servers", "mongo", stdout=asyncio.subprocess.PIPE
    )
    assert command.stdout is not None
    url = (await asyncio.wait_for(command.stdout.readline(), WITHIN_S)).decode().strip()
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        storage = Path((await client.admin.command("getCmdLineOpts"))["parsed"]["storage"]["dbPath"])
    assert storage.exists()

    command.terminate()
    await asyncio.wait_for(command.communicate(), WITHIN_S)

    assert command.returncode == 0
    assert not storage.exists()


async def _create(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
    await admin.close()


async def _produce(bootstrap: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(TOPIC, value, partition=0)


async def _records(bootstrap: str, count: int) -> list[bytes]:
    async with (
        asyncio.timeout(WITHIN_S),
        AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer,
    ):
        consumer.assign([TopicPartition(TOPIC, 0)])
        return [(await consumer.getone()).value for _ in range(count)]
