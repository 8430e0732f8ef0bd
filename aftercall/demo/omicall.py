"""OMICall: ringing, answered and hung up while the call lasts, then its record; the secret is in the URL."""

from collections.abc import Sequence
from typing import Any, Final

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Teller, Webhook, to_json

CAUSES: Final = {Ending.NO_ANSWER: "NO_ANSWER", Ending.BUSY: "USER_BUSY"}
VND: Final = 25_000  # a dollar, roughly
MICROS: Final = 1_000_000


def call_id(story: Story) -> str:
    """Return a UUID."""
    return str(story.id)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the events and the record."""
    states = [("ringing", story.created_at), *([("answered", story.answered_at)] if story.lines else [])]
    events = [_event(story, state, int(at.timestamp())) for state, at in states]
    return [*events, _event(story, "hangup", int(story.ended_at.timestamp())), _record(story)]


def _numbers(story: Story) -> tuple[str, str]:
    both = (story.customer_number, story.line_number)
    return both if story.script.inbound else (both[1], both[0])


def _event(story: Story, state: str, at_s: int) -> Webhook:
    caller, called = _numbers(story)
    body = {
        "call_uuid": call_id(story),
        "state": state,
        "direction": "inbound" if story.script.inbound else "outbound",
        "from_number": caller,
        "to_number": called,
        "hotline": story.line_number,
        "created_time": at_s,
        "date_time": at_s * 1000,
    }
    return Webhook(id=f"{call_id(story)}/{state}", body=to_json(body))


def _record(story: Story) -> Webhook:
    caller, called = _numbers(story)
    talked = round(story.talk_s) if story.script.ending is Ending.TALKED else 0
    body: dict[str, Any] = {
        "transaction_id": call_id(story),
        "state": "cdr",
        "direction": "inbound" if story.script.inbound else "outbound",
        "source_number": caller,
        "destination_number": called,
        "phone_number": story.customer_number,
        "hotline": story.line_number,
        "sip_number": story.line_number,
        "sip_user": "101",
        "answer_sec": talked,
        "bill_sec": talked,
        "record_seconds": talked,
        "duration": round((story.ended_at - story.created_at).total_seconds()),
        "time_start_call": int(story.created_at.timestamp()),
        "time_start_to_answer": int(story.answered_at.timestamp()),
        "time_end_call": int(story.ended_at.timestamp()),
        "created_date": int(story.ended_at.timestamp() * 1000),
        "last_updated_date": int(story.ended_at.timestamp() * 1000),
        "call_out_price": sum(story.cost_micros.values()) * VND / MICROS,
        "recording_file_url": f"https://recordings.example.com/{story.id}.mp3" if talked else None,
        "is_voicemail": story.script.ending is Ending.VOICEMAIL,
        "hangup_cause": CAUSES.get(story.script.ending, "NORMAL_CLEARING"),
        "endby_name": "end_call_by_customer" if talked else None,
        "provider": "viettel",
        "note": "",
        "tag": [],
        "is_auto_call": not story.script.inbound,
        "user": [{"full_name": story.script.agent, "full_name_unsigned": story.script.agent}],
        "customer": {"full_name": story.customer, "full_name_unsigned": story.customer},
    }
    return Webhook(id=f"{call_id(story)}/cdr", body=to_json(body))


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, default_scheme="query")
