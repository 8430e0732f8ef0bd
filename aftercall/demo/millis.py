"""Millis AI: the session once when it is over, its words as JSON inside a JSON text."""

from collections.abc import Sequence
from typing import Any, Final

from aftercall.demo.stories import Ending, Line, Story
from aftercall.demo.webhook import Teller, Webhook, to_json

STATUSES: Final = {
    Ending.TALKED: "user-ended",
    Ending.NO_ANSWER: "no-answer",
    Ending.BUSY: "busy",
    Ending.VOICEMAIL: "voicemail-message",
}
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return an id of a session."""
    return f"sess_{story.id.hex[:16]}"


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the session."""
    return [Webhook(id=call_id(story), body=to_json(_session(story)))]


def _session(story: Story) -> dict[str, Any]:
    inbound = story.script.inbound
    return {
        "session_id": call_id(story),
        "call_id": f"CA{story.id.hex}",
        "agent_id": f"agent-{story.script.agent.lower()}",
        "agent_config": {"prompt": "The prompt, which aftercall cuts out."},
        "ts": story.answered_at.timestamp(),
        "duration": story.talk_s,
        "chat": to_json([_said(line) for line in story.lines]).decode(),
        "function_calls": [],
        "cost_breakdown": [
            {"type": part, "credit": micros / MICROS} for part, micros in story.cost_micros.items() if part != "stt"
        ],
        "voip": {
            "from": story.customer_number if inbound else story.line_number,
            "to": story.line_number if inbound else story.customer_number,
        },
        "recording": {"recording_url": f"https://recordings.example.com/{call_id(story)}.wav"} if story.lines else None,
        "metadata": {"customer_name": story.customer},
        "call_status": STATUSES[story.script.ending],
        "error_message": None,
    }


def _said(line: Line) -> dict[str, str]:
    return {"role": "assistant" if line.agent else "user", "content": line.text}


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, default_scheme="bearer")
