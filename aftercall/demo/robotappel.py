"""RobotAppel: the call in the words of its own history, once when it is over."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from aftercall.demo.stories import Ending, Line, Story
from aftercall.demo.webhook import Teller, Webhook, to_json

STATUSES: Final = {
    Ending.TALKED: ("completed", "user_hangup"),
    Ending.NO_ANSWER: ("no-answer", "no-answer"),
    Ending.BUSY: ("busy", "busy"),
    Ending.VOICEMAIL: ("completed", "voicemail"),
}


def call_id(story: Story) -> str:
    """Return a UUID, as the export's ids are."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the call."""
    return [Webhook(id=call_id(story), body=to_json(_call(story)))]


def _call(story: Story) -> dict[str, Any]:
    inbound = story.script.inbound
    status, ended_status = STATUSES[story.script.ending]
    return {
        "callSid": call_id(story),
        "batchId": None if inbound else "relance-novembre",
        "batchName": None if inbound else "Relance novembre",
        "createdAt": story.created_at.isoformat(),
        "sendDate": story.answered_at.isoformat(),
        "from": story.customer_number if inbound else story.line_number,
        "to": story.line_number if inbound else story.customer_number,
        "direction": "inbound" if inbound else "outbound",
        "status": status,
        "ended_status": ended_status,
        "duration": round(story.talk_s) if story.script.ending is Ending.TALKED else 0,
        "interraction": [_said(story, line) for line in story.lines],
        "clean_interraction": "\n".join(f"{_who(line).capitalize()}: {line.text}" for line in story.lines),
        "qualification": {"basic": story.script.extracted, "advanced": {}} if story.script.extracted else None,
        "record_url": f"https://recordings.example.com/{call_id(story)}.mp3" if story.lines else None,
        "summary": story.script.summary,
    }


def _said(story: Story, line: Line) -> dict[str, Any]:
    at = story.answered_at + timedelta(seconds=line.begins_s)
    return {"user": _who(line), "text": line.text, "created_at": at.isoformat()}


def _who(line: Line) -> str:
    return "assistant" if line.agent else "user"


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, default_scheme="bearer")
