"""Calls whose platforms tell them in several webhooks: which recorded ones, and what they say together."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from schemas.update import CallUpdate
from schemas.words import Platform
from tests.pure.storage.updates import make_update
from tests.webhooks import FIXTURES, recorded
from workers.platforms import NORMALISERS


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


STORIES: Mapping[str, tuple[list[str], Mapping[str, Any]]] = {
    "bland/resent after it was seen talking": (
        ["still-talking.json", "post-call.json", "post-call.json"],
        {"outcome": "answered", "talk_s": 108.0, "ended_at": ms("2026-09-10T00:28:28Z"), "end_reason": "completed"},
    ),
    "elevenlabs/audio and words": (
        ["post_call_audio-short.json", "post_call_transcription-twilio-inbound.json"],
        {"outcome": "answered", "has_recording": True, "has_transcript": True, "rounds": 1, "talk_s": 22.0},
    ),
    "elevenlabs/a failed dial of which no words came": (
        ["failure-twilio-busy.json", "audio-without-audio.json"],
        {"outcome": "busy", "has_recording": False, "talk_s": 0.0, "customer_number": "+33170000042"},
    ),
    "daily/two took part": (
        [
            "participant.joined-bot.json",
            "participant.joined-customer.json",
            "participant.left-customer.json",
            "meeting.ended.json",
        ],
        {"outcome": "answered", "duration_s": 43.0, "talk_s": 43.0, "started_at": ms("2026-09-10T00:26:40Z")},
    ),
    "daily/nobody came": (
        ["participant.joined-bot.json", "meeting.ended.json"],
        {"outcome": "no_answer", "talk_s": 0.0},
    ),
    "livekit/a telephone call": (
        [
            "room_started.json",
            "participant_joined-sip-inbound.json",
            "participant_joined-agent.json",
            "participant_left-sip.json",
            "room_finished.json",
            "egress_ended.json",
        ],
        {
            "outcome": "answered",
            "channel": "phone",
            "direction": "inbound",
            "customer_number": "+15555550142",
            "line_number": "+15555550100",
            "started_at": ms("2026-09-10T00:26:41.456Z"),
            "ended_at": ms("2026-09-10T00:27:20Z"),
            "end_reason": "CLIENT_INITIATED",
            "record_s": 40.0,
            "has_recording": True,
        },
    ),
    "livekit/a room without parties": (
        ["room_started.json", "room_finished.json"],
        {"channel": "web", "ended_at": ms("2026-09-10T00:27:40Z"), "end_reason": "ROOM_END_IDLE_TIMEOUT"},
    ),
    "omicall/ringing, then its record": (
        ["event-ringing.json", "cdr-answered.json"],
        {"outcome": "answered", "talk_s": 42.0, "from": "842800000001", "duration_s": 55.0},
    ),
    "telnyx/an assistant's call": (
        [
            "call.initiated.json",
            "call.hangup-normal_clearing.json",
            "call.conversation.ended.json",
            "call.cost.json",
            "call.recording.saved.json",
            "call.analyzed.json",
        ],
        {
            "outcome": "answered",
            "direction": "inbound",
            "customer_number": "+15555550142",
            "talk_s": 25.0,
            "rounds": 1,
            "end_reason": "normal_clearing",
            "summary": "The caller needed nothing.",
            "ended_at": ms("2026-10-15T00:27:05.114Z"),
        },
    ),
    "telnyx/the sum of its legs' costs until it is analyzed": (
        ["call.hangup-normal_clearing.json", "call.cost.json", "call.analyzed-no-cost.json"],
        {"outcome": "answered", "has_recording": False},
    ),
    "vonage/a person answered": (
        ["started.json", "answered.json", "completed.json", "record.json"],
        {
            "outcome": "answered",
            "direction": "outbound",
            "to_e164": "+15555550142",
            "answered_at": ms("2026-09-10T00:26:40Z"),
            "talk_s": 25.0,
            "end_reason": "completed",
            "has_recording": True,
        },
    ),
    "vonage/a machine answered": (
        ["answered.json", "machine.json", "completed.json"],
        {"outcome": "voicemail", "talk_s": 0.0, "is_voicemail": True},
    ),
    "robotappel/ringing, then over": (
        ["call-infos-ringing.json", "call-infos.json"],
        {"outcome": "answered", "talk_s": 125.0, "to": "+33600000001"},
    ),
    "synthflow/ringing, then over": (
        ["ringing.json", "post-call.json"],
        {"outcome": "answered", "duration_s": 113.0, "customer_number": "+15555550142", "end_reason": "agent_goodbye"},
    ),
    "twilio/answered by a person and recorded": (
        [
            "initiated.form",
            "ringing.form",
            "in-progress.form",
            "amd-human.form",
            "status-callback-completed.form",
            "recording-status-callback.form",
        ],
        {
            "outcome": "answered",
            "started_at": ms("2026-09-10T00:26:41Z"),
            "answered_at": ms("2026-09-10T00:26:41Z"),
            "ended_at": ms("2026-09-10T00:27:06Z"),
            "talk_s": 25.0,
            "record_s": 25.0,
            "has_recording": True,
            "is_voicemail": False,
        },
    ),
    "twilio/a machine took a completed call": (
        ["in-progress.form", "amd-machine.form", "status-callback-completed.form"],
        {"outcome": "voicemail", "talk_s": 0.0, "duration_s": 25.0, "is_voicemail": True},
    ),
    "twilio/still ringing": (
        ["initiated.form", "ringing.form"],
        {"outcome": "in_progress", "direction": "outbound", "customer_number": "+15555550142"},
    ),
    "ultravox/the whole life": (
        ["call.started.json", "call.joined.json", "call.ended.json", "call.billed.json"],
        {
            "outcome": "answered",
            "duration_s": 30.215,
            "talk_s": 25.276,
            "answered_at": ms("2026-09-10T00:26:40.649Z"),
            "end_reason": "hangup",
        },
    ),
    "ultravox/joined and talking": (
        ["call.started.json", "call.joined.json"],
        {"outcome": "in_progress", "answered_at": ms("2026-09-10T00:26:40.649Z")},
    ),
}


def told(story: str, *, call: str = "c-1") -> list[CallUpdate]:
    """Return the story's updates, a second apart, as those of *call*."""
    platform = Platform(story.partition("/")[0])
    events = [recorded(FIXTURES / platform / name) for name in STORIES[story][0]]
    facts = [NORMALISERS[platform](event) for event in events]
    return [
        make_update(said, call=call, platform=platform, event=f"e-{event.digest}", received=second, digest=event.digest)
        for second, (said, event) in enumerate(zip(facts, events, strict=True))
        if said is not None
    ]
