"""Daily: a meeting begins, the bot and perhaps a person join, the meeting ends."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options


def call_id(story: Story) -> str:
    """Return the id of a meeting."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the meeting's events."""
    joined = [("bot", story.script.agent, story.created_at)]
    if story.lines:
        joined.append(("customer", story.customer, story.answered_at))
    start, end = story.created_at.timestamp(), story.ended_at.timestamp()
    return [
        _event(story, "meeting.started", story.created_at, {"start_ts": start}),
        *(
            _event(story, "participant.joined", at, {"session_id": who, "user_name": name, "joined_at": at.timestamp()})
            for who, name, at in joined
        ),
        _event(story, "meeting.ended", story.ended_at, {"start_ts": start, "end_ts": end}),
    ]


def sign(webhook: Webhook, secret: str, _options: Options, now: datetime) -> Headers:
    """Return the signature over time and body."""
    stamp = str(int(now.timestamp()))
    mac = hmac.digest(b64decode(secret), stamp.encode() + b"." + webhook.body, "sha256")
    return {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": b64encode(mac).decode()}


def _event(story: Story, kind: str, at: datetime, told: Mapping[str, Any]) -> Webhook:
    event_id = "-".join((kind, story.id.hex[:12], str(told.get("session_id", ""))))
    payload = {"meeting_id": call_id(story), "room": f"call-{story.id.hex[:8]}", **told}
    body = {"version": "1.0.0", "type": kind, "id": event_id, "payload": payload, "event_ts": at.timestamp()}
    return Webhook(id=event_id, body=to_json(body))


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
