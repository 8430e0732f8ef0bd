"""RobotAppel: the call itself, told by its `callSid`, or the post-call body of Bland."""

from collections.abc import Iterator
from typing import Final

from schemas.call import Batch
from schemas.envelope import Envelope
from schemas.platforms import robotappel as sent
from schemas.update import Facts
from schemas.words import Channel, Outcome, Stage
from workers import bland_form
from workers.ending import Ending, ending, spelled, weighed
from workers.reading import Doc, decode, first
from workers.recordings import recordings
from workers.rest import rest
from workers.times import later
from workers.turns import Spoken, number, split
from workers.vocabulary import role

_TOLD: Final = frozenset({
    "callSid", "batchId", "batchName", "createdAt", "sendDate", "from", "to", "direction", "interraction",
    "clean_interraction", "qualification", "record_url", "summary", "notes",
})  # fmt: skip
"""`duration` stays in `ext` too: a voicemail has one, but no talk."""


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call. Raises `Malformed`."""
    doc = decode(event.body)
    return bland_form.facts(doc, talk_s=_bland_talk(doc)) if doc.word("callSid") is None else _facts(doc)


def _bland_talk(doc: Doc) -> float | None:
    minutes = doc.seconds("call_length", per_second=bland_form.PER_MINUTE)
    return first(doc.seconds("corrected_duration"), None if minutes is None else float(round(minutes)))


def _facts(doc: Doc) -> Facts:
    started_at, talk_s = doc.iso("sendDate"), doc.seconds("duration")
    turns = number(_spoken(doc), started_at=started_at)
    unfinished = spelled(doc.text("status")) in sent.UNFINISHED
    end = weighed(_ending(doc), talk_s=talk_s, turns=turns)
    return Facts(
        rank=sent.UNFINISHED_RANK if unfinished else sent.RANKS[sent.EventType.CALL_INFOS],
        stage=Stage.PROGRESS if unfinished else Stage.ENDED,
        outcome=None if unfinished else end.outcome,
        unknown_end=None if unfinished else end.unknown,
        created_at=doc.iso("createdAt"),
        started_at=started_at,
        ended_at=None if unfinished else later(started_at, talk_s),
        talk_s=talk_s,
        direction=sent.DIRECTIONS.get(spelled(doc.text("direction"))),
        channel=Channel.PHONE,
        from_=doc.word("from"),
        to=doc.word("to"),
        batch=_batch(doc),
        end_reason=None if unfinished else first(doc.text("ended_status"), doc.text("status")),
        summary=doc.text("summary"),
        turns=turns,
        transcript=doc.text("clean_interraction"),
        recording=recordings(doc.text("record_url")),
        is_voicemail=True if end.outcome is Outcome.VOICEMAIL else None,
        extracted=doc.json("qualification"),
        note=doc.text("notes"),
        ext=rest(doc.value, told=_TOLD) | _turns_sent(doc),
    )


def _turns_sent(doc: Doc) -> dict[str, int]:
    """How many turns RobotAppel sent: beside 0 of them, those that we read out of the text are ours."""
    sent = doc.raw("interraction")
    return {"interraction": len(sent)} if isinstance(sent, list) else {}


def _ending(doc: Doc) -> Ending:
    """RobotAppel calls it completed when a voicemail took the call; how it ended says so."""
    if spelled(doc.text("ended_status")).startswith(sent.VOICEMAIL):
        return Ending(Outcome.VOICEMAIL)
    return ending(doc.text("status"), sent.OUTCOMES)


def _batch(doc: Doc) -> Batch | None:
    batch = Batch(id=doc.word("batchId"), name=doc.text("batchName"))
    return None if batch == Batch() else batch


def _spoken(doc: Doc) -> Iterator[Spoken]:
    """The list (spelled as the vendor spells it), else the text."""
    if doc.raw("interraction"):
        for one in doc.each("interraction"):
            if text := one.text("text"):
                yield Spoken(role(one.raw("user")), text, one.iso_ms("created_at"))
    else:
        yield from split(doc.text("clean_interraction") or "")
