"""Twilio: the call's progress, who took it, and its recording, each a small form signed with the URL it goes to."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Headers, Teller, Webhook
from runtime.config import Options

STATUSES: Final = {
    Ending.TALKED: "completed",
    Ending.NO_ANSWER: "no-answer",
    Ending.BUSY: "busy",
    Ending.VOICEMAIL: "completed",
}
ACCOUNT: Final = "AC" + "0" * 32
FORM: Final = "application/x-www-form-urlencoded"


def call_id(story: Story) -> str:
    """Return a CallSid."""
    return f"CA{story.id.hex}"


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the steps of the call, a voicemail where one took it, and the recording where there is one."""
    steps = [_step(story, "initiated", 0, story.created_at), _step(story, "ringing", 1, story.created_at)]
    if story.lines:
        steps.append(_step(story, "in-progress", 2, story.answered_at))
    if story.script.ending is Ending.VOICEMAIL:
        steps.append(_form(story, "amd", {"AnsweredBy": "machine_start", "MachineDetectionDuration": "3140"}))
    seconds = str(round(story.talk_s))
    steps.append(_step(story, STATUSES[story.script.ending], 3, story.ended_at, CallDuration=seconds))
    return [*steps, _recording(story, seconds)] if story.lines else steps


def sign(webhook: Webhook, secret: str, options: Options, _now: datetime) -> Headers:
    """Return the signature over the URL, as the receiver believes it was called, and the parameters by name."""
    pairs = sorted(parse_qsl(webhook.body.decode(), keep_blank_values=True))
    signed = (options.public_url or webhook.url) + "".join(name + value for name, value in pairs)
    return {"X-Twilio-Signature": b64encode(hmac.digest(secret.encode(), signed.encode(), "sha1")).decode()}


def _step(story: Story, status: str, number: int, at: datetime, **more: str) -> Webhook:
    inbound = story.script.inbound
    form = {
        "CallStatus": status,
        "Direction": "inbound" if inbound else "outbound-api",
        "From": story.customer_number if inbound else story.line_number,
        "To": story.line_number if inbound else story.customer_number,
        "Timestamp": f"{at:%a, %d %b %Y %H:%M:%S} +0000",
        "SequenceNumber": str(number),
        "CallbackSource": "call-progress-events",
    }
    return _form(story, status, form | more)


def _recording(story: Story, seconds: str) -> Webhook:
    recording = f"RE{story.id.hex}"
    form = {
        "RecordingSid": recording,
        "RecordingUrl": f"https://recordings.example.com/Accounts/{ACCOUNT}/Recordings/{recording}",
        "RecordingStatus": "completed",
        "RecordingDuration": seconds,
        "RecordingChannels": "2",
    }
    return _form(story, "recording", form)


def _form(story: Story, name: str, told: Mapping[str, str]) -> Webhook:
    body = urlencode({"AccountSid": ACCOUNT, "CallSid": call_id(story), **told}).encode()
    delivery = f"{call_id(story)}/{name}"
    return Webhook(id=delivery, body=body, headers={"I-Twilio-Idempotency-Token": delivery}, content_type=FORM)


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, schemes={"native": sign})
