"""Synthflow: the whole call once when it is over; its signature covers the call's id alone."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

STATUSES: Final = {
    Ending.TALKED: ("completed", "human_goodbye"),
    Ending.NO_ANSWER: ("no-answer", None),
    Ending.BUSY: ("busy", None),
    Ending.VOICEMAIL: ("completed", "voicemail_message_left"),
}


def call_id(story: Story) -> str:
    """Return a UUID, as Synthflow's are."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the call."""
    return [Webhook(id=call_id(story), body=to_json(_call(story)))]


def sign(webhook: Webhook, secret: str, _options: Options, _now: datetime) -> Headers:
    """Return the signature over the call's id, which is the webhook's own."""
    return {"HTTP_SYNTHFLOW_SIGNATURE": b64encode(hmac.digest(secret.encode(), webhook.id.encode(), "sha256")).decode()}


def _call(story: Story) -> dict[str, Any]:
    status, reason = STATUSES[story.script.ending]
    return {
        "status": status,
        "lead": {"name": story.customer, "phone_number": story.customer_number},
        "call": {
            "call_id": call_id(story),
            "status": status,
            "end_call_reason": reason,
            "model_id": f"agent-{story.script.agent.lower()}",
            "timezone": "Europe/Paris",
            "start_time": story.answered_at.isoformat(),
            "duration": round(story.talk_s),
            "transcript": "".join(f"\n{'bot' if line.agent else 'human'}: {line.text}" for line in story.lines),
            "recording_url": f"https://recordings.example.com/{call_id(story)}.mp3" if story.lines else None,
        },
        "analysis": {"call_summary": story.script.summary, "goal": _goal(story)} if story.script.summary else None,
        "collected_variables": {
            name: {"value": value, "collected": True} for name, value in story.script.extracted.items()
        },
    }


def _goal(story: Story) -> str:
    return "not_applicable" if story.script.success is None else str(story.script.success).lower()


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
