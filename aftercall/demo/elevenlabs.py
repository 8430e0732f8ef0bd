"""ElevenLabs: the conversation and its audio in two webhooks, or a call that never connected in one."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Ending, Line, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

FAILURES: Final = {Ending.NO_ANSWER: "no-answer", Ending.BUSY: "busy"}
RESULTS: Final = {Ending.TALKED: "answered", Ending.VOICEMAIL: "voicemail"}
MICROS: Final = 1_000_000
CREDITS_A_SECOND: Final = 13
AUDIO_AFTER_S: Final = 20

_FRAME: Final = b"\xff\xfb\x10\xc4" + bytes(100)
"""26 ms of silence: an MPEG-1 layer III frame of 32 kbit/s, 44.1 kHz, mono."""
_FRAMES: Final = 200
"""Five seconds are enough to hear that the recording is there."""


def call_id(story: Story) -> str:
    """Return an id of a conversation."""
    return f"conv_{story.id.hex[:24]}"


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the conversation and its audio, or why there was none."""
    if story.script.ending in FAILURES:
        return [_event(story, "call_initiation_failure", 1, _failure(story))]
    audio = {"full_audio": b64encode(_FRAME * _FRAMES).decode()}
    return [
        _event(story, "post_call_transcription", 2, _conversation(story)),
        _event(story, "post_call_audio", AUDIO_AFTER_S, audio),
    ]


def sign(webhook: Webhook, secret: str, _options: Options, now: datetime) -> Headers:
    """Return the signature over time and body."""
    at = str(int(now.timestamp()))
    digest = hmac.digest(secret.encode(), f"{at}.".encode() + webhook.body, "sha256").hex()
    return {"ElevenLabs-Signature": f"t={at},v0={digest}"}


def _event(story: Story, kind: str, after_s: int, told: dict[str, Any]) -> Webhook:
    data = {"agent_id": f"agent_{story.script.agent.lower()}", "conversation_id": call_id(story)} | told
    at = int(story.ended_at.timestamp()) + after_s
    body = to_json({"type": kind, "event_timestamp": at, "data": data})
    return Webhook(id=f"{call_id(story)}/{kind}", body=body)


def _failure(story: Story) -> dict[str, Any]:
    reason = FAILURES[story.script.ending]
    carrier = {
        "CallSid": f"CA{story.id.hex}",
        "CallStatus": reason,
        "CallDuration": "0",
        "Timestamp": f"{story.ended_at:%a, %d %b %Y %H:%M:%S} +0000",
        "From": story.line_number,
        "To": story.customer_number,
    }
    return {"failure_reason": reason, "metadata": {"type": "twilio", "body": carrier}}


def _conversation(story: Story) -> dict[str, Any]:
    return {
        "agent_name": story.script.agent,
        "status": "done",
        "transcript": [_said(line) for line in story.lines],
        "metadata": _metadata(story),
        "analysis": {
            "call_successful": {True: "success", False: "failure", None: "unknown"}[story.script.success],
            "transcript_summary": story.script.summary,
            "data_collection_results": {
                name: {"data_collection_id": name, "value": value} for name, value in story.script.extracted.items()
            },
        },
        "conversation_initiation_client_data": {"dynamic_variables": {"customer_name": story.customer}},
    }


def _metadata(story: Story) -> dict[str, Any]:
    return {
        "start_time_unix_secs": int(story.answered_at.timestamp()),
        "accepted_time_unix_secs": int(story.answered_at.timestamp()),
        "call_duration_secs": round(story.talk_s),
        "cost": round(story.talk_s * CREDITS_A_SECOND),
        "cost_fiat": sum(story.cost_micros.values()) / MICROS,
        "charging": {"llm_price": story.cost_micros.get("llm", 0) / MICROS},
        "phone_call": {
            "type": "twilio",
            "direction": "inbound" if story.script.inbound else "outbound",
            "agent_number": story.line_number,
            "external_number": story.customer_number,
            "call_sid": f"CA{story.id.hex}",
            "call_result": RESULTS[story.script.ending],
        },
        "termination_reason": "Call ended by remote party",
        "conversation_initiation_source": "twilio",
    }


def _said(line: Line) -> dict[str, Any]:
    return {
        "role": "agent" if line.agent else "user",
        "message": line.text,
        "multivoice_message": None,
        "tool_calls": [],
        "tool_results": [],
        "feedback": None,
        "llm_override": None,
        "time_in_call_secs": int(line.begins_s),
        "conversation_turn_metrics": {"metrics": {"convai_llm_service_ttfb": {"elapsed_time": 0.41}}},
        "rag_retrieval_info": None,
        "llm_usage": {"model_usage": {"gemini-2.5-flash": _usage(line)}} if line.agent else None,
        "interrupted": False,
        "original_message": None,
        "source_medium": None,
    }


def _usage(line: Line) -> dict[str, Any]:
    said = len(line.text.split())
    return {
        "input": {"tokens": 1200, "price": 0.00018},
        "input_cache_read": {"tokens": 0, "price": 0},
        "input_cache_write": {"tokens": 0, "price": 0},
        "output_total": {"tokens": said, "price": said * 5e-07},
    }


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
