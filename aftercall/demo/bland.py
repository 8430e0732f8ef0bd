"""Bland: the whole call in one flat body when it is over."""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from aftercall.demo.stories import Ending, Line, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

STATUSES: Final = {
    Ending.TALKED: "completed",
    Ending.NO_ANSWER: "no-answer",
    Ending.BUSY: "busy",
    Ending.VOICEMAIL: "completed",
}
ANSWERED_BY: Final = {Ending.TALKED: "human", Ending.VOICEMAIL: "voicemail", Ending.NO_ANSWER: "no-answer"}
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return a UUID, as Bland's are."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the call."""
    return [Webhook(id=call_id(story), body=to_json(_call(story)))]


def sign(webhook: Webhook, secret: str, _options: Options, _now: datetime) -> Headers:
    """Return the signature over the body; there is no time in it."""
    return {"X-Webhook-Signature": hmac.digest(secret.encode(), webhook.body, "sha256").hex()}


def _call(story: Story) -> dict[str, Any]:
    inbound = story.script.inbound
    return {
        "call_id": call_id(story),
        "c_id": call_id(story),
        "from": story.customer_number if inbound else story.line_number,
        "to": story.line_number if inbound else story.customer_number,
        "inbound": inbound,
        "created_at": story.created_at.isoformat(),
        "started_at": story.answered_at.isoformat() if story.lines else None,
        "call_length": round(story.talk_s / 60, 4),
        "corrected_duration": str(round(story.talk_s)),
        "completed": True,
        "queue_status": "complete",
        "status": STATUSES[story.script.ending],
        "answered_by": ANSWERED_BY.get(story.script.ending),
        "call_ended_by": "USER" if story.script.ending is Ending.TALKED else None,
        "concatenated_transcript": "".join(f"{_who(line)}: {line.text} \n " for line in story.lines),
        "transcripts": [_said(story, index, line) for index, line in enumerate(story.lines)],
        "recording_url": f"https://recordings.example.com/{call_id(story)}.mp3" if story.lines else None,
        "price": sum(story.cost_micros.values()) / MICROS,
        "summary": story.script.summary,
        "analysis": story.script.extracted or None,
        "variables": {"customer_name": story.customer},
        "voice_id": story.script.agent.lower(),
        "request_data": {"task": "The prompt, which aftercall cuts out."},
    }


def _said(story: Story, index: int, line: Line) -> dict[str, Any]:
    at = story.answered_at + timedelta(seconds=line.begins_s)
    return {"id": index + 1, "created_at": at.isoformat(), "text": line.text, "user": _who(line)}


def _who(line: Line) -> str:
    return "assistant" if line.agent else "user"


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
