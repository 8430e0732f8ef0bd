"""Zenicall: either header proves the sender, both bodies name their call."""

import pytest

from ingest.errors import Forged, Unreadable, Unsigned
from ingest.platforms.zenicall import SOURCE
from runtime.config import Options
from tests.pure.requests import FIXTURES, received

FLAT = (FIXTURES / "zenicall" / "call-log-create.json").read_bytes()
REPORT = (FIXTURES / "zenicall" / "vapi-end-of-call-report.json").read_bytes()


@pytest.mark.parametrize("name", ["x-vapi-secret", "X-zenicall-auth"])
def test_either_header_proves_the_sender(name: str) -> None:
    SOURCE.schemes["header"](received(headers={name: "s3cret"}), (b"older", b"s3cret"), Options())


@pytest.mark.parametrize(
    "headers", [{"x-vapi-secret": "wrong"}, {"x-vapi-secret": "s3cret", "x-zenicall-auth": "wrong"}]
)
def test_a_wrong_header_is_forged_also_beside_a_right_one(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        SOURCE.schemes["header"](received(headers=headers), (b"s3cret",), Options())


def test_without_a_header_it_is_unsigned() -> None:
    with pytest.raises(Unsigned):
        SOURCE.schemes["header"](received(), (b"s3cret",), Options())


def test_both_forms_name_their_call() -> None:
    flat, report = SOURCE.identify(received(FLAT)), SOURCE.identify(received(REPORT))

    assert flat is not None
    assert report is not None
    assert (flat.event_type, report.event_type) == ("call_log", "end-of-call-report")
    assert flat.call_id == report.call_id == "0190aaaa-0000-7000-8000-000000000001"


@pytest.mark.parametrize("body", [b"{}", b'{"external_call_id":"c-1"}', b'{"external_call_id":""}', b'{"message":1}'])
def test_without_what_its_own_receiver_needs_it_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        SOURCE.identify(received(body))
