"""The recorded webhooks below `tests/fixtures`, and envelopes round them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from schemas.envelope import Envelope
from schemas.words import Platform

FIXTURES: Final = Path(__file__).parent / "fixtures"

CONTENT_TYPES: Final[Mapping[str, str]] = {
    ".json": "application/json",
    ".form": "application/x-www-form-urlencoded",
    ".xml": "application/xml",
}

WEBHOOKS: Final = sorted(
    path
    for platform in Platform
    for path in (FIXTURES / platform).glob("*")
    if path.suffix in CONTENT_TYPES and not path.name.endswith(".update.json")
)


def recorded(path: Path) -> Envelope:
    """Return the webhook at *path* as ingest would have published it."""
    return make_event(path.read_bytes(), Platform(path.parent.name), content_type=CONTENT_TYPES[path.suffix])


def make_event(body: bytes, platform: Platform, **named: Any) -> Envelope:
    """Return an envelope of which only *body* and what is *named* matters."""
    facts: dict[str, Any] = {
        "event_id": "e-1",
        "connection": "front-desk",
        "tenant": "acme",
        "call_id": "c-1",
        "event_type": "end",
        "received_at": 1_789_000_100_000,
        "content_type": "application/json",
    }
    return Envelope(body=body, platform=platform, **facts | named)
