"""What a webhook speaks of is read from three fields, and is the same however often and however it is sent."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Unreadable
from ingest.platforms import SOURCES
from schemas.words import Platform
from tests.pure.requests import FIXTURES, received
from tests.webhooks import WEBHOOKS, recorded

VAPI_CALL = "9f6c2a31-5b7e-4c0d-9b1a-0d6f2f7a1c55"

IDENTITIES = {
    "vapi/end-of-call-report.json": (VAPI_CALL, f"{VAPI_CALL}/end-of-call-report"),
    "vapi/status-update-ended.json": (VAPI_CALL, f"{VAPI_CALL}/status-update/ended"),
    "vapi/status-update-in-progress.json": (VAPI_CALL, f"{VAPI_CALL}/status-update/in-progress"),
    "retell/call_started.json": ("call_a1b2c3d4e5f60718293a4b5c6d7", "call_a1b2c3d4e5f60718293a4b5c6d7/call_started"),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_recorded_webhooks_speak_of_their_calls(name: str) -> None:
    path = FIXTURES / name

    identity = SOURCES[Platform(path.parent.name)].identify(received(path.read_bytes()))

    assert identity is not None
    assert (identity.call_id, identity.event_id) == IDENTITIES[name]


@pytest.mark.parametrize("path", WEBHOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_recorded_webhook_names_a_call(path: Path) -> None:
    event = recorded(path)

    identity = SOURCES[event.platform].identify(received(event.body, content_type=event.content_type))

    assert identity is None or (identity.call_id and identity.event_id and identity.event_type)
    assert identity is not None or not path.with_suffix(".update.json").exists()


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ('"colour": 1', "data.colour"),
        ('"customer": {"nme": "A"}', "data.customer.nme"),
        ('"outcome": "ansered"', "data.outcome"),
        ('"turns": [{"role": "robot", "text": ""}]', "data.turns[0].role"),
        ('"duration_s": "12"', "data.duration_s"),
        ('"started_at": "2026-11-20T04:55:00"', "data.started_at"),
        ('"cost": {"parts": {"ttss": "1"}}', "data.cost.parts.ttss"),
        ('"cost": {"total": "NaN"}', "data.cost.total"),
    ],
)
def test_a_mistake_in_a_standard_event_is_named_by_its_path(data: str, path: str) -> None:
    body = f'{{"type": "call.ended", "timestamp": "2026-11-20T04:59:25Z", "data": {{"call_id": "c", {data}}}}}'

    with pytest.raises(Unreadable) as refusal:
        SOURCES[Platform.STANDARD].identify(received(body.encode()))

    assert refusal.value.detail.startswith(path)


@pytest.mark.parametrize(
    ("lacking", "path"),
    [
        ('{"timestamp": "2026-11-20T04:59:25Z", "data": {"call_id": "c"}}', "type"),
        ('{"type": "call.ended", "data": {"call_id": "c"}}', "timestamp"),
        ('{"type": "call.ended", "timestamp": "2026-11-20T04:59:25Z"}', "data"),
        ('{"type": "call.ended", "timestamp": "2026-11-20T04:59:25Z", "data": {}}', "data.call_id"),
    ],
)
def test_what_a_standard_event_lacks_is_named_by_its_path(lacking: str, path: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        SOURCES[Platform.STANDARD].identify(received(lacking.encode()))

    assert refusal.value.detail.startswith(f"{path}: ")


@pytest.mark.parametrize("path", WEBHOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_redelivery_with_other_bytes_is_the_same_event(path: Path) -> None:
    source, body = SOURCES[Platform(path.parent.name)], path.read_bytes()
    again = re.sub(rb"https://[^\"]*", b"https://other.example.com/presigned?again=1", body) + b" \n"
    assert again != body

    assert source.identify(received(again)) == source.identify(received(body))


def vapi(message: str) -> str | None:
    """Return the event id of a Vapi *message*; None where it tells nothing."""
    identity = SOURCES[Platform.VAPI].identify(received(f'{{"message":{message}}}'.encode()))
    return identity and identity.event_id


def test_vapis_events_are_told_apart_by_type_status_and_time() -> None:
    assert vapi('{"type":"end-of-call-report","call":{"id":"c"},"timestamp":1}') == "c/end-of-call-report"
    assert vapi('{"type":"status-update","status":"ended","call":{"id":"c"},"timestamp":1}') == "c/status-update/ended"
    assert vapi('{"type":"call.artifact.upload","call":{"id":"c"},"timestamp":17}') == "c/call.artifact.upload/17"
    assert vapi('{"type":"new-thing","call":{"id":"c"}}') == "c/new-thing"
    for silent in ("speech-update", "transcript", "conversation-update", "model-output", "user-interrupted", "hang"):
        assert vapi(f'{{"type":"{silent}","call":{{"id":"c"}}}}') is None
    for silent in ("tool-calls", "assistant-request"):
        assert vapi(f'{{"type":"{silent}","call":{{"id":"c"}}}}') is None
    assert vapi('{"type":"status-update","status":"queued"}') is None
    assert vapi('{"type":"chat.created"}') is None


def retell(event: str) -> str | None:
    """Return the event id of a Retell *event*; None where it tells nothing."""
    identity = SOURCES[Platform.RETELL].identify(received(event.encode()))
    return identity and identity.event_id


def test_retells_events_are_told_apart_by_type() -> None:
    assert retell('{"event":"call_ended","call":{"call_id":"c"}}') == "c/call_ended"
    assert retell('{"event":"call_ended","data":{"call_id":"c"}}') == "c/call_ended"
    assert retell('{"event":"call_ended","call":null,"data":{"call_id":"c"}}') == "c/call_ended"
    assert retell('{"event":"transfer_started","call":{"call_id":"c"}}') == "c/transfer_started"
    assert retell('{"event":"something_new","call":{"call_id":"c"}}') == "c/something_new"
    assert retell('{"event":"something_new"}') is None
    assert retell('{"event":"transcript_updated","call":{"call_id":"c"}}') is None


STANDARD = b'{"type":"call.updated","timestamp":"2026-11-20T04:59:25Z","data":{"call_id":"c"}}'


def test_a_standard_events_id_is_its_delivery_or_else_what_it_says() -> None:
    signed = SOURCES[Platform.STANDARD].identify(received(STANDARD, headers={"webhook-id": "msg_1"}))
    unsigned = SOURCES[Platform.STANDARD].identify(received(STANDARD))

    assert signed is not None
    assert unsigned is not None
    assert (signed.call_id, signed.event_id, signed.event_type) == ("c", "msg_1", "call.updated")
    assert unsigned.event_id == "c/call.updated/2026-11-20T04:59:25+00:00"


NO_CALL = {
    Platform.VAPI: [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"message":{}}',
        b'{"message":{"type":"end-of-call-report"}}',
        b'{"message":{"type":"end-of-call-report","call":{}}}',
        b'{"message":{"type":"end-of-call-report","call":{"id":null}}}',
        b'{"message":{"type":"end-of-call-report","call":{"id":""}}}',
        b'{"message":{"type":"end-of-call-report","call":{"id":{"a":1}}}}',
        b'{"message":{"type":"end-of-call-report","call":{"id":"a\\u0000b"}}}',
        b'{"message":{"type":"end-of-call-report","call":{"id":"\\ud800"}}}',
        b'{"message":{"type":"end-of-call-report","call":{"id":"' + b"a" * 600 + b'"}}}',
        b'{"message":{"type":"end-of-call-report","call":"c"}}',
    ],
    Platform.RETELL: [
        b"{}",
        b'{"event":"call_ended"}',
        b'{"event":"call_ended","call":{}}',
        b'{"call":{"call_id":"c"}}',
    ],
    Platform.STANDARD: [
        b"{}",
        b'{"type":"call.ended","timestamp":"2026-11-20T04:59:25Z","data":{}}',
        b'{"type":"call.ended","timestamp":"2026-11-20T04:59:25Z","data":{"call_id":""}}',
        b'{"type":"call.ended","timestamp":"2026-11-20T04:59:25Z","data":{"call_id":7}}',
        b'{"type":"call.ended","data":{"call_id":"c"}}',
        b'{"type":"call.end","timestamp":"2026-11-20T04:59:25Z","data":{"call_id":"c"}}',
        b'{"type":"call.ended","timestamp":"2026-11-20T04:59:25","data":{"call_id":"c"}}',
    ],
}


@pytest.mark.parametrize(("platform", "body"), [(platform, body) for platform in NO_CALL for body in NO_CALL[platform]])
def test_what_names_no_call_is_unreadable(platform: Platform, body: bytes) -> None:
    with pytest.raises(Unreadable):
        SOURCES[platform].identify(received(body))


OF_NO_CALL = {
    Platform.VAPI: {"message": {"type": "new-thing"}},
    Platform.RETELL: {"event": "new_thing", "call": {}},
    Platform.ELEVENLABS: {"type": "new_thing", "data": {}},
    Platform.TWILIO: {"AccountSid": "AC1", "NewThing": "1"},
    Platform.ULTRAVOX: {"event": "new.thing", "call": {}},
    Platform.LIVEKIT: {"event": "new_thing", "id": "EV_1"},
    Platform.VONAGE: {"status": "new-thing", "timestamp": "2026-09-10T00:26:50Z"},
    Platform.TELNYX: {"data": {"event_type": "new.thing", "id": "1", "payload": {}}},
    Platform.DAILY: {"type": "new.thing", "id": "1", "payload": {}},
    Platform.OMICALL: {"state": "new-thing"},
    Platform.TANYI: {"dataType": "NEW_THING", "data": {}},
    Platform.ZENICALL: {"message": {"type": "new-thing"}},
}
"""Of each platform that names its events: one that nobody knows, of no call."""


@pytest.mark.parametrize("platform", OF_NO_CALL)
def test_an_unknown_event_of_no_call_is_ignored(platform: Platform) -> None:
    assert SOURCES[platform].identify(received(json.dumps(OF_NO_CALL[platform]).encode())) is None


PAD = b'{"message":{"type":"end-of-call-report","call":{"id":"c"},"pad":%s}}'
ODD = {
    "byte order mark": b"\xef\xbb\xbf" + PAD % b"1",
    "zero byte": PAD % b'"\x00"',
    "not a number": PAD % b"NaN",
    "infinity": PAD % b"-Infinity",
    "lone surrogate": PAD % b'"\\ud83d x"',
    "not UTF-8": PAD % b'"\xff"',
    "UTF-16": (PAD % b"1").decode().encode("utf-16"),
    "deep": PAD % (b"[" * 200_000 + b"]" * 200_000),
    "half deep": PAD % (b"[" * 200_000),
    "single quotes": PAD.replace(b'"', b"'") % b"1",
    "two values": PAD % b"1" + b"{}",
    "huge integer": PAD % (b"9" * 10_000),
    "huge exponent": PAD % b"1e999999",
    "same name twice": PAD % b'1,"pad":2',
    "not a character": PAD % '"\ufffe"'.encode(),
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_json_is_read_or_unreadable_and_never_a_fault(body: bytes) -> None:
    for platform in SOURCES:
        with suppress(Unreadable):
            SOURCES[platform].identify(received(body))


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_read_or_unreadable(body: bytes) -> None:
    for platform in SOURCES:
        with suppress(Unreadable):
            SOURCES[platform].identify(received(body))
