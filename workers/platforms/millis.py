"""Millis AI: the whole session, once, when it is over; its words come as JSON inside a JSON text."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from schemas.envelope import Envelope
from schemas.platforms import millis as sent
from schemas.update import Facts
from schemas.words import Channel, Outcome, Stage
from workers.ending import Ending, ending, spelled, weighed
from workers.normaliser import Malformed
from workers.parties import bot
from workers.reading import Doc, decode
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.times import later, unix
from workers.turns import Spoken, number, split
from workers.vocabulary import role

_MILLISECONDS_FROM: Final = 1e11
"""The unit of `ts` is not documented: as seconds this is the year 5138, as milliseconds 1973."""
_TOLD: Final = frozenset({
    "session_id", "agent_id", "agent_config", "ts", "duration", "chat", "voip", "recording",
})  # fmt: skip


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call. Raises `Malformed`."""
    doc = decode(event.body)
    if not (doc.word("session_id") or doc.word("call_id")):
        raise Malformed(Aside.UNREADABLE, "no `session_id`")
    return _facts(doc)


def _facts(doc: Doc) -> Facts:
    started_at, duration_s = _start(doc), doc.seconds("duration")
    turns = number(_spoken(doc), started_at=started_at)
    status = doc.text("call_status")
    unfinished = spelled(status) in sent.UNFINISHED
    end = Ending() if unfinished else weighed(ending(status, sent.OUTCOMES), talk_s=duration_s, turns=turns)
    return Facts(
        rank=sent.UNFINISHED_RANK if unfinished else sent.RANKS[sent.EventType.END_OF_CALL],
        stage=Stage.PROGRESS if unfinished else Stage.ENDED,
        outcome=end.outcome,
        unknown_end=end.unknown,
        started_at=started_at,
        ended_at=None if unfinished else later(started_at, duration_s),
        duration_s=duration_s,
        talk_s=duration_s,
        channel=_channel(doc),
        from_=doc.word("voip", "from"),
        to=doc.word("voip", "to"),
        agent=bot(doc.word("agent_id")),
        end_reason=None if unfinished else status,
        ended_by=sent.ENDED_BY.get(spelled(status)),
        turns=turns,
        recording=recordings(doc.text("recording", "recording_url")),
        is_voicemail=True if end.outcome is Outcome.VOICEMAIL else None,
        ext=rest(doc.value, told=_TOLD),
    )


def _start(doc: Doc) -> datetime | None:
    ts = doc.number("ts")
    return unix(ts, per_second=1000 if ts is not None and ts >= _MILLISECONDS_FROM else 1)


def _channel(doc: Doc) -> Channel:
    """A session that no telephone carried says so by `"voip": null`."""
    return Channel.WEB if "voip" in doc.value and doc.raw("voip") is None else Channel.PHONE


def _spoken(doc: Doc) -> Iterator[Spoken]:
    """The list inside the text, less the prompt; else the text itself, if it is a transcript."""
    chat = _chat(doc)
    if isinstance(chat, str):
        yield from split(chat)
    for one in Doc(chat).each():
        if (text := one.text("content")) and (who := one.text("role")) != "system":
            yield Spoken(role(who), text)


def _chat(doc: Doc) -> Any:
    chat = doc.raw("chat")
    if not isinstance(chat, str):
        return chat
    try:
        return msgspec.json.decode(chat)
    except (msgspec.DecodeError, RecursionError):
        return chat
