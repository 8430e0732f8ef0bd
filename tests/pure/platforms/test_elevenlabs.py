"""ElevenLabs: the vendor's own verifier, audio in the webhook, and other products on the same URL."""

import hmac
import json
import time
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from elevenlabs.client import ElevenLabs
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Forged, Unreadable
from ingest.platforms.elevenlabs import SOURCE, identify, signed
from ingest.source import ACCEPTED
from runtime.config import Options
from schemas.update import Media
from schemas.words import Platform, RecordingChannel
from tests.pure.requests import SIGNED_AT, from_vector, received, vectors
from tests.webhooks import FIXTURES, make_event
from workers.normaliser import Malformed
from workers.platforms.elevenlabs import normalise

SECRET = "wsec_test_0123456789"
BODY = (FIXTURES / Platform.ELEVENLABS / "post_call_transcription-twilio-inbound.json").read_bytes()
[VECTOR] = vectors("elevenlabs")
T, V0 = VECTOR["headers"]["ElevenLabs-Signature"].split(",")


def test_our_verifier_and_the_vendors_accept_the_same_signature() -> None:
    now = int(time.time())  # the vendor's looks at the clock
    digest = hmac.digest(SECRET.encode(), f"{now}.".encode() + BODY, "sha256").hex()
    header = f"t={now},v0={digest}"

    event = ElevenLabs(api_key="none").webhooks.construct_event(BODY.decode(), header, SECRET)

    assert event == json.loads(BODY)
    signed(
        received(BODY, headers={"ElevenLabs-Signature": header}, now=datetime.fromtimestamp(now, UTC)),
        (SECRET.encode(),),
        Options(),
    )


@pytest.mark.parametrize("header", [f"{V0},{T}", f"{T}, {V0}", f"{T},v0={'0' * 64},{V0}", f"{T},{V0},v1=abc"])
def test_one_right_signature_among_several_will_do(header: str) -> None:
    signed(from_vector({**VECTOR, "headers": {"elevenlabs-signature": header}}), (SECRET.encode(),), Options())


@pytest.mark.parametrize(
    "header",
    [
        T,
        V0,
        f"{T},{T},{V0}",
        f"{T},{V0.replace('v0', 'v1')}",
        f"t=,{V0}",
        f"t=-1,{V0}",
        f"t=1e9,{V0}",
        f"t=٣,{V0}",
        ",",
    ],
)
def test_a_header_of_another_form_is_forged(header: str) -> None:
    pairs = [("elevenlabs-signature", header.encode().decode("latin-1"))]

    with pytest.raises(Forged):
        signed(from_vector({**VECTOR, "headers": dict(pairs)}), (SECRET.encode(),), Options())


def test_the_window_can_be_set() -> None:
    late = from_vector(VECTOR, now=datetime.fromtimestamp(SIGNED_AT.timestamp() + 1799, UTC))
    signed(late, (SECRET.encode(),), Options())

    with pytest.raises(Forged):
        signed(late, (SECRET.encode(),), Options(tolerance_s=60))


def test_success_is_exactly_200() -> None:
    assert SOURCE.answer is ACCEPTED
    assert ACCEPTED.status == 200


@pytest.mark.parametrize(
    "event",
    [
        {"type": "speech_to_text_transcription", "data": {"request_id": "r-1"}},
        {"type": "dubbing_done", "data": ["r-1"]},
        {"type": "voice_removal_notice", "data": "soon"},
        {"type": "voice_removal_notice"},
    ],
)
def test_other_products_webhooks_are_ignored(event: dict[str, Any]) -> None:
    assert identify(received(json.dumps(event).encode())) is None


def test_an_unknown_type_of_a_known_conversation_is_kept() -> None:
    identity = identify(received(b'{"type": "unredacted_transcript", "data": {"conversation_id": "c-1"}}'))

    assert identity == ("c-1", "c-1/unredacted_transcript", "unredacted_transcript")


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[]",
        b"",
        b"nonsense",
        b'{"data": {"conversation_id": "c-1"}}',
        b'{"type": "", "data": {"conversation_id": "c-1"}}',
        b'{"type": "post_call_transcription"}',
        b'{"type": "post_call_transcription", "data": []}',
        b'{"type": "post_call_audio", "data": {"conversation_id": null}}',
        b'{"type": "post_call_audio", "data": {"conversation_id": ""}}',
        b'{"type": "post_call_audio", "data": {"conversation_id": {"a": 1}}}',
    ],
)
def test_what_names_no_conversation_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        identify(received(body))


def audio(full_audio: Any) -> bytes:
    data = {"conversation_id": "c-1", "agent_id": "a-1", "full_audio": full_audio}
    return json.dumps({"type": "post_call_audio", "event_timestamp": 1789000031, "data": data}).encode()


@given(st.binary(min_size=1, max_size=300))
def test_the_audio_is_kept_as_it_was_spoken(sound: bytes) -> None:
    facts = normalise(make_event(audio(b64encode(sound).decode()), Platform.ELEVENLABS))

    assert facts is not None
    assert facts.media == {RecordingChannel.FULL: Media("audio/mpeg", sound)}


@pytest.mark.parametrize("broken", ["SUQ", "SUQ=x", "SUQz!!!!", "é", "SUQz SUQz"])
def test_broken_audio_is_malformed_not_silence(broken: str) -> None:
    with pytest.raises(Malformed) as refusal:
        normalise(make_event(audio(broken), Platform.ELEVENLABS))

    assert refusal.value.reason == "undecodable"


@pytest.mark.parametrize("none", [None, "", 7, [], {}])
def test_a_webhook_without_audio_says_no_more_than_its_agent(none: Any) -> None:
    facts = normalise(make_event(audio(none), Platform.ELEVENLABS))

    assert facts is not None
    assert not facts.media
    assert facts.agent is not None
