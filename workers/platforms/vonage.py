"""Vonage: legs ring, are answered and end, each with its price; recordings come beside them."""

from typing import Any, Final

from schemas.envelope import Envelope
from schemas.money import Cost
from schemas.platforms import vonage as sent
from schemas.platforms.vonage import Status
from schemas.update import Facts, Leg
from schemas.words import Channel, CostPart, Direction, Outcome, Stage
from workers.ending import Ending, ending, weighed
from workers.normaliser import Malformed
from workers.reading import Doc, cost_parts, decode
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.times import between
from workers.vocabulary import sip_outcome

_TOLD: Final = frozenset({
    "conversation_uuid", "from", "to", "direction", "start_time", "end_time", "duration", "status", "timestamp",
    "price", "recording_url",
})  # fmt: skip


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call, None of a status that is not known. Raises `Malformed`."""
    doc = decode(event.body)
    if not (doc.word("conversation_uuid") or doc.word("uuid") or doc.word("call_uuid")):
        raise Malformed(Aside.UNREADABLE, "no `conversation_uuid`")
    if doc.text("recording_url"):
        return _recorded(doc)
    word = doc.text("status")
    return _leg_event(doc, Status(word)) if word in set(Status) else None


def _leg_event(doc: Doc, status: Status) -> Facts:
    stage = Stage.PROGRESS if status in sent.PROGRESS else Stage.NOTE if status in sent.DETECTED else Stage.ENDED
    return Facts(
        rank=sent.RANKS[status],
        at=doc.iso("timestamp"),
        stage=stage,
        channel=Channel.PHONE,
        legs={doc.word("uuid") or doc.word("call_uuid") or "": _leg(doc, status, ended=stage is Stage.ENDED)},
        ext=rest(doc.value, told=_TOLD),
    )


def _leg(doc: Doc, status: Status, *, ended: bool) -> Leg:
    at, duration_s = doc.iso("timestamp"), doc.seconds("duration")
    end = _ending(doc, status, duration_s) if ended else Ending()
    told: dict[str, Any] = {}
    if ended:
        told = {
            "ended_at": doc.iso("end_time") or at,
            "duration_s": duration_s,
            "talk_s": duration_s if status is Status.COMPLETED else None,
        }
    return Leg(
        tier=0,
        direction=_direction(doc),
        from_=doc.word("from"),
        to=doc.word("to"),
        started_at=doc.iso("start_time") or (at if status is Status.STARTED else None),
        answered_at=at if status is Status.ANSWERED else None,
        outcome=end.outcome,
        unknown_end=end.unknown,
        end_reason=status if ended else None,
        is_voicemail=status is Status.MACHINE if status in sent.DETECTED else None,
        cost=_cost(doc),
        **told,
    )


def _ending(doc: Doc, status: Status, duration_s: float | None) -> Ending:
    if status is Status.FAILED and (told := sip_outcome(doc.word("sip_code"))) is Outcome.INVALID_NUMBER:
        return Ending(told)
    return weighed(ending(status, sent.OUTCOMES), talk_s=duration_s)


def _direction(doc: Doc) -> Direction | None:
    word = doc.text("direction")
    return Direction(word) if word in set(Direction) else None


def _cost(doc: Doc) -> Cost | None:
    parts = cost_parts([(CostPart.TELEPHONY, doc.decimal("price"))])
    return doc.cost("price", currency=sent.CURRENCY, parts=parts)


def _recorded(doc: Doc) -> Facts:
    return Facts(
        rank=sent.RANKS[Status.RECORD],
        at=doc.iso("timestamp"),
        recording=recordings(doc.text("recording_url")),
        record_s=between(doc.iso("start_time"), doc.iso("end_time")),
        ext={"recording": rest(doc.value, told=_TOLD)},
    )
