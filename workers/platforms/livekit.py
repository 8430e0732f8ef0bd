"""LiveKit: rooms open and close, parties join and leave, recordings are written; nobody tells what was said."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from schemas.call import Agent
from schemas.envelope import Envelope
from schemas.platforms import livekit as sent
from schemas.platforms.livekit import EventType
from schemas.update import Facts, Leg
from schemas.words import AgentKind, Channel, Direction, Outcome, Stage
from workers.ending import Ending, ending
from workers.normaliser import Malformed
from workers.reading import Doc, decode, first
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.times import between, unix

_NS: Final = 10**9


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call, None of a type that is not known. Raises `Malformed`."""
    doc = decode(event.body)
    kind = doc.text("event")
    if kind is None:
        raise Malformed(Aside.UNREADABLE, "no `event`")
    return _READERS[EventType(kind)](doc, EventType(kind)) if kind in set(EventType) else None


def _facts(doc: Doc, kind: EventType, *, stage: Stage, **told: Any) -> Facts:
    ext = {"room": rest(doc.raw("room"), told=frozenset({"enabledCodecs"})), **told.pop("ext", {})}
    return Facts(
        rank=sent.RANKS[kind],
        at=doc.epoch_s("createdAt"),
        stage=stage,
        created_at=_moment(doc.at("room"), "creationTime"),
        ext={name: value for name, value in ext.items() if value},
        **told,
    )


def _moment(doc: Doc, name: str) -> datetime | None:
    """A time in milliseconds where the sender is new enough to tell it, else in seconds."""
    return first(doc.epoch_ms(f"{name}Ms"), doc.epoch_s(name))


def _room_started(doc: Doc, kind: EventType) -> Facts:
    leg = Leg(tier=sent.ROOM, started_at=_moment(doc.at("room"), "creationTime"))
    return _facts(doc, kind, stage=Stage.PROGRESS, channel=Channel.WEB, legs={"room": leg})


def _room_finished(doc: Doc, kind: EventType) -> Facts:
    leg = Leg(
        tier=sent.ROOM,
        started_at=_moment(doc.at("room"), "creationTime"),
        ended_at=doc.epoch_s("createdAt"),
        end_reason=doc.text("roomEndReason"),
    )
    ext = {"roomEndReason": doc.text("roomEndReason")}
    return _facts(doc, kind, stage=Stage.ENDED, channel=Channel.WEB, legs={"room": leg}, ext=ext)


def _participant(doc: Doc, kind: EventType) -> Facts:
    """The telephone's end is the call's; another party may leave a room in which the call goes on."""
    party = doc.at("participant")
    who = party.text("kind") or "STANDARD"
    if who in sent.NO_PARTIES:
        return _facts(doc, kind, stage=Stage.PROGRESS, agent=_agent(party) if who == sent.AGENT else None)
    sip, over = who == sent.SIP, kind is not EventType.JOINED
    return _facts(
        doc,
        kind,
        stage=Stage.ENDED if sip and over else Stage.PROGRESS,
        channel=Channel.PHONE if sip else None,
        line_number=_line(party.at("attributes")) if sip else None,
        legs={party.word("sid") or party.word("identity") or "": _leg(doc, kind, sip=sip)},
        ext={"participant": rest(party.value)} if sip else {},
    )


def _leg(doc: Doc, kind: EventType, *, sip: bool) -> Leg:
    party = doc.at("participant")
    joined_at, over = _moment(party, "joinedAt"), kind is not EventType.JOINED
    ended_at = doc.epoch_s("createdAt") if over else None
    talk_s = between(joined_at, ended_at) if kind is EventType.LEFT else None
    reason = party.text("disconnectReason")
    end = _ending(kind, reason, talk_s)
    return Leg(
        tier=sent.PARTY if sip else sent.OTHER,
        started_at=joined_at,
        ended_at=ended_at,
        talk_s=talk_s,
        outcome=end.outcome,
        unknown_end=end.unknown,
        end_reason=reason,
        **(_numbers(party.at("attributes")) if sip else {}),
    )


def _ending(kind: EventType, reason: str | None, talk_s: float | None) -> Ending:
    """A key that is missing has its default value, an unknown reason: whoever was there for a while was answered."""
    if kind is EventType.JOINED:
        return Ending()
    if reason is None:
        return Ending(Outcome.ANSWERED if talk_s else Outcome.UNREACHABLE)
    return ending(reason, sent.OUTCOMES)


def _direction(attributes: Doc) -> Direction | None:
    return sent.DIRECTIONS.get((attributes.text("sip.callDirection") or "").lower())


def _line(attributes: Doc) -> str | None:
    """Our own number, which is known where nothing tells who called whom; with a direction it is one of the two."""
    return attributes.word("sip.trunkPhoneNumber") if _direction(attributes) is None else None


def _numbers(attributes: Doc) -> dict[str, Any]:
    other, own = attributes.word("sip.phoneNumber"), attributes.word("sip.trunkPhoneNumber")
    match _direction(attributes):
        case Direction.INBOUND:
            return {"direction": Direction.INBOUND, "from_": other, "to": own}
        case Direction.OUTBOUND:
            return {"direction": Direction.OUTBOUND, "from_": own, "to": other}
        case _:
            return {"customer_number": other}


def _agent(party: Doc) -> Agent:
    return Agent(id=party.word("identity"), name=party.text("name"), kind=AgentKind.BOT)


def _job(doc: Doc, kind: EventType) -> Facts:
    name = doc.text("job", "agentName")
    agent = Agent(name=name, kind=AgentKind.BOT) if name else None
    return _facts(doc, kind, stage=Stage.NOTE, agent=agent, ext={"job": rest(doc.raw("job"))})


def _egress(doc: Doc, kind: EventType) -> Facts:
    egress = doc.at("egressInfo")
    files = [*egress.each("fileResults"), egress.at("file")]
    found = next((one for one in files if one.text("location")), Doc(None))
    return _facts(
        doc,
        kind,
        stage=Stage.NOTE,
        recording=recordings(found.text("location")),
        record_s=_length(found),
        ext={"egress": egress.chosen("egressId", "status", "error", "errorCode", "details", "manifestLocation")},
    )


def _length(file: Doc) -> float | None:
    """Nanoseconds, as text."""
    span = between(*(unix(file.number(name), per_second=_NS) for name in ("startedAt", "endedAt")))
    return first(file.seconds("duration", per_second=_NS), span)


_READERS: Final[Mapping[EventType, Callable[[Doc, EventType], Facts]]] = MappingProxyType(
    {
        EventType.ROOM_STARTED: _room_started,
        EventType.ROOM_FINISHED: _room_finished,
        EventType.JOINED: _participant,
        EventType.LEFT: _participant,
        EventType.ABORTED: _participant,
        EventType.JOB_STARTED: _job,
        EventType.JOB_ENDED: _job,
        EventType.EGRESS_ENDED: _egress,
    }
)
