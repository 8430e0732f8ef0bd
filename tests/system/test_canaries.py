"""Secrets that platforms put in their webhooks are nowhere afterwards: stream, database, logs, answers are searched."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.request import Request, urlopen

import cramjam
import pytest
from aiokafka import AIOKafkaConsumer
from pymongo import MongoClient

from tests.system.command import LANDED_WITHIN_S, Running, read, started, status

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"
TOKEN: Final = "ac_canaries"
SECRET: Final = "a-secret-of-the-url"

SIP: Final = {"outgoing": {"to": "+15555550142"}, "incoming": {}}

PLACES: Final[dict[str, tuple[str, list[str]]]] = {
    "bland": ("post-call.json", ["request_data", "request_data/task", "request_data/request_data"]),
    "millis": ("end-of-call.json", ["agent_config/prompt", "agent_config/voice/key"]),
    "retell": ("call_ended-web_call.json", ["call/access_token"]),
    "robotappel": ("bland-call-ended.json", ["request_data/task"]),
    "ultravox": (
        "call.billed-with-callbacks.json",
        [
            "call/systemPrompt",
            "call/joinUrl",
            "call/medium/sip/outgoing/password",
            "call/medium/sip/incoming/password",
            "call/callbacks/joined/secrets",
            "call/callbacks/ended/secrets",
            "call/callbacks/billed/secrets",
        ],
    ),
    "vapi": (
        "end-of-call-report.json",
        [
            "message/phoneNumber/twilioAuthToken",
            "message/phoneNumber/twilioApiSecret",
            "message/assistant/model/messages",
            "message/assistant/server/secret",
            "message/call/monitor/listenUrl",
            "message/call/monitor/controlUrl",
            "message/artifact/messages/0/message",
        ],
    ),
}
"""By platform: a recorded webhook, and every place that its page names; the first message of vapi's is the prompt."""


def config() -> str:
    connections = (
        f'[[connections]]\nid = "{platform}"\ntenant = "acme"\nplatform = "{platform}"\n'
        f'secrets = ["{SECRET}"]\noptions = {{ scheme = "path" }}\n'
        for platform in PLACES
    )
    key = f'[[keys]]\nid = "k"\ntenant = "acme"\ntoken_sha256 = "{sha256(TOKEN.encode()).hexdigest()}"\n'
    return "\n".join(['[[tenants]]\nid = "acme"\n', *connections, key])


def canary(platform: str, place: str) -> str:
    return f"canary.{platform}.{place.replace('/', '.')}"


CANARIES: Final = [canary(platform, place) for platform, (_, places) in PLACES.items() for place in places]


def planted(platform: str, place: str) -> bytes:
    """Return the platform's webhook with a canary at *place*, whatever stood there."""
    name, _ = PLACES[platform]
    body: Any = json.loads((FIXTURES / platform / name).read_text())
    node = body
    *steps, last = place.split("/")
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    node[last] = canary(platform, place)
    return json.dumps(body).encode()


@pytest.fixture(scope="module", params=["journal", "kafka"])
def searched(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mongo_url: str
) -> Iterator[dict[str, str]]:
    """Return all that is left of the planted webhooks, by where it is; once for each of the two streams."""
    directory = tmp_path_factory.mktemp("canaries")
    (directory / "aftercall.toml").write_text(config())
    database = f"canaries{time.monotonic_ns()}"
    variables: dict[str, Any] = {"AFTERCALL_MONGO_URL": mongo_url.replace("/?", f"/{database}?")}
    if request.param == "kafka":
        variables["AFTERCALL_KAFKA"] = request.getfixturevalue("kafka")
    with MongoClient[dict[str, Any]](mongo_url) as client:
        with started("up", directory=directory, **variables) as up:
            up.ready()
            assert _post(up) == {200}
            answers, logs = "".join(_answers(up)), up.said()
        kafka = variables.get("AFTERCALL_KAFKA")
        yield {
            "stream": asyncio.run(_records(kafka)) if kafka else "".join(_journal(directory)),
            "database": "".join(_documents(client, database)),
            "answers": answers,
            "logs": logs,
        }
        client.drop_database(database)


def _post(up: Running) -> set[int]:
    """Post every planted webhook; return the statuses."""
    return {
        status(
            f"{up.url}/webhooks/{platform}/{SECRET}",
            body=planted(platform, place),
            headers={"content-type": "application/json"},
        )
        for platform, (_, places) in PLACES.items()
        for place in places
    }


def _answers(up: Running) -> Iterator[str]:
    """Yield every call and every raw event once all of them are stored."""
    deadline = time.monotonic() + LANDED_WITHIN_S
    while up.counted("aftercall_consumed_total") < len(CANARIES):
        assert time.monotonic() < deadline, "the webhooks do not land"
        time.sleep(0.1)
    calls = read(f"{up.url}/v1/calls", token=TOKEN)["calls"]
    assert len(calls) == len(PLACES)
    for call in calls:
        one = f"{up.url}/v1/calls/{call['uid']}"
        yield json.dumps(read(one, token=TOKEN))
        for event in read(f"{one}/events", token=TOKEN)["events"]:
            request = Request(f"{one}/events/{event['id']}", headers={"Authorization": f"Bearer {TOKEN}"})  # noqa: S310
            with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own URL
                yield answer.read().decode()


def _journal(directory: Path) -> Iterator[str]:
    [file] = directory.rglob("journal.sqlite3")
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    for table in ("groups", "pieces"):
        for (blob,) in connection.execute(f"SELECT blob FROM {table}"):  # noqa: S608 - a word of this loop
            yield bytes(cramjam.lz4.decompress_block(blob)).decode("utf-8", "replace")
    connection.close()


async def _records(servers: str) -> str:
    """Return all that Kafka holds of our events."""
    consumer = AIOKafkaConsumer("aftercall.events", bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        found = []
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=1000)).values():
                found += [f"{record.key} {record.headers} {record.value.decode()}" for record in records]
        return "".join(found)
    finally:
        await consumer.stop()


def _documents(client: MongoClient[dict[str, Any]], database: str) -> Iterator[str]:
    for name in client[database].list_collection_names():
        for document in client[database][name].find():
            yield str(document)


@pytest.mark.parametrize("where", ["stream", "database", "answers", "logs"])
def test_no_secret_is_left(searched: dict[str, str], where: str) -> None:
    assert [one for one in CANARIES if one in searched[where]] == []


@pytest.mark.parametrize("where", ["stream", "database", "answers"])
def test_the_search_finds_what_is_no_secret(searched: dict[str, str], where: str) -> None:
    words = [
        "5e1c7a90-2d34-4b8f-9a61-7c0d3e5f8b12",
        "Yes, tomorrow works.",
        "[cut]",
        "BILLING_STATUS_FREE_SYSTEM_ERROR",
    ]

    assert [word for word in words if word not in searched[where]] == []
