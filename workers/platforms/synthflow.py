"""Synthflow: the whole call, once, when it is over; who called whom is not told."""

from typing import Any, Final

from schemas.call import Customer
from schemas.envelope import Envelope
from schemas.platforms import synthflow as sent
from schemas.update import Facts
from schemas.words import Channel, Outcome, Stage
from workers.ending import Ending, ending, spelled, weighed
from workers.normaliser import Malformed
from workers.parties import bot
from workers.reading import Doc, decode, first
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.times import later
from workers.turns import number, split
from workers.vocabulary import success

_TOLD_OF_CALL: Final = frozenset({
    "call_id", "model_id", "start_time", "duration", "transcript", "recording_url",
})  # fmt: skip
_TOLD_OF_LEAD: Final = frozenset({"name", "phone_number"})


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call. Raises `Malformed`."""
    doc = decode(event.body)
    if not isinstance(doc.raw("call"), dict):
        raise Malformed(Aside.UNREADABLE, "no object `call`")
    return _facts(doc, doc.at("call"))


def _facts(doc: Doc, call: Doc) -> Facts:
    started_at, duration_s = call.iso("start_time"), call.seconds("duration")
    turns = number(split(call.text("transcript") or ""), started_at=started_at)
    unfinished = all(spelled(word) in sent.UNFINISHED for word in _statuses(doc)) and any(_statuses(doc))
    end = Ending() if unfinished else weighed(_ending(doc), talk_s=duration_s, turns=turns)
    return Facts(
        rank=sent.UNFINISHED_RANK if unfinished else sent.RANKS[sent.EventType.POST_CALL],
        stage=Stage.PROGRESS if unfinished else Stage.ENDED,
        outcome=end.outcome,
        unknown_end=end.unknown,
        started_at=started_at,
        ended_at=None if unfinished else later(started_at, duration_s),
        duration_s=duration_s,
        talk_s=duration_s,
        channel=Channel.PHONE,
        customer_number=doc.word("lead", "phone_number"),
        agent=bot(call.word("model_id")),
        end_reason=None if unfinished else first(_reason(call), *_statuses(doc)),
        ended_by=sent.ENDED_BY.get(spelled(call.text("end_call_reason"))),
        summary=doc.text("analysis", "call_summary"),
        turns=turns,
        transcript=call.text("transcript"),
        recording=recordings(call.text("recording_url")),
        is_voicemail=True if end.outcome is Outcome.VOICEMAIL else None,
        extracted=first(doc.chosen("executed_actions", "collected_variables")),
        success=success(doc.raw("analysis", "goal")),
        customer=_customer(doc),
        ext=_ext(doc),
    )


def _reason(call: Doc) -> str | None:
    reason = call.text("end_call_reason")
    return None if reason == sent.NO_REASON else reason


def _statuses(doc: Doc) -> tuple[str, ...]:
    return tuple(word for word in (doc.text("status"), doc.text("call", "status")) if word)


def _ending(doc: Doc) -> Ending:
    """The envelope's word and the call's: a voicemail in any of them, else the first that is in the table."""
    ends = [ending(word, sent.OUTCOMES) for word in _statuses(doc)]
    told = [end.outcome for end in ends if end.outcome is not None]
    reason = spelled(doc.text("call", "end_call_reason"))
    if Outcome.VOICEMAIL in told or reason.startswith(sent.VOICEMAIL):
        return Ending(Outcome.VOICEMAIL)
    return Ending(told[0]) if told else next(iter(ends), Ending())


def _customer(doc: Doc) -> Customer | None:
    customer = Customer(number=doc.word("lead", "phone_number"), full=doc.text("lead", "name"))
    return None if customer == Customer() else customer


def _ext(doc: Doc) -> dict[str, Any]:
    return {
        **rest(doc.raw("lead"), told=_TOLD_OF_LEAD),
        **rest(doc.raw("call"), told=_TOLD_OF_CALL),
        **doc.chosen("status", "error_message"),
        "analysis": rest(doc.raw("analysis"), told=frozenset({"call_summary"})),
    }
