"""Whatever request comes, a proof holds or refuses it: forgers try anything, and a fault of ours would be a 503."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Refused
from ingest.platforms import SOURCES
from ingest.schemes import SCHEMES
from ingest.source import Received
from runtime.config import Options
from schemas.words import Platform
from tests.pure.requests import received

ROWS = [
    *((platform, name) for platform, source in SOURCES.items() for name in source.schemes),
    *((Platform.MILLIS, name) for name in SCHEMES),
]
SECRETS = (b"a-secret", b"token:" + b"A" * 43)

HEADERS = (
    "authorization", "elevenlabs-signature", "http_synthflow_signature", "i-twilio-idempotency-token",
    "telnyx-signature-ed25519", "telnyx-timestamp", "webhook-id", "webhook-signature", "webhook-timestamp",
    "x-retell-signature", "x-signature", "x-timestamp", "x-twilio-signature", "x-twilio-webhooks-signature-settings",
    "x-ultravox-webhook-signature", "x-ultravox-webhook-timestamp", "x-vapi-secret", "x-webhook-key",
    "x-webhook-secret", "x-webhook-signature", "x-webhook-timestamp", "x-zenicall-auth",
)  # fmt: skip
VALUES = st.text(st.characters(max_codepoint=255), max_size=20) | st.sampled_from([
    "", "-1", "1", "999999999999999", "²", "2026-01-01T00:00:00+99:99", "0001-01-01T00:00:00+14:00", "A" * 88, "a.b.c",
    "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x", "Bearer eyJhbGciOiJub25lIn0.e30.", "Basic ÿ", "algorithm=SHA", "v1,AAAA",
    "t=1,v0=" + "a" * 64, "v=1,d=" + "a" * 64,
])  # fmt: skip
URLS = st.sampled_from([
    "", "//", "http://[", "http://h:99999/", "http://h:x/?bodySHA256=é", "http://h/?" + "a=1&" * 1001, "http://²/x",
])  # fmt: skip
QUERIES = st.binary(max_size=20) | st.sampled_from([
    b"a&" * 2000, b"key=%ff", b"key=a&secret=b", b"msg_signature=%ff&timestamp=1&nonce=2&echostr=%25%25",
    b"msg_signature=a&timestamp=99999999999999&nonce=%ED%A0%80&echostr=AAAA",
])  # fmt: skip
BODIES = st.binary(max_size=20) | st.sampled_from([
    b"{}", b"null", b"[" * 100_000, b"<a>" * 10_000, b'{"call":{"call_id":"x"}}', b"<xml><Encrypt>AAAA</Encrypt></xml>",
    b'<?xml version="1.0" encoding="bogus"?><a/>', b'{"test":1}', b"a=%ff&b",
])  # fmt: skip
REQUESTS = st.builds(
    received,
    BODIES,
    headers=st.builds(
        lambda time, proof: {name: time if "timestamp" in name else proof for name in HEADERS}, VALUES, VALUES
    ),
    method=st.sampled_from(["GET", "POST"]),
    url=URLS,
    path_secret=st.none() | st.text(max_size=5),
    query=QUERIES,
    content_type=st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/xml"]),
)


@pytest.mark.parametrize(("platform", "name"), ROWS)
@given(request_=REQUESTS)
def test_a_proof_holds_or_refuses(platform: Platform, name: str, request_: Received) -> None:
    source = SOURCES[platform]
    proof = {**SCHEMES, **source.schemes}[name]
    options = Options(scheme=name, tolerance_s=5)

    with suppress(Refused):
        proof(request_, SECRETS, options)
        if source.hello is not None:
            source.hello(request_, SECRETS, options)
        source.identify(source.unwrap(request_, SECRETS, options) if source.unwrap else request_)
