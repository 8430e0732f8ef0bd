"""Telnyx: a leg begins and hangs up, its cost follows, and the analysis of the assistant's call tells it all."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aftercall.demo.stories import Ending, Line, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Connection, Options

CAUSES: Final = {
    Ending.TALKED: "normal_clearing",
    Ending.NO_ANSWER: "no_answer",
    Ending.BUSY: "user_busy",
    Ending.VOICEMAIL: "normal_clearing",
}
PRODUCTS: Final = {"stt": "stt", "llm": "inference", "tts": "tts", "telephony": "siptrunking-cdrs"}
OWN: Final = "seed:"
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return the id of a session."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the events, in the order of the call."""
    start, end = story.created_at, story.ended_at
    events = [
        _event(story, "call.initiated", start, {"direction": "incoming" if story.script.inbound else "outgoing"}),
        _event(story, "call.hangup", end, {"hangup_cause": CAUSES[story.script.ending], "start_time": _iso(start)}),
    ]
    if story.lines:
        talk = {"duration_sec": round(story.talk_s), "reason": "customer_disconnect", "assistant_id": "assistant-1"}
        said = {**talk, "messages": [_said(story, line) for line in story.lines]}
        events += [
            _event(story, "call.conversation.ended", end + timedelta(seconds=1), said),
            _event(story, "call.analyzed", end + timedelta(minutes=3), {**talk, **_analysis(story)}),
        ]
    return events


def sign(webhook: Webhook, secret: str, _options: Options, now: datetime) -> Headers:
    """Return the signature of a key of ours; that of the vendor's public key nobody else can make."""
    if not secret.startswith(OWN):
        return {}
    stamp = str(int(now.timestamp()))
    key = Ed25519PrivateKey.from_private_bytes(b64decode(secret.removeprefix(OWN)))
    signature = b64encode(key.sign(stamp.encode() + b"|" + webhook.body)).decode()
    return {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": signature}


def provable(connection: Connection) -> bool:
    """Say whether the demo can sign for *connection*: with a key of ours, or by another scheme than Telnyx's."""
    unsigned = connection.options.scheme not in (None, "native")
    return unsigned or any(secret.startswith(OWN) for secret in connection.secrets[:1])


def _event(story: Story, kind: str, at: datetime, told: Mapping[str, Any]) -> Webhook:
    event_id = str(uuid5(NAMESPACE_URL, f"{story.id}/{kind}"))
    both = (story.customer_number, story.line_number)
    caller, called = both if story.script.inbound else (both[1], both[0])
    payload = {
        "call_session_id": call_id(story),
        "call_leg_id": f"leg-{story.id}",
        "call_control_id": f"v3:{story.id.hex}",
        "from": caller,
        "to": called,
        **told,
    }
    event = {"record_type": "event", "event_type": kind, "id": event_id, "occurred_at": _iso(at), "payload": payload}
    return Webhook(id=event_id, body=to_json({"data": event, "meta": {"attempt": 1}}))


def _said(story: Story, line: Line) -> dict[str, str]:
    at = story.answered_at + timedelta(seconds=line.begins_s)
    return {"role": "assistant" if line.agent else "user", "content": line.text, "timestamp": _iso(at)}


def _analysis(story: Story) -> dict[str, Any]:
    insight = {"insight_id": "summary", "result": story.script.summary}
    paid = [
        {"product": PRODUCTS.get(part, part), "cost": f"{micros / MICROS:.6f}"}
        for part, micros in story.cost_micros.items()
    ]
    total = f"{sum(story.cost_micros.values()) / MICROS:.6f}"
    return {
        "conversation_insights": [{"status": "completed", "conversation_insights": [insight]}],
        "cost": {"total": total, "currency": "USD", "breakdown": paid},
        "recordings": [{"id": "r", "download_urls": {"mp3": f"https://recordings.example.com/{story.id}.mp3"}}],
    }


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign}, provable=provable)
