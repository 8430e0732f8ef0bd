"""Telnyx: legs begin, are answered and hang up; assistants' conversations, recordings, costs and insights follow."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from schemas.call import Agent
from schemas.envelope import Envelope
from schemas.money import Cost
from schemas.platforms import telnyx as sent
from schemas.platforms.telnyx import EventType
from schemas.update import Facts, Leg
from schemas.words import Channel, CostPart, Outcome, Role, Stage
from workers.ending import ending, spelled
from workers.normaliser import Malformed
from workers.parties import bot
from workers.reading import Doc, cost_parts, decode, first
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.times import between
from workers.turns import Spoken, number
from workers.vocabulary import patterns, role, sip_outcome

_ended_by = patterns(sent.ENDED_BY)
_cost_part = patterns(sent.COST_PARTS)

_TOLD: Final = frozenset({
    "call_session_id", "from", "to", "start_time", "hangup_cause", "direction", "messages", "assistant_id", "results",
    "conversation_insights", "recordings", "recording_urls", "public_recording_urls", "total_cost", "cost_parts",
    "cost", "sip_headers", "duration_sec",
})  # fmt: skip


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call, None of a type that is not known. Raises `Malformed`."""
    doc = decode(event.body).at("data")
    if not isinstance(doc.value, dict):
        raise Malformed(Aside.UNREADABLE, "no object `data`")
    kind = doc.text("event_type")
    return _READERS[EventType(kind)](doc) if kind in set(EventType) else None


def _facts(doc: Doc, kind: EventType, *, stage: Stage, leg: Leg, **told: Any) -> Facts:
    payload = doc.at("payload")
    leg_id = payload.word("call_leg_id") or payload.word("call_control_id") or ""
    return Facts(
        rank=sent.RANKS[kind],
        at=doc.iso("occurred_at"),
        stage=stage,
        channel=_channel(payload),
        legs={leg_id: leg},
        ext=rest(payload.value, told=_TOLD),
        **told,
    )


def _channel(payload: Doc) -> Channel | None:
    """Few events tell it; those that do not must not speak against the one that did."""
    told = payload.text("calling_party_type")
    if told is None:
        return None
    return Channel.WEB if "webrtc" in told.lower() else Channel.PHONE


def _leg(payload: Doc, **told: Any) -> Leg:
    return Leg(
        tier=0,
        channel=Channel.PHONE,
        direction=sent.DIRECTIONS.get(payload.text("direction") or ""),
        from_=payload.word("from"),
        to=payload.word("to"),
        **told,
    )


def _initiated(doc: Doc) -> Facts:
    payload = doc.at("payload")
    started_at = first(payload.iso("start_time"), doc.iso("occurred_at"))
    return _facts(doc, EventType.INITIATED, stage=Stage.PROGRESS, leg=_leg(payload, started_at=started_at))


def _answered(doc: Doc) -> Facts:
    payload = doc.at("payload")
    leg = _leg(payload, started_at=payload.iso("start_time"), answered_at=doc.iso("occurred_at"))
    return _facts(doc, EventType.ANSWERED, stage=Stage.PROGRESS, leg=leg)


def _hangup(doc: Doc) -> Facts:
    payload = doc.at("payload")
    cause = payload.text("hangup_cause")
    end = ending(cause, sent.OUTCOMES)
    told = sip_outcome(payload.word("sip_hangup_cause")) if end.outcome in (None, Outcome.UNREACHABLE) else None
    leg = _leg(
        payload,
        started_at=payload.iso("start_time"),
        ended_at=first(payload.iso("end_time"), doc.iso("occurred_at")),
        outcome=told or end.outcome,
        unknown_end=None if told else end.unknown,
        end_reason=cause,
    )
    return _facts(doc, EventType.HANGUP, stage=Stage.ENDED, leg=leg)


def _conversation(doc: Doc) -> Facts:
    payload = doc.at("payload")
    turns = number(_spoken(payload))
    talked = bool(payload.seconds("duration_sec")) or any(turn.role is Role.CUSTOMER for turn in turns)
    return _facts(
        doc,
        EventType.CONVERSATION,
        stage=Stage.ENDED,
        leg=_leg(payload),
        outcome=Outcome.ANSWERED if talked else None,
        audio_s=payload.seconds("duration_sec"),
        turns=turns,
        agent=_agent(payload),
        ended_by=_ended_by(spelled(payload.text("reason"))),
    )


