"""Ultravox: the whole call with each event; words, recording and price are not told, its API has them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from schemas.call import Agent
from schemas.envelope import Envelope
from schemas.platforms import ultravox as sent
from schemas.update import Facts
from schemas.words import Channel, Direction, Outcome, Stage
from workers.ending import Ending, ending, spelled, weighed
from workers.normaliser import Malformed
from workers.parties import bot
from workers.reading import Doc, decode, first
from workers.reasons import Aside
from workers.rest import rest
from workers.times import between

_STAGES: Final[Mapping[sent.EventType, Stage]] = MappingProxyType(
    {
        sent.EventType.STARTED: Stage.PROGRESS,
        sent.EventType.JOINED: Stage.PROGRESS,
        sent.EventType.ENDED: Stage.ENDED,
        sent.EventType.BILLED: Stage.ENDED,
    }
)
_TOLD: Final = frozenset({
    "callId", "created", "joined", "ended", "endReason", "medium", "summary", "agent", "agentId", "systemPrompt",
    "joinUrl", "callbacks",
})  # fmt: skip


class _Medium(NamedTuple):
    """What carried the voice, and between whom."""

    channel: Channel
    direction: Direction | None = None
    from_: str | None = None
    to: str | None = None
    carrier: str | None = None


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call; None for a type that is not known. Raises `Malformed`."""
    doc = decode(event.body)
    if doc.text("event") not in sent.RANKS:
        return None
    if not isinstance(doc.raw("call"), dict):
        raise Malformed(Aside.UNREADABLE, "no object `call`")
    return _facts(doc.at("call"), kind=sent.EventType(doc.text("event") or ""))


def _facts(call: Doc, *, kind: sent.EventType) -> Facts:
    created_at, answered_at, ended_at = call.iso("created"), call.iso("joined"), call.iso("ended")
    talk_s = between(answered_at, ended_at)
    stage, medium = _STAGES[kind], _medium(call)
    end = weighed(_ending(call, joined=answered_at), talk_s=talk_s) if stage is Stage.ENDED else Ending()
    return Facts(
        rank=sent.RANKS[kind],
        stage=stage,
        outcome=end.outcome,
        unknown_end=end.unknown,
        created_at=created_at,
        started_at=created_at,
        answered_at=answered_at,
        ended_at=ended_at,
        talk_s=talk_s,
        direction=medium.direction,
        channel=medium.channel,
        from_=medium.from_,
        to=medium.to,
        agent=_agent(call),
        end_reason=call.text("endReason"),
        ended_by=sent.ENDED_BY.get(spelled(call.text("endReason"))),
        summary=first(call.text("summary"), call.text("shortSummary")),
        carrier=medium.carrier,
        ext=rest(call.value, told=_TOLD),
    )


def _ending(call: Doc, *, joined: datetime | None) -> Ending:
    """The telephone's own reason wins; a call that was joined and then timed out had been answered."""
    told = sent.TERMINATIONS.get(call.text("sipDetails", "terminationReason") or "")
    if told is None or (told is Outcome.NO_ANSWER and joined is not None):
        return ending(call.text("endReason"), sent.OUTCOMES)
    return Ending(told)


def _medium(call: Doc) -> _Medium:
    """Return what the only member of `medium` says: its name is the carrier, its member's name the direction."""
    name, way = next(iter(_members(call.raw("medium")).items()), (sent.NO_CARRIER, None))
    side, parties = next(iter(_members(way).items()), ("", None))
    direction = sent.DIRECTIONS.get(side)
    if name in sent.WEB:
        return _Medium(Channel.WEB)
    carrier = name if name != sent.NO_CARRIER else None
    if direction is None:
        return _Medium(Channel.PHONE, carrier=carrier)
    return _Medium(Channel.PHONE, direction, Doc(parties).word("from"), Doc(parties).word("to"), carrier)


def _members(value: Any) -> dict[str, Any]:
    return {name: part for name, part in value.items() if part is not None} if isinstance(value, dict) else {}


def _agent(call: Doc) -> Agent | None:
    return bot(first(call.word("agentId"), call.word("agent", "agentId")), call.text("agent", "name"))
