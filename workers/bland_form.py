"""The call as Bland posts it when it is over: bland's own webhook, and one of robotappel's two forms."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from schemas.call import Batch, Forward
from schemas.platforms import bland as sent
from schemas.update import Facts
from schemas.words import Channel, Direction, Outcome, Stage
from workers.ending import Ending, ending, spelled, weighed
from workers.reading import Doc, first
from workers.recordings import recordings
from workers.rest import rest
from workers.times import later
from workers.turns import Spoken, number, split
from workers.vocabulary import role

PER_MINUTE: Final = 1 / 60
"""Of a minute, for `Doc.seconds`."""

_TOLD: Final = frozenset({
    "call_id", "c_id", "batch_id", "to", "from", "inbound", "completed", "created_at", "started_at", "recording_url",
    "concatenated_transcript", "transcripts", "summary", "variables", "analysis", "call_length", "corrected_duration",
    "price", "request_data",
})  # fmt: skip

_ACTIONS: Final = re.compile(r"^[ \t]*agent-action:.*$", re.MULTILINE)
"""Lines of the text that nobody said."""


def facts(doc: Doc, *, talk_s: float | None) -> Facts | None:
    """Return what a Bland body says, None of a live event; *talk_s* is what its durations come to."""
    if not any(mark in doc.value for mark in sent.MARKS):
        return None
    started_at = doc.iso("started_at")
    turns = number(_spoken(doc), started_at=started_at)
    end = weighed(_ending(doc), talk_s=talk_s, turns=turns)
    unfinished = doc.flag("completed") is False and end.outcome is None
    return Facts(
        rank=sent.UNFINISHED_RANK if unfinished else sent.RANKS[sent.EventType.POST_CALL],
        stage=Stage.PROGRESS if unfinished else Stage.ENDED,
        outcome=end.outcome,
        unknown_end=None if unfinished else end.unknown,
        created_at=doc.iso("created_at"),
        started_at=started_at,
        ended_at=None if unfinished else _ended_at(doc, later(started_at, talk_s)),
        talk_s=talk_s,
        direction=_direction(doc),
        channel=Channel.PHONE,
        from_=doc.word("from"),
        to=doc.word("to"),
        batch=Batch(id=batch) if (batch := doc.word("batch_id")) else None,
        end_reason=first(doc.text("error_message"), doc.text("status")),
        ended_by=sent.ENDED_BY.get(spelled(doc.text("call_ended_by"))),
        summary=doc.text("summary"),
        turns=turns,
        transcript=doc.text("concatenated_transcript"),
        recording=recordings(doc.text("recording_url")),
        is_voicemail=True if end.outcome is Outcome.VOICEMAIL else None,
        forward=Forward(out=True) if doc.word("transferred_to") else None,
        cost=doc.cost("price", currency="USD"),
        extracted=first(doc.chosen("variables", "analysis")),
        ext=rest(doc.value, told=_TOLD),
    )


def _ending(doc: Doc) -> Ending:
    answered_by = spelled(doc.text("answered_by"))
    if answered_by == sent.VOICEMAIL:
        return Ending(Outcome.VOICEMAIL)
    said = ending(doc.text("status"), sent.OUTCOMES)
    if said.outcome in (None, Outcome.ANSWERED) and answered_by in sent.ANSWERED_BY:
        return Ending(sent.ANSWERED_BY[answered_by])
    failed = doc.text("error_message") or spelled(doc.text("queue_status")) in sent.QUEUE_ERRORS
    return Ending(Outcome.SYSTEM_ERROR) if failed and said.outcome is None else said


def _ended_at(doc: Doc, counted: datetime | None) -> datetime | None:
    """The end as it was *counted*; `end_at` may be no more than the plan, which is when the call would be cut off."""
    return first(counted, doc.iso("end_at"), doc.iso("completed_at"))


def _direction(doc: Doc) -> Direction | None:
    match doc.flag("inbound"):
        case True:
            return Direction.INBOUND
        case False:
            return Direction.OUTBOUND
        case _:
            return None


def _spoken(doc: Doc) -> Iterator[Spoken]:
    """The list, else the text."""
    if doc.raw("transcripts"):
        for one in doc.each("transcripts"):
            if text := one.text("text"):
                yield Spoken(role(one.raw("user")), text, one.iso_ms("created_at"))
    else:
        yield from split(_ACTIONS.sub("", doc.text("concatenated_transcript") or ""))