def _spoken(payload: Doc) -> Iterator[Spoken]:
    """Words first, then the tools of the same message; the prompt is no turn."""
    for one in payload.each("messages"):
        who, at_ms = role(one.raw("role")), one.iso_ms("timestamp")
        for speaker, text in ((who, one.text("content")), (Role.TOOL, _tools(one))):
            if text and who is not Role.SYSTEM:
                yield Spoken(speaker, text, at_ms)


def _tools(message: Doc) -> str:
    return "\n".join(
        f"{tool.text('function', 'name') or 'tool'}({tool.text('function', 'arguments') or ''})"
        for tool in message.each("tool_calls")
    )


def _agent(payload: Doc) -> Agent | None:
    return bot(payload.word("assistant_id"))


def _insights(doc: Doc) -> Facts:
    summary, extracted = _results(doc.at("payload").each("results"))
    leg = _leg(doc.at("payload"))
    return _facts(doc, EventType.INSIGHTS, stage=Stage.NOTE, leg=leg, summary=summary, extracted=extracted)


def _results(results: Iterator[Doc]) -> tuple[str | None, dict[str, Any] | None]:
    """Return the first result that is a text, and those that are not, by the insight's id."""
    texts: list[str] = []
    structured: dict[str, Any] = {}
    for result in results:
        if text := result.text("result"):
            texts.append(text)
        elif first(value := result.json("result")) is not None:
            structured[result.word("insight_id") or str(len(structured))] = value
    return (texts[0] if texts else None), structured or None


def _recording(doc: Doc) -> Facts:
    payload = doc.at("payload")
    started_at, ended_at = payload.iso("recording_started_at"), payload.iso("recording_ended_at")
    url = first(
        *(payload.text(urls, kind) for urls in ("recording_urls", "public_recording_urls") for kind in ("mp3", "wav"))
    )
    return _facts(
        doc,
        EventType.RECORDING,
        stage=Stage.NOTE,
        leg=_leg(payload),
        recording=recordings(url),
        record_s=between(started_at, ended_at),
    )


def _cost(doc: Doc) -> Facts:
    """Each leg is paid for; the sum of them is the call's, until the analysis tells it as a whole."""
    payload = doc.at("payload")
    parts = [(one.text("call_part"), one.decimal("cost")) for one in payload.each("cost_parts")]
    currency = first(*(one.text("currency") for one in payload.each("cost_parts")), payload.text("currency"))
    cost = payload.cost("total_cost", currency=currency or "USD", parts=cost_parts(map(_part, parts)))
    return _facts(doc, EventType.COST, stage=Stage.NOTE, leg=_leg(payload, cost=cost))


def _part(named: tuple[str | None, str | None]) -> tuple[CostPart, str | None]:
    return _cost_part(spelled(named[0])) or CostPart.TELEPHONY, named[1]


def _analyzed(doc: Doc) -> Facts:
    payload = doc.at("payload")
    summary, extracted = _results(
        result for group in payload.each("conversation_insights") for result in group.each("conversation_insights")
    )
    talked = bool(payload.seconds("duration_sec"))
    return _facts(
        doc,
        EventType.ANALYZED,
        stage=Stage.ENDED,
        leg=_leg(payload),
        outcome=Outcome.ANSWERED if talked else None,
        audio_s=payload.seconds("duration_sec"),
        agent=_agent(payload),
        ended_by=_ended_by(spelled(payload.text("reason"))),
        summary=summary,
        extracted=extracted,
        cost=_whole_cost(payload.at("cost")),
        **_recordings(payload),
    )


def _whole_cost(cost: Doc) -> Cost | None:
    """The total with its parts; where there is none, Telnyx sends a sentence in its place."""
    parts = [(one.text("product"), one.decimal("cost")) for one in cost.each("breakdown")]
    return cost.cost("total", currency=cost.text("currency") or "USD", parts=cost_parts(map(_part, parts)))


def _recordings(payload: Doc) -> dict[str, Any]:
    for one in payload.each("recordings"):
        url = first(one.text("download_urls", "mp3"), one.text("download_urls", "wav"))
        if url:
            span: tuple[datetime | None, datetime | None] = (one.iso("start_time"), one.iso("end_time"))
            return {"recording": recordings(url), "record_s": between(*span)}
    return {}


_READERS: Final[Mapping[EventType, Callable[[Doc], Facts]]] = MappingProxyType(
    {
        EventType.INITIATED: _initiated,
        EventType.ANSWERED: _answered,
        EventType.RECORDING: _recording,
        EventType.HANGUP: _hangup,
        EventType.CONVERSATION: _conversation,
        EventType.INSIGHTS: _insights,
        EventType.COST: _cost,
        EventType.ANALYZED: _analyzed,
    }
)
