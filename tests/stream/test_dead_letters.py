"""A dead letter that itself cannot be read is told, and keeps nobody from those behind it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from aiokafka import AIOKafkaProducer

from stream.journal import open_journal
from stream.journal_schema import FILE
from stream.kafka import kafka_dead_letters
from stream.kafka_client import KafkaSettings
from stream.kafka_topics import DEAD, ensure_topics
from stream.ports import Fault, Partition
from stream.times import now_ms
from tests.ports.streams import SOON_S
from tests.ports.test_stream import make_dead


async def test_a_strangers_record_among_kafkas_dead_letters_is_told(kafka: str, topic_prefix: str) -> None:
    settings = KafkaSettings(bootstrap=kafka, prefix=topic_prefix)
    topic = topic_prefix + DEAD
    await ensure_topics(settings)
    async with AIOKafkaProducer(bootstrap_servers=kafka) as producer:
        await producer.send_and_wait(topic, key=b"no-letter", value=b"{}")
        await producer.send_and_wait(topic, key=b"no-claim", value=b"", headers=[("claim", b"{")])
    async with kafka_dead_letters(settings=settings, wait_s=SOON_S) as dead_letters:
        await dead_letters.put(make_dead())
        found = [dead async for dead in dead_letters.all()]

    assert [(dead.reason, dead.partition) for dead in found[:2]] == [
        (Fault.HEADERS_MALFORMED, Partition(topic, 0)),
        (Fault.HEADERS_MALFORMED, Partition(topic, 0)),
    ]
    assert [(dead.reason, dead.offset) for dead in found[2:]] == [("undecodable", 7)]


async def test_a_dead_letter_that_the_disk_damaged_is_told(tmp_path: Path) -> None:
    at = now_ms()
    async with open_journal(directory=tmp_path) as journal:
        await journal.dead_letters.put(make_dead(offset=1, at=at))
        await journal.dead_letters.put(make_dead(offset=2, at=at + 1))
    with closing(sqlite3.connect(tmp_path / FILE)) as file, file:
        file.execute("UPDATE dead SET blob = zeroblob(length(blob)) WHERE offset = 1")

    async with open_journal(directory=tmp_path) as journal:
        found = [dead async for dead in journal.dead_letters.all()]

    assert [(dead.offset, dead.reason, dead.at) for dead in found] == [
        (1, Fault.DAMAGED, at),
        (2, "undecodable", at + 1),
    ]
