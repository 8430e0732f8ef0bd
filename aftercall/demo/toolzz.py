"""Toolzz: the call log when the call is over."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Teller, Webhook, to_json

ENDS: Final = {
    Ending.TALKED: "ENDED",
    Ending.NO_ANSWER: "NO_ANSWER",
    Ending.BUSY: "BUSY",
    Ending.VOICEMAIL: "VOICEMAIL",
}
UNIT: Final = "cccccccc-0000-4000-8000-000000000001"
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return a UUID."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the call log."""
    return [Webhook(id=call_id(story), body=to_json(_log(story)))]


def _log(story: Story) -> dict[str, Any]:
    costs = {
        f"{part}Cost": micros / MICROS for part, micros in story.cost_micros.items() if part in ("stt", "llm", "tts")
    }
    return {
        "callId": call_id(story),
        "callName": story.script.agent,
        "unityId": UNIT,
        "botId": f"bot-{story.script.agent.lower()}",
        "callType": "phone",
        "phone": story.customer_number,
        "callDate": story.answered_at.isoformat(),
        "duration": round(story.talk_s),
        "endCallType": ENDS[story.script.ending],
        "successEvaluation": story.script.success,
        "audioFileUrl": f"https://recordings.example.com/{story.id}.mp3" if story.lines else None,
        "transcription": [
            {
                "id": f"item_{n}",
                "type": "message",
                "role": "assistant" if line.agent else "user",
                "content": line.text,
                "createdAt": story.at_ms(line.begins_s),
                "interrupted": False,
            }
            for n, line in enumerate(story.lines, 1)
        ],
        "costBreakdown": {"currency": "BRL", "totalCost": sum(costs.values()), **costs},
        "totalCost": sum(costs.values()),
        "dataStructure": story.script.extracted,
        "summary": story.script.summary,
        "metadata": {
            "bot": {"id": f"bot-{story.script.agent.lower()}", "name": story.script.agent},
            "unit": {"id": UNIT, "name": "Matriz"},
            "environment": "production",
        },
        "createdAt": story.created_at.isoformat(),
        "updatedAt": (story.ended_at + timedelta(seconds=5)).isoformat(),
    }


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, default_scheme="bearer")
