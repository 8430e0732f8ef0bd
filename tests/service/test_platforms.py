"""Every platform's webhooks over real HTTP, as its demo sends them: proved, accepted, understood, without secrets."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no py.typed

from aftercall.demo import TELLERS
from aftercall.demo.proofs import request
from aftercall.demo.stories import SCRIPTS, stories
from aftercall.demo.webhook import Webhook
from aftercall.tokens import make_secret
from runtime.config import Connection
from schemas.words import Platform, RecordingChannel
from tests.service.receiver import SECRET, Receiver, connection, now, receiver
from tests.webhooks import FIXTURES
from workers.platforms import NORMALISERS

STORIES = stories(len(SCRIPTS), seed=3, now=datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
CANARY = "canary-7f3a"


async def post(ingest: Receiver, sender: Connection, webhook: Webhook, **changes: Any) -> Any:
    """Post *webhook* proved as *sender* demands; return the answer."""
    teller = TELLERS[sender.platform]
    path, headers, body = request(teller, sender, webhook, base_url=str(ingest.http.base_url), now=now())
    return await ingest.http.post(path, headers=headers | changes.pop("headers", {}), content=body, **changes)


@pytest.mark.parametrize("platform", TELLERS)
async def test_every_story_is_accepted_and_understood(platform: Platform) -> None:
    sender = connection(platform=platform, secrets=(make_secret(platform),))
    webhooks = [webhook for story in STORIES for webhook in TELLERS[platform].webhooks(story)]

    async with receiver(sender) as ingest:
        answers = [await post(ingest, sender, webhook) for webhook in webhooks]

    assert {answer.status_code for answer in answers} == {200}
    assert len(ingest.envelopes) == len(webhooks)
    assert {envelope.call_id for envelope in ingest.envelopes} == {TELLERS[platform].call_id(one) for one in STORIES}
    assert all(NORMALISERS[platform](envelope) for envelope in ingest.envelopes)
    assert not [envelope for envelope in ingest.envelopes if b"which aftercall cuts out" in envelope.body]


@pytest.mark.parametrize("platform", TELLERS)
async def test_another_connections_secret_is_refused(platform: Platform) -> None:
    ours, theirs = (connection(platform=platform, secrets=(make_secret(platform),)) for _ in range(2))
    [webhook, *_] = TELLERS[platform].webhooks(STORIES[0])

    async with receiver(ours) as ingest:
        answer = await post(ingest, theirs, webhook)

    assert (answer.status_code, ingest.envelopes) == (401, [])


@pytest.mark.parametrize("platform", TELLERS)
async def test_any_platform_can_be_given_a_secret_in_its_url(platform: Platform) -> None:
    sender = connection(platform=platform, secrets=("a secret/in the path",), scheme="path")
    [webhook, *_] = TELLERS[platform].webhooks(STORIES[0])

    async with receiver(sender) as ingest:
        answer = await post(ingest, sender, webhook)

    assert answer.status_code == 200


async def test_a_synthflow_signature_needs_its_second_proof_where_it_is_asked_for() -> None:
    sender = connection(platform=Platform.SYNTHFLOW, also="path")
    without = connection(platform=Platform.SYNTHFLOW)
    [webhook] = TELLERS[Platform.SYNTHFLOW].webhooks(STORIES[0])

    async with receiver(sender) as ingest:
        assert (await post(ingest, without, webhook)).status_code == 401
        assert (await post(ingest, sender, webhook)).status_code == 200


async def test_twilio_is_proved_behind_a_proxy_that_is_trusted() -> None:
    sender = connection(platform=Platform.TWILIO, public_url="https://hooks.example.com/webhooks/acme")
    plain = connection(platform=Platform.TWILIO)
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "hooks.example.com"}
    [webhook, *_] = TELLERS[Platform.TWILIO].webhooks(STORIES[0])

    async with receiver(plain, proxies=("127.0.0.1",)) as ingest:
        assert (await post(ingest, sender, webhook, headers=forwarded)).status_code == 200
        assert (await post(ingest, sender, webhook)).status_code == 401
    async with receiver(plain) as ingest:
        assert (await post(ingest, sender, webhook, headers=forwarded)).status_code == 401
    async with receiver(sender) as ingest:
        assert (await post(ingest, sender, webhook)).status_code == 200


async def test_twilios_own_query_is_part_of_what_it_signs() -> None:
    sender = connection(platform=Platform.TWILIO, public_url="https://hooks.example.com/webhooks/acme?campaign=a%20b")
    receiving = connection(platform=Platform.TWILIO, public_url="https://hooks.example.com/webhooks/acme")
    [webhook, *_] = TELLERS[Platform.TWILIO].webhooks(STORIES[0])

    async with receiver(receiving) as ingest:
        assert (await post(ingest, sender, webhook, params={"campaign": "a b"})).status_code == 401
        path, headers, body = request(TELLERS[Platform.TWILIO], sender, webhook, base_url="http://h", now=now())
        assert (await ingest.http.post(f"{path}?campaign=a%20b", headers=headers, content=body)).status_code == 200


async def test_a_call_back_of_twilio_by_get_is_durable_before_it_is_answered() -> None:
    sender = connection(platform=Platform.TWILIO, public_url="https://hooks.example.com/webhooks/acme?campaign=7")
    form = (FIXTURES / Platform.TWILIO / "status-callback-completed.form").read_bytes()
    query = "campaign=7&" + form.decode()
    url = f"https://hooks.example.com/webhooks/acme?{query}"
    proof = {"X-Twilio-Signature": RequestValidator(SECRET).compute_signature(url, {})}

    async with receiver(sender) as ingest:
        forged = await ingest.http.get(f"/webhooks/acme?{query}&CallDuration=1", headers=proof)
        answer = await ingest.http.get(f"/webhooks/acme?{query}", headers=proof)
        ingest.stream.available = False
        unavailable = await ingest.http.get(f"/webhooks/acme?{query}", headers=proof)
        [envelope] = ingest.envelopes

    assert (forged.status_code, answer.status_code, unavailable.status_code) == (401, 200, 503)
    assert (envelope.body, envelope.event_type) == (query.encode(), "call.completed")
    assert NORMALISERS[Platform.TWILIO](envelope) is not None


async def test_audio_of_megabytes_comes_in_chunks_and_is_kept_whole() -> None:
    sound = bytes(range(256)) * 40_000  # 10 MB, 13.6 MB as base64
    data = {"conversation_id": "conv_1", "agent_id": "agent_1", "full_audio": b64encode(sound).decode()}
    body = json.dumps({"type": "post_call_audio", "event_timestamp": 1789000031, "data": data}).encode()
    webhook = Webhook(id="conv_1/post_call_audio", body=body)
    sender = connection(platform=Platform.ELEVENLABS)
    path, headers, _ = request(TELLERS[Platform.ELEVENLABS], sender, webhook, base_url="http://h", now=now())

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 2**18):
            yield body[start : start + 2**18]

    async with receiver(sender) as ingest:
        answer = await ingest.http.post(path, headers=headers, content=chunks())
        [envelope] = ingest.envelopes

    facts = NORMALISERS[Platform.ELEVENLABS](envelope)
    assert answer.status_code == 200
    assert facts is not None
    assert facts.media[RecordingChannel.FULL].content == sound


CANARIES: dict[Platform, tuple[str, list[tuple[str, ...]]]] = {
    Platform.BLAND: ("post-call.json", [("request_data",)]),
    Platform.MILLIS: ("end-of-call.json", [("agent_config", "prompt")]),
    Platform.ROBOTAPPEL: ("bland-call-ended.json", [("request_data",)]),
    Platform.ULTRAVOX: (
        "call.billed-with-callbacks.json",
        [("call", "systemPrompt"), ("call", "joinUrl"), ("call", "callbacks", "ended", "secrets")],
    ),
}


@pytest.mark.parametrize("platform", CANARIES)
async def test_secrets_are_cut_out_before_anything_is_published(platform: Platform) -> None:
    name, paths = CANARIES[platform]
    body = json.loads((FIXTURES / platform / name).read_text())
    for *steps, last in paths:
        node = body
        for step in steps:
            node = node[step]
        node[last] = CANARY
    sender = connection(platform=platform, secrets=(SECRET,))

    async with receiver(sender) as ingest:
        answer = await post(ingest, sender, Webhook(id="e", body=json.dumps(body).encode()))
        [envelope] = ingest.envelopes

    assert answer.status_code == 200
    assert CANARY not in answer.text
    assert CANARY.encode() not in envelope.body
