"""Tanyi: the record when the call is over; the secret is in the URL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from aftercall.demo.stories import Ending, Story
from aftercall.demo.webhook import Teller, Webhook, to_json

STATUSES: Final = {
    Ending.TALKED: "ANSWERED",
    Ending.NO_ANSWER: "NO_ANSWER",
    Ending.BUSY: "BUSY",
    Ending.VOICEMAIL: "CAN_NOT_CONNECT",
}
ZONE: Final = ZoneInfo("Asia/Shanghai")
LARGEST: Final = 1_000_000_000
JOB: Final = 43


def call_id(story: Story) -> str:
    """Return an integer, as Tanyi's ids are."""
    return str(story.id.int % LARGEST)


def webhooks(story: Story) -> Sequence[Webhook]:
    """Return the record."""
    body = {"dataType": "ROBOT_CALL_RECORD", "data": _record(story)}
    return [Webhook(id=call_id(story), body=to_json(body))]


def _record(story: Story) -> dict[str, Any]:
    talked = story.script.ending is Ending.TALKED
    return {
        "callRecordId": int(call_id(story)),
        "tenantId": 1,
        "robotCallJobId": JOB,
        "dialogFlowId": 12,
        "calledPhoneNumber": story.customer_number,
        "resultStatus": STATUSES[story.script.ending],
        "intentLevel": "A" if story.script.success else "F",
        "customerConcern": [],
        "fullAudioUrl": f"https://recordings.example.com/{story.id}.wav" if talked else None,
        "customerAudioUrl": None,
        "analysisBasis": story.script.summary or "",
        "startTime": _local(story.created_at),
        "endTime": _local(story.ended_at),
        "chatDuration": round(story.talk_s) if talked else 0,
        "chatRound": sum(not line.agent for line in story.lines),
        "attributes": [],
        "properties": {name: str(value) for name, value in story.script.extracted.items()},
        "callDetailList": [
            {"text": line.text, "type": "ROBOT" if line.agent else "PERSON", "callDetailId": n}
            for n, line in enumerate(story.lines, 1)
        ],
    }


def _local(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


TELLER: Final = Teller(call_id=call_id, webhooks=webhooks, default_scheme="path")
