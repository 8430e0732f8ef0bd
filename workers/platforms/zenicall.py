"""Zenicall: the call log that its own receiver takes, or the Vapi report behind it."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from schemas.call import Customer, Unit
from schemas.envelope import Envelope
from schemas.platforms import zenicall as sent
from schemas.update import Facts
from schemas.words import Channel, Direction, Outcome, Reason, Stage
from workers.ending import Ending, spelled, weighed
from workers.normaliser import Malformed
from workers.reading import Doc, decode, first
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.turns import Spoken, number, split
from workers.vapi_form import facts as vapi_facts
from workers.vapi_form import message_of, outcome_of
from workers.vocabulary import role

_TOLD: Final = frozenset({
    "external_call_id", "caller_phone_number", "call_started_at", "call_ended_at", "summary", "detailed_reason",
    "audio_recording_url", "transcript_text", "full_conversation_json", "raw_structured_data",
})  # fmt: skip

FIRST: Final = ("firstName", "first_name", "caller_first_name")
LAST: Final = ("lastName", "last_name", "caller_last_name")
REASON: Final = ("reason", "call_type", "callType", "reason_for_call", "reasonForCall")
PERSON: Final = ("preferredDentist", "preferred_dentist", "doctorName", "doctor_name")
CALLBACK: Final = ("callbackPreference", "callback_preference")
EXISTING: Final = ("isExistingPatient", "is_existing_patient", "existingPatient")
"""Keys of Vapi's structured data, the first that is there."""


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call, None of a Vapi message that is not known. Raises `Malformed`."""
    doc = decode(event.body)
    if doc.word("external_call_id"):
        return _call_log(doc)
    if not isinstance(doc.raw("message"), dict):
        raise Malformed(Aside.UNREADABLE, "no `external_call_id`")
    message = message_of(event.body)
    facts = vapi_facts(message)
    return facts and _with_structured_data(facts, message.at("analysis", "structuredData"))


def _call_log(doc: Doc) -> Facts:
    started_at, talk_s = doc.iso("call_started_at"), doc.seconds("call_duration_seconds")
    turns = number(_spoken(doc), started_at=started_at)
    reason = doc.text("ended_reason")
    end = weighed(_ending(reason), talk_s=talk_s, turns=turns)
    return Facts(
        rank=sent.RANKS[sent.EventType.CALL_LOG],
        stage=Stage.ENDED,
        outcome=end.outcome,
        unknown_end=end.unknown,
        started_at=started_at,
        ended_at=doc.iso("call_ended_at"),
        duration_s=talk_s,
        talk_s=talk_s,
        direction=Direction.INBOUND,
        channel=Channel.PHONE,
        from_=doc.word("caller_phone_number"),
        unit=Unit(id=clinic) if (clinic := doc.word("clinic_id")) else None,
        end_reason=reason,
        summary=doc.text("summary"),
        turns=turns,
        transcript=doc.text("transcript_text"),
        recording=recordings(doc.text("audio_recording_url")),
        is_voicemail=True if end.outcome is Outcome.VOICEMAIL else None,
        cost=doc.cost("cost", currency=sent.CURRENCY),
        extracted=first(doc.json("raw_structured_data")),
        customer=_customer(doc, doc.text("caller_first_name"), doc.text("caller_last_name")),
        reason=_reason(doc.text("reason_for_call")),
        reason_detail=doc.text("detailed_reason"),
        callback_pref=sent.CALLBACKS.get(spelled(doc.text("callback_preference"))),
        existing_patient=doc.flag("is_existing_patient"),
        preferred_person=doc.text("preferred_dentist"),
        ext=_ext(doc),
    )


def _ending(reason: str | None) -> Ending:
    """The words are Vapi's, who carries Zenicall's calls."""
    if reason is None:
        return Ending()
    outcome = outcome_of(reason)
    return Ending(outcome, unknown=True if outcome is None else None)


def _ext(doc: Doc) -> dict[str, Any]:
    """The conversation is kept whole, however long: Zenicall's own API gives it back as it came."""
    kept = rest(doc.value, told=_TOLD)
    conversation = doc.json("full_conversation_json")
    return kept if first(conversation) is None else {**kept, "full_conversation_json": conversation}


def _spoken(doc: Doc) -> Iterator[Spoken]:
    spoken = [
        Spoken(role(who), text, one.integer("time"), one.number("secondsFromStart"))
        for one in doc.each("full_conversation_json")
        if (who := one.text("role")) != "system"
        and (text := one.text("content") or one.text("message") or one.text("text"))
    ]
    yield from spoken or split(doc.text("transcript_text") or "")


def _with_structured_data(facts: Facts, told: Doc) -> Facts:
    """Lay what Zenicall's assistants extract over what every Vapi report says."""
    reason = _text(told, REASON)
    existing = next((flag for name in EXISTING if (flag := told.flag(name)) is not None), None)
    own = facts.customer or Customer()
    return msgspec.structs.replace(
        facts,
        customer=_customer(told, _text(told, FIRST), _text(told, LAST), known=own),
        reason=_reason(reason),
        preferred_person=_text(told, PERSON),
        callback_pref=sent.CALLBACKS.get(spelled(_text(told, CALLBACK))),
        existing_patient=existing,
        ext={**facts.ext, **({"reason_for_call": reason} if reason else {})},
    )


def _customer(
    doc: Doc, first_name: str | None, last_name: str | None, *, known: Customer | None = None
) -> Customer | None:
    known = known or Customer(number=doc.word("caller_phone_number"))
    names = [name for name in (first_name, last_name) if name]
    named = msgspec.structs.replace(known, first=first_name, last=last_name, full=known.full or " ".join(names) or None)
    return None if named == Customer() else named


def _text(doc: Doc, names: tuple[str, ...]) -> str | None:
    return next((text for name in names if (text := doc.text(name))), None)


def _reason(word: str | None) -> Reason | None:
    return sent.REASONS.get(spelled(word).replace(" ", "-"), Reason.OTHER) if word else None
