"""Daily: meetings begin and end, participants come and go; a call was answered if two or more took part."""

from typing import Any, Final

from schemas.envelope import Envelope
from schemas.platforms import daily as sent
from schemas.platforms.daily import EventType
from schemas.update import Facts, Leg
from schemas.words import Channel, Stage
from workers.normaliser import Malformed
from workers.reading import Doc, decode
from workers.reasons import Aside
from workers.rest import rest
from workers.times import later

_TOLD: Final = frozenset({"meeting_id", "start_ts", "end_ts"})


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its meeting, None of a type that is not known. Raises `Malformed`."""
    doc = decode(event.body)
    kind = doc.text("type")
    if kind not in set(EventType):
        return None
    if not doc.word("payload", "meeting_id"):
        raise Malformed(Aside.UNREADABLE, "no `payload.meeting_id`")
    return _facts(doc, EventType(kind))


def _facts(doc: Doc, kind: EventType) -> Facts:
    payload, ended = doc.at("payload"), kind is EventType.MEETING_ENDED
    told: dict[str, Any] = {}
    if kind in (EventType.JOINED, EventType.LEFT):
        told = {"legs": {payload.word("session_id") or payload.word("user_id") or "": _leg(doc, kind)}}
    else:
        told = {"started_at": payload.epoch_s("start_ts"), "ended_at": payload.epoch_s("end_ts") if ended else None}
    return Facts(
        rank=sent.RANKS[kind],
        at=doc.epoch_s("event_ts"),
        stage=Stage.ENDED if ended else Stage.PROGRESS,
        by_parties=True if ended else None,
        channel=Channel.WEB,
        ext=rest(payload.value, told=_TOLD),
        **told,
    )


def _leg(doc: Doc, kind: EventType) -> Leg:
    payload, left = doc.at("payload"), kind is EventType.LEFT
    joined_at = payload.epoch_s("joined_at")
    return Leg(
        tier=1,
        started_at=joined_at,
        ended_at=(later(joined_at, payload.seconds("duration")) or doc.epoch_s("event_ts")) if left else None,
    )
