"""An envelope's headers are what Kafka's tools show; nothing in them is lost or guessed."""

import pytest
from hypothesis import given

from schemas.envelope import Defaults, Envelope
from stream.headers import TEXTS, Unreadable, from_headers, size_of, to_headers
from tests.ports.streams import ENVELOPES, make_envelope


@given(envelope=ENVELOPES)
def test_what_is_taken_apart_is_put_together_the_same(envelope: Envelope) -> None:
    headers = to_headers(envelope)

    assert from_headers(headers, envelope.body) == envelope
    assert size_of(headers) == sum(len(text) for _, text in headers)


def test_every_record_carries_the_ten_headers_in_plain_text() -> None:
    headers = dict(to_headers(make_envelope(traceparent="00-1-2-01")))

    assert set(headers) == set(TEXTS)
    assert headers["platform"] == b"vapi"
    assert headers["received_at"] == b"1763700000000"
    assert headers["traceparent"] == b"00-1-2-01"


def test_the_connections_defaults_are_stamped_in_where_there_are_any() -> None:
    headers = dict(to_headers(make_envelope(defaults=Defaults(unit="1", metadata={"vip": True}))))

    assert headers["unit"] == b"1"
    assert headers["metadata"] == b'{"vip":true}'
    assert headers.keys().isdisjoint({"agent", "batch"})


@pytest.mark.parametrize("name", TEXTS)
def test_a_missing_header_is_told(name: str) -> None:
    headers = [(known, text) for known, text in to_headers(make_envelope()) if known != name]

    with pytest.raises(Unreadable, match="headers_missing"):
        from_headers(headers, b"")


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("platform", b"nobody", "headers_malformed"),
        ("received_at", b"yesterday", "headers_malformed"),
        ("call_id", b"\xff", "headers_malformed"),
        ("metadata", b"[1]", "headers_malformed"),
        ("metadata", b"{", "headers_malformed"),
        ("schema", b"2", "schema_unknown"),
    ],
)
def test_a_header_that_cannot_be_read_is_told(name: str, text: bytes, fault: str) -> None:
    headers = [*to_headers(make_envelope()), (name, text)]

    with pytest.raises(Unreadable, match=fault):
        from_headers(headers, b"")
