"""OMICall: a shell while the call lasts, everything in the record when it is over."""

from datetime import datetime
from typing import Final

from schemas.call import Agent, Customer, Forward, Unit
from schemas.envelope import Envelope
from schemas.platforms import omicall as sent
from schemas.platforms.omicall import EventType
from schemas.update import Facts
from schemas.words import AgentKind, Channel, Direction, Outcome, RecordingChannel, Stage
from workers.ending import spelled
from workers.normaliser import Malformed
from workers.reading import Doc, decode, first
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.times import unix

_TOLD: Final = frozenset({
    "transaction_id", "call_uuid", "state", "direction", "source_number", "destination_number",
    "record_seconds", "created_date", "call_out_price", "recording_file_url",
    "recording_file_voicemail", "hangup_cause", "queue_destination",
})  # fmt: skip


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call, None of a state that we do not know. Raises `Malformed`."""
    doc = decode(event.body)
    if not (doc.word("transaction_id") or doc.word("call_uuid")):
        raise Malformed(Aside.UNREADABLE, "no `transaction_id`")
    state = doc.text("state") or EventType.CDR
    if state not in sent.RANKS:
        return None
    return _record(doc) if state == EventType.CDR else _progress(doc, EventType(state))


def _progress(doc: Doc, state: EventType) -> Facts:
    """A hangup without its record leaves the call in progress: neither its outcome nor its talk is known."""
    at = first(_time(doc, "date_time"), doc.epoch_s("created_time"))
    return Facts(
        rank=sent.RANKS[state],
        at=at,
        stage=Stage.PROGRESS,
        started_at=at if state is EventType.RINGING else None,
        answered_at=at if state is EventType.ANSWERED else None,
        ended_at=at if state is EventType.HANGUP else None,
        direction=_direction(doc),
        channel=Channel.PHONE,
        from_=doc.word("from_number"),
        to=doc.word("to_number"),
        line_number=doc.word("hotline"),
    )


def _record(doc: Doc) -> Facts:
    outcome = _outcome(doc)
    return Facts(
        rank=sent.RANKS[EventType.CDR],
        at=_time(doc, "last_updated_date"),
        stage=Stage.ENDED,
        outcome=outcome,
        created_at=_time(doc, "created_date"),
        started_at=first(doc.epoch_s("time_start_call"), doc.epoch_s("time_start_to_answer")),
        answered_at=doc.epoch_s("time_start_to_answer") if outcome is Outcome.ANSWERED else None,
        ended_at=doc.epoch_s("time_end_call"),
        duration_s=doc.seconds("duration"),
        billed_s=first(doc.seconds("bill_sec") or None, doc.seconds("answer_sec"), doc.seconds("bill_sec")),
        record_s=doc.seconds("record_seconds"),
        wait_s=doc.seconds("wait_sec"),
        hold_s=doc.seconds("hold_call_sec"),
        direction=_direction(doc),
        channel=Channel.PHONE,
        from_=first(doc.word("source_number"), doc.word("from_number")),
        to=first(doc.word("destination_number"), doc.word("to_number")),
        customer_number=doc.word("phone_number"),
        line_number=first(doc.word("hotline"), doc.word("sip_number")),
        extension=doc.word("sip_user"),
        queue=doc.word("queue_destination"),
        unit=Unit(id=unit) if (unit := doc.word("domain_fusion")) else None,
        agent=_agent(doc),
        end_reason=first(doc.text("hangup_cause"), doc.text("endby_name")),
        ended_by=sent.ENDED_BY.get(spelled(doc.text("endby_name"))),
        recording=_recording(doc),
        is_voicemail=doc.flag("is_voicemail"),
        is_auto_call=doc.flag("is_auto_call"),
        forward=_forward(doc),
        cost=doc.cost("call_out_price", currency=sent.CURRENCY),
        carrier=doc.text("provider"),
        customer=_customer(doc),
        note=first(doc.text("note"), doc.text("user", 0, "note")),
        tags=_tags(doc),
        ext=rest(doc.value, told=_TOLD),
    )


def _outcome(doc: Doc) -> Outcome:
    """The form of 2021 says it; that of 2023 only how long the call was answered for."""
    said = sent.DISPOSITIONS.get(spelled(doc.text("disposition")))
    talked = any(doc.seconds(name) for name in ("bill_sec", "answer_sec"))
    if said is Outcome.ANSWERED or (said is None and talked):
        return Outcome.ANSWERED
    return sent.CAUSES.get(spelled(doc.text("hangup_cause")), Outcome.NO_ANSWER)


def _time(doc: Doc, name: str) -> datetime | None:
    value = doc.number(name)
    return unix(value, per_second=1 if value is not None and value < sent.MILLISECONDS_FROM else 1000)


def _direction(doc: Doc) -> Direction | None:
    word = spelled(doc.text("direction"))
    return Direction(word) if word in set(Direction) else None


def _agent(doc: Doc) -> Agent | None:
    """The person who spoke: the first of `user`, else who made the call."""
    name = first(doc.text("user", 0, "full_name"), doc.text("create_by", "name"))
    agent_id = first(doc.word("user", 0, "uuid"), doc.word("user", 0, "_id"), doc.word("create_by", "id"))
    email = doc.text("user", 0, "email")
    return Agent(id=agent_id, name=name, kind=AgentKind.HUMAN, email=email) if agent_id or name or email else None


def _recording(doc: Doc) -> dict[RecordingChannel, str]:
    full = first(doc.text("recording_file_url"), doc.text("recording_file"))
    return recordings(full, voicemail=doc.text("recording_file_voicemail"))


def _forward(doc: Doc) -> Forward | None:
    out, bill_s = doc.flag("is_have_forward_out"), doc.seconds("bill_sec_forward_out")
    return Forward(out=out, bill_s=bill_s) if out is not None or bill_s is not None else None


def _customer(doc: Doc) -> Customer | None:
    name = doc.text("customer", "full_name")
    customer_id = first(doc.word("customer", "_id"), doc.word("customer", "id"))
    if not name and not customer_id:
        return None
    return Customer(id=customer_id, full=name, number=doc.word("phone_number"))


def _tags(doc: Doc) -> list[str]:
    """Names; the form of 2021 has them inside `user`, each an object."""
    names = doc.texts("tag") + [name for tag in doc.each("tag") if (name := tag.text("name"))]
    return names or [name for tag in doc.each("user", 0, "tag") if (name := tag.text("name"))]
