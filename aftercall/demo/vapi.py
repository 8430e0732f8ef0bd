"""Vapi: a status update when the call begins, another when it ends, and the end-of-call report that tells all."""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from aftercall.demo.stories import Ending, Line, Story
from aftercall.demo.webhook import Headers, Teller, Webhook, to_json
from runtime.config import Options

REASONS: Final = {
    Ending.TALKED: "customer-ended-call",
    Ending.NO_ANSWER: "customer-did-not-answer",
    Ending.BUSY: "customer-busy",
    Ending.VOICEMAIL: "voicemail",
}
TYPES: Final = {"stt": "transcriber", "llm": "model", "tts": "voice", "telephony": "transport"}
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return a UUID, as Vapi's are."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the status updates and the report."""
    status = {"type": "status-update", "timestamp": story.at_ms(0), "status": "in-progress"}
    ended = status | {"timestamp": story.at_ms(story.talk_s), "status": "ended"}
    events = [_message(story, "in-progress", status)] if story.lines else []
    return [
        *events,
        _message(story, "ended", ended | {"endedReason": REASONS[story.script.ending]}),
        _message(story, "report", _report(story)),
    ]


def secret_header(_webhook: Webhook, secret: str, options: Options, _now: datetime) -> Headers:
    """Return the shared secret in its header."""
    return {options.header or "X-Vapi-Secret": secret}


def sign(webhook: Webhook, secret: str, options: Options, now: datetime) -> Headers:
    """Return the signature of an HMAC credential that is configured as *options* say."""
    stamp = str(int(now.timestamp()))
    layout = options.format or ("{timestamp}.{body}" if options.include_timestamp else "{body}")
    before, _, after = layout.replace("{timestamp}", stamp).replace("{svix-id}", webhook.id).partition("{body}")
    key = base64.b64decode(secret.removeprefix("whsec_")) if options.secret_base64 else secret.encode()
    digest = hmac.digest(key, before.encode() + webhook.body + after.encode(), options.algorithm)
    text = digest.hex() if options.encoding == "hex" else base64.b64encode(digest).decode()
    return {
        options.header or "x-signature": options.prefix + text,
        options.timestamp_header: stamp,
        options.message_id_header or "webhook-id": webhook.id,
    }


def _message(story: Story, name: str, said: dict[str, Any]) -> Webhook:
    customer = {"number": story.customer_number, "name": story.customer}
    call = {
        "id": call_id(story),
        "orgId": "3b8d1f20-77aa-4e0e-8f6e-51c2c0a0d9e4",
        "createdAt": story.created_at,
        "type": "inboundPhoneCall" if story.script.inbound else "outboundPhoneCall",
        "status": "queued",  # stale, as in real reports
        "phoneCallProvider": "twilio",
        "assistantId": "5d2f8b40-1f0c-4a3e-9c55-7b6a0c9e1d22",
        "customer": customer,
    }
    # Vapi does send the carrier's token along: aftercall cuts it out before anything is kept.
    phone = {"number": story.line_number, "provider": "twilio", "twilioAuthToken": "demo-carrier-token"}
    assistant = {"id": call["assistantId"], "name": story.script.agent}
    message = said | {"call": call, "phoneNumber": phone, "customer": customer, "assistant": assistant}
    return Webhook(id=f"{call_id(story)}/{name}", body=to_json({"message": message}))


def _report(story: Story) -> dict[str, Any]:
    marks = {True: "AI", False: "User"}
    times = {"startedAt": story.answered_at, "endedAt": story.ended_at} if story.lines else {}
    transcript = "".join(f"{marks[line.agent]}: {line.text}\n" for line in story.lines)
    recording = {"recordingUrl": f"https://storage.example.com/{story.id}-mono.wav"} if story.lines else {}
    return times | {
        "type": "end-of-call-report",
        "timestamp": story.at_ms(story.talk_s + 4),
        "endedReason": REASONS[story.script.ending],
        "durationSeconds": story.talk_s,
        "cost": sum(story.cost_micros.values()) / MICROS,
        "costs": [{"type": TYPES[part], "cost": micros / MICROS} for part, micros in story.cost_micros.items()],
        "analysis": _analysis(story),
        "artifact": {"transcript": transcript, "messages": [_spoken(story, line) for line in story.lines], **recording},
    }


def _analysis(story: Story) -> dict[str, Any]:
    if not story.script.summary:
        return {}
    judged = {} if story.script.success is None else {"successEvaluation": str(story.script.success).lower()}
    return judged | {"summary": story.script.summary, "structuredData": story.script.extracted}


def _spoken(story: Story, line: Line) -> dict[str, Any]:
    return {
        "role": "bot" if line.agent else "user",
        "message": line.text,
        "time": story.at_ms(line.begins_s),
        "endTime": story.at_ms(line.ends_s),
        "secondsFromStart": line.begins_s,
        "duration": round((line.ends_s - line.begins_s) * 1000),
    }


TELLER: Final = Teller(
    call_id=call_id,
    webhooks=webhooks,
    schemes={"secret": secret_header, "native": secret_header, "hmac": sign},
    default_scheme="secret",
)
