"""How each platform's end words map to outcomes; a row a word, as the documented tables have them."""

import json
from functools import reduce
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from schemas.update import Facts
from schemas.words import EndedBy, Outcome, Platform
from tests.webhooks import FIXTURES, make_event
from workers.platforms import NORMALISERS

O = Outcome  # noqa: E741 - a column of it follows


def patched(platform: Platform, name: str, changes: dict[str, Any]) -> Facts:
    """Return what a recorded webhook says once *changes* (dotted paths) are made to it."""
    raw = (FIXTURES / platform / name).read_text()
    body: dict[str, Any] = json.loads(raw) if name.endswith(".json") else dict(parse_qsl(raw))
    for path, value in changes.items():
        *steps, last = path.split("/")
        node = reduce(lambda inner, step: inner[step], steps, body)
        node[last] = value
    told = json.dumps(body) if name.endswith(".json") else urlencode(body)
    facts = NORMALISERS[platform](make_event(told.encode(), platform))
    assert facts is not None
    return facts


BLAND = "post-call.json"
ROWS: list[tuple[Platform, str, dict[str, Any], Outcome | None]] = [
    # `status`, `answered_by`, `queue_status`, `error_message`
    (Platform.BLAND, BLAND, {"status": "completed"}, O.ANSWERED),
    (Platform.BLAND, BLAND, {"status": "completed", "answered_by": "voicemail"}, O.VOICEMAIL),
    (Platform.BLAND, BLAND, {"status": "no-answer", "answered_by": "voicemail"}, O.VOICEMAIL),
    (Platform.BLAND, BLAND, {"status": "completed", "answered_by": "no-answer"}, O.NO_ANSWER),
    (Platform.BLAND, BLAND, {"status": "completed", "answered_by": None}, O.ANSWERED),
    (Platform.BLAND, BLAND, {"status": "completed", "corrected_duration": "0", "transcripts": [],
                             "concatenated_transcript": ""}, O.NO_ANSWER),
    (Platform.BLAND, BLAND, {"status": "no-answer", "answered_by": None}, O.NO_ANSWER),
    (Platform.BLAND, BLAND, {"status": "busy"}, O.BUSY),
    (Platform.BLAND, BLAND, {"status": "failed"}, O.SYSTEM_ERROR),
    (Platform.BLAND, BLAND, {"status": "canceled"}, O.CANCELED),
    (Platform.BLAND, BLAND, {"status": "unknown", "answered_by": "unknown"}, None),
    (Platform.BLAND, BLAND, {"status": None, "answered_by": None, "queue_status": "pre_queue_error"}, O.SYSTEM_ERROR),
    (Platform.BLAND, BLAND, {"status": None, "answered_by": "human"}, O.ANSWERED),
    # RobotAppel's own words
    (Platform.ROBOTAPPEL, "call-infos.json", {"status": "completed"}, O.ANSWERED),
    (Platform.ROBOTAPPEL, "call-infos.json", {"status": "no-answer"}, O.NO_ANSWER),
    (Platform.ROBOTAPPEL, "call-infos.json", {"status": "busy"}, O.BUSY),
    (Platform.ROBOTAPPEL, "call-infos.json", {"status": "failed"}, O.SYSTEM_ERROR),
    (Platform.ROBOTAPPEL, "call-infos.json", {"status": "completed", "ended_status": "voicemail_reached"}, O.VOICEMAIL),
    (Platform.ROBOTAPPEL, "call-infos.json", {"status": "teleported"}, None),
    (Platform.ROBOTAPPEL, "bland-call-ended.json", {"answered_by": "voicemail"}, O.VOICEMAIL),
    # Synthflow `status`, `end_call_reason`
    *((Platform.SYNTHFLOW, "post-call.json", {"status": word, "call/status": word}, outcome) for word, outcome in {
        "completed": O.ANSWERED, "no-answer": O.NO_ANSWER, "busy": O.BUSY, "spam": O.REJECTED, "failed": O.UNREACHABLE,
        "hangup_on_voicemail": O.VOICEMAIL, "left_voicemail": O.VOICEMAIL, "canceled": O.CANCELED,
        "user-canceled": O.CANCELED, "teleported": None,
    }.items()),
    (Platform.SYNTHFLOW, "post-call.json", {"call/end_call_reason": "voicemail"}, O.VOICEMAIL),
    (Platform.SYNTHFLOW, "post-call.json", {"call/end_call_reason": "voicemail_message_left"}, O.VOICEMAIL),
    (Platform.SYNTHFLOW, "post-call.json", {"call/status": "left_voicemail"}, O.VOICEMAIL),
    (Platform.SYNTHFLOW, "post-call.json", {"call/status": "in-progress"}, O.ANSWERED),
    (Platform.SYNTHFLOW, "post-call.json", {"call/duration": 0, "call/transcript": ""}, O.NO_ANSWER),
    # Millis `call_status`
    *((Platform.MILLIS, "end-of-call.json", {"call_status": word}, outcome) for word, outcome in {
        "user-ended": O.ANSWERED, "agent-ended": O.ANSWERED, "api-ended": O.ANSWERED, "timeout": O.ANSWERED,
        "chat_completion": O.ANSWERED, "no-answer": O.NO_ANSWER, "busy": O.BUSY, "voicemail-message": O.VOICEMAIL,
        "voicemail-hangup": O.VOICEMAIL, "canceled": O.CANCELED, "failed": O.UNREACHABLE, "error": O.SYSTEM_ERROR,
        "unknown": None, "teleported": None,
    }.items()),
    # Ultravox `endReason`, `sipDetails.terminationReason`
    *((Platform.ULTRAVOX, "call.ended.json", {"call/endReason": word}, outcome) for word, outcome in {
        "hangup": O.ANSWERED, "agent_hangup": O.ANSWERED, "timeout": O.ANSWERED, "unjoined": O.NO_ANSWER,
        "connection_error": O.UNREACHABLE, "system_error": O.SYSTEM_ERROR, "teleported": None,
    }.items()),
    *((Platform.ULTRAVOX, "call.ended-unjoined.json", {"call/sipDetails/terminationReason": f"SIP_TERMINATION_{word}"},
       outcome) for word, outcome in {
        "NORMAL": O.NO_ANSWER, "UNKNOWN": O.NO_ANSWER, "BUSY": O.BUSY, "REJECTED": O.REJECTED, "CANCELED": O.CANCELED,
        "INVALID_NUMBER": O.INVALID_NUMBER, "TIMEOUT": O.NO_ANSWER, "DESTINATION_UNAVAILABLE": O.UNREACHABLE,
    }.items()),
    (Platform.ULTRAVOX, "call.ended.json", {"call/endReason": None}, O.ANSWERED),
    (Platform.ULTRAVOX, "call.started.json", {}, None),
    # ElevenLabs `status`, `call_result`, `failure_reason`, the carrier's words
    *((Platform.ELEVENLABS, "post_call_transcription-twilio-inbound.json",
       {"data/status": status, "data/metadata/phone_call/call_result": result}, outcome)
      for status, result, outcome in [
        ("done", "answered", O.ANSWERED), ("done", None, O.ANSWERED), ("failed", None, O.SYSTEM_ERROR),
        ("failed", "answered", O.SYSTEM_ERROR), ("done", "busy", O.BUSY), ("done", "no_answer", O.NO_ANSWER),
        ("done", "voicemail", O.VOICEMAIL), ("done", "failed", O.UNREACHABLE), ("processing", None, None),
    ]),
    *((Platform.ELEVENLABS, "call_initiation_failure-sip-unknown.json",
       {"data/failure_reason": reason, "data/metadata/body/sip_status_code": sip}, outcome)
      for reason, sip, outcome in [
        ("busy", 503, O.BUSY), ("no-answer", 486, O.NO_ANSWER), ("unknown", None, O.UNREACHABLE),
        ("unknown", 486, O.BUSY), ("unknown", 600, O.BUSY), ("unknown", 603, O.REJECTED), ("unknown", 607, O.REJECTED),
        ("unknown", 408, O.NO_ANSWER), ("unknown", 480, O.NO_ANSWER), ("unknown", "404", O.INVALID_NUMBER),
        ("unknown", 484, O.INVALID_NUMBER), ("unknown", 487, O.CANCELED), ("unknown", 503, O.SYSTEM_ERROR),
        ("unknown", 499, O.UNREACHABLE), ("teleported", None, None), ("teleported", 486, O.BUSY), (None, None, None),
    ]),
    # Twilio `CallStatus`, `CallDuration`, `SipResponseCode`, `AnsweredBy`
    *((Platform.TWILIO, "status-callback-completed.form", changes, outcome) for changes, outcome in [
        ({"CallStatus": "completed"}, O.ANSWERED),
        ({"CallStatus": "completed", "CallDuration": "0"}, O.NO_ANSWER),
        ({"CallStatus": "completed", "AnsweredBy": "human"}, O.ANSWERED),
        ({"CallStatus": "completed", "AnsweredBy": "fax"}, O.ANSWERED),
        *(({"CallStatus": "completed", "AnsweredBy": f"machine_{how}"}, O.VOICEMAIL)
          for how in ("start", "end_beep", "end_silence", "end_other")),
        ({"CallStatus": "busy"}, O.BUSY),
        ({"CallStatus": "no-answer", "SipResponseCode": "486"}, O.NO_ANSWER),
        ({"CallStatus": "canceled"}, O.CANCELED),
        *(({"CallStatus": "failed", "SipResponseCode": sip}, O.INVALID_NUMBER) for sip in ("404", "410", "484", "604")),
        ({"CallStatus": "failed", "SipResponseCode": "486"}, O.BUSY),
        ({"CallStatus": "failed", "SipResponseCode": "603"}, O.REJECTED),
        ({"CallStatus": "failed", "SipResponseCode": "500"}, O.SYSTEM_ERROR),
        ({"CallStatus": "failed", "SipResponseCode": "403"}, O.UNREACHABLE),
        ({"CallStatus": "failed", "SipResponseCode": ""}, O.UNREACHABLE),
        ({"CallStatus": "teleported"}, None),
        ({"CallStatus": "ringing"}, None),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "name", "changes", "outcome"), ROWS)
def test_a_word_has_its_outcome(
    platform: Platform, name: str, changes: dict[str, Any], outcome: Outcome | None
) -> None:
    facts = patched(platform, name, changes)

    assert facts.outcome == outcome
    assert (facts.is_voicemail is True) == (outcome is Outcome.VOICEMAIL)


UNKNOWN: list[tuple[Platform, str, dict[str, Any]]] = [
    (Platform.BLAND, BLAND, {"status": "teleported", "answered_by": None}),
    (Platform.ROBOTAPPEL, "call-infos.json", {"status": "teleported"}),
    (Platform.SYNTHFLOW, "post-call.json", {"status": "teleported", "call/status": "teleported"}),
    (Platform.MILLIS, "end-of-call.json", {"call_status": "teleported"}),
    (Platform.ULTRAVOX, "call.ended.json", {"call/endReason": "teleported"}),
    (Platform.ELEVENLABS, "post_call_transcription-twilio-inbound.json", {"data/status": "teleported"}),
    (Platform.TWILIO, "status-callback-completed.form", {"CallStatus": "teleported"}),
]


@pytest.mark.parametrize(("platform", "name", "changes"), UNKNOWN, ids=lambda value: str(value)[:10])
def test_a_word_in_no_table_is_left_to_what_is_known_of_the_talk(
    platform: Platform, name: str, changes: dict[str, Any]
) -> None:
    facts = patched(platform, name, changes)

    assert facts.outcome is None
    assert facts.unknown_end is True
    assert facts.stage == "ended"


ENDED_BY: list[tuple[Platform, str, dict[str, Any], EndedBy | None]] = [
    (Platform.BLAND, BLAND, {"call_ended_by": "USER"}, EndedBy.CUSTOMER),
    (Platform.BLAND, BLAND, {"call_ended_by": "ASSISTANT"}, EndedBy.AGENT),
    (Platform.BLAND, BLAND, {"call_ended_by": "MARTIAN"}, None),
    (Platform.SYNTHFLOW, "post-call.json", {"call/end_call_reason": "human_goodbye"}, EndedBy.CUSTOMER),
    (Platform.SYNTHFLOW, "post-call.json", {"call/end_call_reason": "max_duration"}, EndedBy.SYSTEM),
    (Platform.MILLIS, "end-of-call.json", {"call_status": "agent-ended"}, EndedBy.AGENT),
    (Platform.ULTRAVOX, "call.ended.json", {"call/endReason": "agent_hangup"}, EndedBy.AGENT),
    (Platform.ULTRAVOX, "call.ended.json", {"call/endReason": "unjoined"}, None),
]


@pytest.mark.parametrize(("platform", "name", "changes", "ended_by"), ENDED_BY)
def test_who_ended_the_call_is_told_where_the_platform_tells_it(
    platform: Platform, name: str, changes: dict[str, Any], ended_by: EndedBy | None
) -> None:
    assert patched(platform, name, changes).ended_by == ended_by


REASONS: list[tuple[Platform, str, dict[str, Any], str | None]] = [
    (Platform.BLAND, BLAND, {"error_message": "It broke."}, "It broke."),
    (Platform.BLAND, BLAND, {"error_message": ""}, "completed"),
    (Platform.ROBOTAPPEL, "call-infos.json", {"ended_status": None}, "completed"),
    (Platform.SYNTHFLOW, "post-call.json", {"call/end_call_reason": ""}, "completed"),
    (Platform.SYNTHFLOW, "post-call.json", {"status": "left_voicemail", "call/end_call_reason": "undefined"},
     "left_voicemail"),
    (Platform.ELEVENLABS, "transcription-widget.json", {"data/metadata/termination_reason": ""}, None),
    (Platform.ELEVENLABS, "call_initiation_failure-sip-unknown.json", {}, "unknown"),
    (Platform.TWILIO, "status-callback-no-answer.form", {}, "no-answer"),
    (Platform.ULTRAVOX, "call.ended.json", {"call/endReason": None}, None),
]  # fmt: skip


@pytest.mark.parametrize(("platform", "name", "changes", "reason"), REASONS)
def test_the_end_reason_is_the_platforms_own_word(
    platform: Platform, name: str, changes: dict[str, Any], reason: str | None
) -> None:
    assert patched(platform, name, changes).end_reason == reason
