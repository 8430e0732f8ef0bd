"""LiveKit: a room opens, a telephone joins and leaves, the room closes; the token carries a hash of the body."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import jwt

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

REASONS: Final = {
    Ending.TALKED: "CLIENT_INITIATED",
    Ending.NO_ANSWER: "USER_UNAVAILABLE",
    Ending.BUSY: "USER_REJECTED",
    Ending.VOICEMAIL: "CLIENT_INITIATED",
}
VALID: Final = timedelta(minutes=5)


def call_id(story: Story) -> str:
    """Return the id of a room's session."""
    return f"RM_{story.id.hex[:12]}"


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the room's events."""
    left = {**_party(story), "disconnectReason": REASONS[story.script.ending]}
    closed = story.ended_at + timedelta(seconds=20)
    return [
        _event(story, "room_started", story.created_at),
        _event(story, "participant_joined", story.answered_at, {"participant": _party(story)}),
        _event(story, "participant_left", story.ended_at, {"participant": left}),
        _event(story, "room_finished", closed, {"roomEndReason": "ROOM_END_IDLE_TIMEOUT"}),
    ]


def sign(webhook: Webhook, secret: str, options: Options, now: datetime) -> Headers:
    """Return the token, which LiveKit sends without `Bearer`."""
    claims = {
        "iss": options.api_key or "APIdemo",
        "nbf": int(now.timestamp()),
        "exp": int((now + VALID).timestamp()),
        "sha256": b64encode(sha256(webhook.body).digest()).decode(),
    }
    return {"Authorization": jwt.encode(claims, secret.encode().ljust(32, b"\0"), algorithm="HS256")}


def _party(story: Story) -> dict[str, Any]:
    return {
        "sid": f"PA_{story.id.hex[:12]}",
        "identity": f"sip_{story.customer_number}",
        "name": story.customer,
        "kind": "SIP",
        "joinedAt": str(int(story.answered_at.timestamp())),
        "joinedAtMs": str(story.at_ms(0)),
        "attributes": {
            "sip.phoneNumber": story.customer_number,
            "sip.trunkPhoneNumber": story.line_number,
            "sip.callDirection": "inbound" if story.script.inbound else "outbound",
        },
    }


def _event(story: Story, kind: str, at: datetime, told: Mapping[str, Any] | None = None) -> Webhook:
    event_id = f"EV_{story.id.hex[:12]}_{kind}"
    body = {
        "event": kind,
        "room": {
            "sid": call_id(story),
            "name": f"call-{story.id.hex[:8]}",
            "creationTime": str(int(story.created_at.timestamp())),
            "creationTimeMs": str(int(story.created_at.timestamp() * 1000)),
        },
        **(told or {}),
        "id": event_id,
        "createdAt": str(int(at.timestamp())),
    }
    return Webhook(id=event_id, body=to_json(body), content_type="application/webhook+json")


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
