"""Retell: the whole call told three times, when it starts, ends and is analysed."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Ending, Line, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

REASONS: Final = {
    Ending.TALKED: "user_hangup",
    Ending.NO_ANSWER: "dial_no_answer",
    Ending.BUSY: "dial_busy",
    Ending.VOICEMAIL: "voicemail_reached",
}
PRODUCTS: Final = {"tts": "elevenlabs_tts", "llm": "gpt_4_1", "telephony": "telnyx_telephony", "stt": "retell_platform"}
MICROS_A_CENT: Final = 10_000


def call_id(story: Story) -> str:
    """Return an id as Retell makes them."""
    return f"call_{story.id.hex[:27]}"


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return call_started (where somebody answered), call_ended and call_analyzed."""
    ended = _parties(story) | _end(story)
    events = [_event(story, "call_started", _parties(story))] if story.lines else []
    events.append(_event(story, "call_ended", ended))
    if story.script.summary:
        events.append(_event(story, "call_analyzed", ended | {"call_analysis": _analysis(story)}))
    return events


def sign(webhook: Webhook, secret: str, _options: Options, now: datetime) -> Headers:
    """Return the signature over body and time, under the API key."""
    at = str(round(now.timestamp() * 1000))
    digest = hmac.digest(secret.encode(), webhook.body + at.encode(), "sha256").hex()
    return {"X-Retell-Signature": f"v={at},d={digest}"}


def _event(story: Story, kind: str, call: dict[str, Any]) -> Webhook:
    return Webhook(id=f"{call_id(story)}/{kind}", body=to_json({"event": kind, "call": call}))


def _parties(story: Story) -> dict[str, Any]:
    inbound = story.script.inbound
    return {
        "call_id": call_id(story),
        "call_type": "phone_call",
        "agent_id": f"agent_{story.script.agent.lower()}",
        "agent_name": story.script.agent,
        "agent_version": 4,
        "call_status": "registered",  # also at the end, as their own documentation shows
        "direction": "inbound" if inbound else "outbound",
        "from_number": story.customer_number if inbound else story.line_number,
        "to_number": story.line_number if inbound else story.customer_number,
        "retell_llm_dynamic_variables": {"customer_name": story.customer},
        "start_timestamp": story.at_ms(0),
    }


def _end(story: Story) -> dict[str, Any]:
    marks = {True: "Agent", False: "User"}
    return {
        "end_timestamp": story.at_ms(story.talk_s),
        "duration_ms": round(story.talk_s * 1000),
        "disconnection_reason": REASONS[story.script.ending],
        "transcript": "".join(f"{marks[line.agent]}: {line.text}\n" for line in story.lines),
        "transcript_object": [_utterance(line) for line in story.lines],
        "recording_url": f"https://recordings.example.com/{call_id(story)}/recording.wav" if story.lines else None,
        "call_cost": _cost(story),
    }


def _utterance(line: Line) -> dict[str, Any]:
    words = line.text.split()
    each = (line.ends_s - line.begins_s) / len(words)
    starts = [line.begins_s + each * index for index in range(len(words))]
    return {
        "role": "agent" if line.agent else "user",
        "content": line.text,
        "words": [
            {"word": f"{word} ", "start": round(start, 3), "end": round(start + each, 3)}
            for word, start in zip(words, starts, strict=True)
        ],
    }


def _cost(story: Story) -> dict[str, Any]:
    costs = {PRODUCTS[part]: micros / MICROS_A_CENT for part, micros in story.cost_micros.items()}
    return {
        "product_costs": [{"product": product, "cost": cents} for product, cents in costs.items()],
        "combined_cost": sum(story.cost_micros.values()) / MICROS_A_CENT,
        "total_duration_seconds": round(story.talk_s),
    }


def _analysis(story: Story) -> dict[str, Any]:
    return {
        "call_summary": story.script.summary,
        "call_successful": bool(story.script.success),
        "in_voicemail": story.script.ending is Ending.VOICEMAIL,
        "user_sentiment": "Positive" if story.script.success else "Neutral",
        "custom_analysis_data": story.script.extracted,
    }


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
