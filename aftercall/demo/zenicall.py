"""Zenicall: the call log when the call is over, with the shared secret in a header."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

REASONS: Final = {
    Ending.TALKED: "customer-ended-call",
    Ending.NO_ANSWER: "customer-did-not-answer",
    Ending.BUSY: "customer-busy",
    Ending.VOICEMAIL: "voicemail",
}
CLINIC: Final = "11111111-1111-1111-1111-111111111111"
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return a UUID."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the call log."""
    return [Webhook(id=call_id(story), body=to_json(_log(story)))]


def secret_header(_webhook: Webhook, secret: str, options: Options, _now: datetime) -> Headers:
    """Return the shared secret in its header."""
    return {options.header or "X-Vapi-Secret": secret}


def _log(story: Story) -> dict[str, Any]:
    first, _, last = story.customer.partition(" ")
    said = [("AI" if line.agent else "User", line.text) for line in story.lines]
    return {
        "external_call_id": call_id(story),
        "clinic_id": CLINIC,
        "caller_phone_number": story.customer_number,
        "caller_first_name": first,
        "caller_last_name": last or None,
        "call_started_at": story.answered_at.isoformat(),
        "call_ended_at": story.ended_at.isoformat(),
        "call_duration_seconds": story.talk_s,
        "reason_for_call": "New Appointment" if story.script.success else "Other",
        "callback_preference": "Morning",
        "is_existing_patient": True,
        "summary": story.script.summary,
        "audio_recording_url": f"https://recordings.example.com/{story.id}.wav" if story.lines else None,
        "cost": sum(story.cost_micros.values()) / MICROS,
        "ended_reason": REASONS[story.script.ending],
        "transcript_text": "\n".join(f"{who}: {text}" for who, text in said) or None,
        "full_conversation_json": [
            {"role": "assistant" if line.agent else "user", "content": line.text} for line in story.lines
        ],
        "raw_structured_data": story.script.extracted or None,
    }


TELLER: Final = Teller(
    call_id=call_id,
    webhooks=webhooks,
    schemes={"header": secret_header, "native": secret_header},
    default_scheme="header",
)
