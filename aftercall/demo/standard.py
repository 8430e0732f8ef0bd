"""Our own event, signed as Standard Webhooks says."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

OUTCOMES: Final = {
    Ending.TALKED: "answered",
    Ending.NO_ANSWER: "no_answer",
    Ending.BUSY: "busy",
    Ending.VOICEMAIL: "voicemail",
}


def call_id(story: Story) -> str:
    """Return an id such as one's own bot would give."""
    return f"c-{story.id.hex[:12]}"


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the start, the end and, where there was talk, the analysis."""
    events = [
        _event(story, "call.started", story.created_at, _parties(story)),
        _event(story, "call.ended", story.ended_at, _parties(story) | _end(story)),
    ]
    if story.script.summary:
        events.append(_event(story, "call.analyzed", story.ended_at, _analysis(story)))
    return events


def sign(webhook: Webhook, secret: str, _options: Options, now: datetime) -> Headers:
    """Return the three headers of Standard Webhooks."""
    timestamp = str(int(now.timestamp()))
    key = b64decode(secret.removeprefix("whsec_"))
    signed = hmac.digest(key, f"{webhook.id}.{timestamp}.".encode() + webhook.body, "sha256")
    return {
        "webhook-id": webhook.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{b64encode(signed).decode()}",
    }


def _event(story: Story, kind: str, at: datetime, said: dict[str, Any]) -> Webhook:
    body = {"type": kind, "timestamp": at, "data": {"call_id": call_id(story), **said}}
    return Webhook(id=f"msg_{story.id.hex[:16]}_{kind.removeprefix('call.')}", body=to_json(body))


def _parties(story: Story) -> dict[str, Any]:
    inbound = story.script.inbound
    parties = (story.customer_number, story.line_number)
    return {
        "direction": "inbound" if inbound else "outbound",
        "channel": "phone",
        "from": parties[0] if inbound else parties[1],
        "to": parties[1] if inbound else parties[0],
        "customer_number": story.customer_number,
        "agent": {"name": story.script.agent, "kind": "bot"},
        "customer": {"full": story.customer},
        "started_at": story.created_at,
    }


def _end(story: Story) -> dict[str, Any]:
    turns = [
        {"role": "agent" if line.agent else "customer", "text": line.text, "offset_s": line.begins_s}
        for line in story.lines
    ]
    end = {"ended_at": story.ended_at, "outcome": OUTCOMES[story.script.ending], "turns": turns}
    return end | ({"answered_at": story.answered_at} if story.lines else {})


def _analysis(story: Story) -> dict[str, Any]:
    parts = {part: _amount(micros) for part, micros in story.cost_micros.items()}
    cost = {"total": _amount(sum(story.cost_micros.values())), "currency": "USD", "parts": parts}
    said = {"summary": story.script.summary, "extracted": story.script.extracted, "cost": cost}
    return said | ({"success": story.script.success} if story.script.success is not None else {})


def _amount(micros: int) -> str:
    return f"{micros / 1_000_000:.6f}"


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
