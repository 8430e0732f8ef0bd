"""Vonage: a leg starts, is answered and ends with its price; the token carries a hash of the body."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import jwt

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

ENDS: Final = {
    Ending.TALKED: "completed",
    Ending.NO_ANSWER: "unanswered",
    Ending.BUSY: "busy",
    Ending.VOICEMAIL: "completed",
}
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return the id of a conversation."""
    return f"CON-{story.id}"


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the leg's events, and its recording."""
    if story.script.ending in (Ending.NO_ANSWER, Ending.BUSY):
        return [_event(story, "started", story.created_at), _event(story, ENDS[story.script.ending], story.ended_at)]
    machine = [("machine", story.answered_at)] if story.script.ending is Ending.VOICEMAIL else []
    progress = [("started", story.created_at), ("answered", story.answered_at), *machine]
    return [*(_event(story, status, at) for status, at in progress), _completed(story), _recorded(story)]


def sign(webhook: Webhook, secret: str, options: Options, now: datetime) -> Headers:
    """Return the bearer token."""
    claims = {
        "iss": "Vonage",
        "iat": int(now.timestamp()),
        "jti": webhook.id,
        "api_key": options.api_key or "demo",
        "payload_hash": sha256(webhook.body).hexdigest(),
    }
    token = jwt.encode(claims, secret.encode().ljust(32, b"\0"), algorithm="HS256")
    return {"Authorization": f"Bearer {token}"}


def _event(story: Story, status: str, at: datetime, **told: Any) -> Webhook:
    both = (story.customer_number, story.line_number)
    caller, called = both if story.script.inbound else (both[1], both[0])
    body = {
        "uuid": str(story.id),
        "conversation_uuid": call_id(story),
        "status": status,
        "direction": "inbound" if story.script.inbound else "outbound",
        "from": caller.removeprefix("+"),
        "to": called.removeprefix("+"),
        "timestamp": _iso(at),
        **told,
    }
    return Webhook(id=f"{story.id}/{status}", body=to_json(body))


def _completed(story: Story) -> Webhook:
    price = sum(story.cost_micros.values()) / MICROS
    return _event(
        story,
        "completed",
        story.ended_at + timedelta(seconds=1),
        start_time=_iso(story.answered_at),
        end_time=_iso(story.ended_at),
        duration=str(round(story.talk_s)),
        price=f"{price:.8f}",
        rate=f"{price / max(story.talk_s, 1) * 60:.8f}",
        network="20801",
    )


def _recorded(story: Story) -> Webhook:
    body = {
        "conversation_uuid": call_id(story),
        "recording_uuid": f"rec-{story.id}",
        "recording_url": f"https://recordings.example.com/{story.id}.mp3",
        "start_time": _iso(story.answered_at),
        "end_time": _iso(story.ended_at),
        "size": 401326,
        "timestamp": _iso(story.ended_at + timedelta(seconds=2)),
    }
    return Webhook(id=f"{story.id}/record", body=to_json(body))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
