"""What a webhook speaks of is read from three fields, and is the same however often and however it is sent."""

from pathlib import Path

import pytest

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

    assert identity is not None
    assert identity.event_id.startswith(identity.call_id)


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
