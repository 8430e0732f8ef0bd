"""Ultravox: several signatures during a rotation, a timestamp as text, and events of which a call has four."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import Forged, Stale, Unreadable
from ingest.platforms.ultravox import identify, signed
from runtime.config import Options
from tests.pure.requests import SIGNED_AT, received

SECRET = b"uv_test_secret"
BODY = b'{"event":"call.ended","call":{"callId":"c-1"}}'
NOW = SIGNED_AT + timedelta(milliseconds=250)


def check(stamp: str, *, signature: str | None = None, now: datetime = NOW, options: Options | None = None) -> None:
    right = hmac.digest(SECRET, BODY + stamp.encode(), "sha256").hex()
    headers = {
        "X-Ultravox-Webhook-Timestamp": stamp,
        "X-Ultravox-Webhook-Signature": right if signature is None else signature.format(right=right),
    }
    signed(received(BODY, headers=headers, now=now), (b"older", SECRET), options or Options())


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-20T04:59:25.250000+00:00",
        "2026-11-20T04:59:25.250Z",
        "2026-11-20T04:59:25.250",
        "2026-11-20T05:59:25.250+01:00",
        "1795150765",
        "1795150765250",
    ],
)
def test_the_timestamp_may_be_written_in_several_ways(stamp: str) -> None:
    check(stamp)


@pytest.mark.parametrize(
    "stamp", ["yesterday", "2026-11-20", "-1795150765", "0", "9" * 15, "9" * 40, "0001-01-01T00:00"]
)
def test_another_timestamp_is_refused_though_it_is_signed(stamp: str) -> None:
    with pytest.raises(Forged):
        check(stamp)


@pytest.mark.parametrize(
    "signature", ["{right}", "{right}, old", "old,{right}", "old , {right} ,older", ",{right},"], ids=str
)
def test_any_of_several_signatures_will_do(signature: str) -> None:
    check("1795150765", signature=signature)


@pytest.mark.parametrize("signature", [",", "old,older", "{right}old", "{right};{right}"], ids=str)
def test_none_of_several_signatures_will_not(signature: str) -> None:
    with pytest.raises(Forged):
        check("1795150765", signature=signature)


@pytest.mark.parametrize("late_s", [61, -61])
def test_a_minute_is_the_window_unless_it_is_set(late_s: int) -> None:
    now = datetime.fromtimestamp(1795150765 + late_s, UTC)

    with pytest.raises(Stale):
        check("1795150765", now=now)
    check("1795150765", now=now, options=Options(tolerance_s=61))


@pytest.mark.parametrize(
    ("event", "event_id"),
    [
        (b'{"event":"call.started","call":{"callId":"c-1"}}', "c-1/call.started"),
        (b'{"event":"call.joined","call":{"callId":"c-1","x":[1]}}', "c-1/call.joined"),
        (b'{"event":"call.ended","call":{"callId":"c-1"}}', "c-1/call.ended"),
        (b'{"event":"call.billed","call":{"callId":"c-1"}}', "c-1/call.billed"),
        (b'{"event":"call.invented","call":{"callId":"c-1"}}', "c-1/call.invented"),
    ],
)
def test_event_and_call_together_name_an_event(event: bytes, event_id: str) -> None:
    identity = identify(received(event))

    assert identity is not None
    assert identity.event_id == event_id


@pytest.mark.parametrize("body", [b'{"event":"agent.created"}', b'{"event":"voice.created","call":{}}'])
def test_an_unknown_event_of_no_call_is_ignored(body: bytes) -> None:
    assert identify(received(body)) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"call":{"callId":"c-1"}}', b'{"event":"call.ended"}', b'{"event":"call.ended","call":{}}',
     b'{"event":"call.ended","call":{"callId":""}}', b'{"event":"call.ended","call":"c-1"}'],
)  # fmt: skip
def test_a_known_event_without_its_call_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        identify(received(body))
