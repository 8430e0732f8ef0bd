"""Ultravox: the call as it is by then, when it is made, joined, over, and billed."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

REASONS: Final = {
    Ending.TALKED: ("hangup", "NORMAL"),
    Ending.NO_ANSWER: ("unjoined", "TIMEOUT"),
    Ending.BUSY: ("unjoined", "BUSY"),
    Ending.VOICEMAIL: ("agent_hangup", "NORMAL"),
}
BILLED_UNIT_S: Final = 6


def call_id(story: Story) -> str:
    """Return a UUID, as Ultravox's are."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the steps of the call's life that it had."""
    joined = {"joined": story.answered_at.isoformat()} if story.lines else {}
    ended = joined | _end(story)
    billed = ended | {"billedDuration": _billed(story), "billingStatus": "BILLING_STATUS_BILLED"}
    events = {"call.started": {}, "call.joined": joined, "call.ended": ended, "call.billed": billed}
    return [_event(story, event, more) for event, more in events.items() if story.lines or event != "call.joined"]


def sign(webhook: Webhook, secret: str, _options: Options, now: datetime) -> Headers:
    """Return the signature over body and time."""
    at = now.isoformat()
    return {
        "X-Ultravox-Webhook-Timestamp": at,
        "X-Ultravox-Webhook-Signature": hmac.digest(secret.encode(), webhook.body + at.encode(), "sha256").hex(),
    }


def _event(story: Story, event: str, more: dict[str, Any]) -> Webhook:
    body = {"event": event, "call": _call(story) | more}
    return Webhook(id=f"{call_id(story)}/{event}", body=to_json(body))


def _call(story: Story) -> dict[str, Any]:
    parties = {"to": story.customer_number, "from": story.line_number}
    side = {"incoming": {}} if story.script.inbound else {"outgoing": parties}
    return {
        "callId": call_id(story),
        "created": story.created_at.isoformat(),
        "joined": None,
        "ended": None,
        "endReason": None,
        "billedDuration": None,
        "billingStatus": "BILLING_STATUS_PENDING",
        "medium": {"twilio": side},
        "agentId": f"agent-{story.script.agent.lower()}",
        "agent": {"agentId": f"agent-{story.script.agent.lower()}", "name": story.script.agent},
        "model": "ultravox-v0.7",
        "recordingEnabled": True,
        "systemPrompt": "The prompt, which aftercall cuts out.",
        "metadata": {"customer_name": story.customer},
    }


def _end(story: Story) -> dict[str, Any]:
    reason, termination = REASONS[story.script.ending]
    return {
        "ended": story.ended_at.isoformat(),
        "endReason": reason,
        "summary": story.script.summary,
        "shortSummary": story.script.summary,
        "sipDetails": {"terminationReason": f"SIP_TERMINATION_{termination}"},
    }


def _billed(story: Story) -> str:
    return f"{-(-round(story.talk_s) // BILLED_UNIT_S) * BILLED_UNIT_S}s"


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
