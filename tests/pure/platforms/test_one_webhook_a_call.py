"""Platforms that send one webhook a call, without event type: whose call it is, and what is not about one."""

import json
from itertools import product
from typing import Any

import pytest

from ingest.errors import Unreadable, Unsigned
from ingest.platforms import SOURCES
from runtime.config import Options
from schemas.words import Platform
from tests.pure.requests import received
from tests.webhooks import make_event
from workers.platforms import NORMALISERS

IDENTITIES: list[tuple[Platform, dict[str, Any], str]] = [
    (Platform.BLAND, {"call_id": "c-1", "c_id": "c-2", "completed": True}, "c-1/post_call"),
    (Platform.BLAND, {"call_id": None, "c_id": "c-2", "status": "completed"}, "c-2/post_call"),
    (Platform.BLAND, {"call_id": 1789, "transcripts": []}, "1789/post_call"),
    (Platform.BLAND, {"call_id": "c-1", "status": None, "transcripts": None}, "c-1/post_call"),
    (Platform.ROBOTAPPEL, {"callSid": "c-1"}, "c-1/call_infos"),
    (Platform.ROBOTAPPEL, {"callSid": "c-1", "call_id": "c-2", "completed": True}, "c-1/call_infos"),
    (Platform.ROBOTAPPEL, {"callSid": None, "c_id": "c-2", "completed": True}, "c-2/post_call"),
    (Platform.SYNTHFLOW, {"call": {"call_id": "c-1"}}, "c-1/post_call"),
    (Platform.SYNTHFLOW, {"status": "completed", "call": {"call_id": 7, "transcript": "x"}}, "7/post_call"),
    (Platform.MILLIS, {"session_id": "s-1", "call_id": "CA1"}, "s-1/end_of_call"),
    (Platform.MILLIS, {"session_id": None, "call_id": "CA1"}, "CA1/end_of_call"),
    (Platform.MILLIS, {"session_id": "s-1", "call_id": None}, "s-1/end_of_call"),
]

UNREADABLE: list[tuple[Platform, Any]] = [
    (Platform.BLAND, {"completed": True}),
    (Platform.BLAND, {"call_id": "", "completed": True}),
    (Platform.BLAND, {"call_id": ["c-1"], "completed": True}),
    (Platform.BLAND, {"event": "live"}),
    (Platform.ROBOTAPPEL, {"callSid": "", "status": "completed"}),
    (Platform.ROBOTAPPEL, {"callSid": True}),
    (Platform.SYNTHFLOW, {"status": "completed"}),
    (Platform.SYNTHFLOW, {"call": None}),
    (Platform.SYNTHFLOW, {"call": {"call_id": None}}),
    (Platform.SYNTHFLOW, {"call": "c-1"}),
    (Platform.SYNTHFLOW, {"call": {"call_id": "a\x00b"}}),
    (Platform.MILLIS, {"session_id": None, "call_id": None}),
    (Platform.MILLIS, {"session_id": "s" * 513}),
    *product((Platform.BLAND, Platform.ROBOTAPPEL, Platform.SYNTHFLOW, Platform.MILLIS), ([], "c-1", 3, None, {})),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "body", "event_id"), IDENTITIES)
def test_a_call_is_one_event(platform: Platform, body: dict[str, Any], event_id: str) -> None:
    identity = SOURCES[platform].identify(received(json.dumps(body).encode()))

    assert identity is not None
    assert (identity.event_id, identity.call_id) == (event_id, event_id.partition("/")[0])


@pytest.mark.parametrize(("platform", "body"), UNREADABLE)
def test_what_names_no_call_is_unreadable(platform: Platform, body: Any) -> None:
    with pytest.raises(Unreadable):
        SOURCES[platform].identify(received(json.dumps(body).encode()))


@pytest.mark.parametrize("platform", [Platform.BLAND, Platform.ROBOTAPPEL])
def test_a_live_event_of_a_call_is_ignored(platform: Platform) -> None:
    assert SOURCES[platform].identify(received(b'{"call_id": "c-1", "message": "Agent says: hello"}')) is None


def test_a_synthflow_body_without_its_call_has_nothing_that_could_be_signed() -> None:
    signed = SOURCES[Platform.SYNTHFLOW].schemes["native"]

    with pytest.raises(Unreadable):
        signed(received(b"{}", headers={"HTTP_SYNTHFLOW_SIGNATURE": "x"}), (b"secret",), Options())
    with pytest.raises(Unsigned):
        signed(received(b"{}"), (b"secret",), Options())


def test_robotappel_is_proved_by_a_token_unless_blands_signature_is_asked_for() -> None:
    row = SOURCES[Platform.ROBOTAPPEL]

    assert row.default_scheme == "bearer"
    assert row.schemes == SOURCES[Platform.BLAND].schemes


def test_a_duration_that_no_number_holds_is_none() -> None:
    facts = NORMALISERS[Platform.BLAND](make_event(b'{"completed": true, "call_length": 1e308}', Platform.BLAND))

    assert facts is not None
    assert facts.talk_s is None
