"""Toolzz: the whole call log, once, when the call is over."""

from collections.abc import Iterator
from typing import Any, Final

from schemas.call import Agent, Unit
from schemas.envelope import Envelope
from schemas.money import Cost
from schemas.platforms import toolzz as sent
from schemas.update import Facts
from schemas.words import Channel, Outcome, RecordingChannel, Role, Stage
from workers.ending import ending, weighed
from workers.normaliser import Malformed
from workers.parties import bot
from workers.reading import Doc, cost_parts, decode, first
from workers.reasons import Aside
from workers.rest import rest
from workers.times import later
from workers.turns import Spoken, number
from workers.vocabulary import role, success

_CHANNELS: Final = {
    "audioFileUrl": RecordingChannel.FULL,
    "agentRecordingUrl": RecordingChannel.AGENT,
    "userRecordingUrl": RecordingChannel.CUSTOMER,
}
_TOLD: Final = frozenset({
    "callId", "callName", "unityId", "botId", "phone", "transcription", "summary", "dataStructure", "message",
    *_CHANNELS,
})  # fmt: skip
"""`duration` stays in `ext` too: ours is rounded to a millisecond."""


_SPEAKERS: Final = (Role.AGENT, Role.CUSTOMER)


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the call log says. Raises `Malformed`."""
    doc = decode(event.body)
    log = next((doc.at(name) for name in sent.WRAPPERS if isinstance(doc.raw(name), dict)), doc)
    if not log.word("callId"):
        raise Malformed(Aside.UNREADABLE, "no `callId`")
    return _facts(log)


def _facts(doc: Doc) -> Facts:
    started_at, duration_s = doc.iso("callDate"), doc.seconds("duration")
    turns = number(_spoken(doc), started_at=started_at)
    end = weighed(ending(doc.text("endCallType"), sent.OUTCOMES), talk_s=duration_s, turns=turns)
    return Facts(
        rank=sent.RANKS[sent.EventType.CALL_LOG],
        at=doc.iso("updatedAt"),
        stage=Stage.ENDED,
        outcome=end.outcome,
        unknown_end=end.unknown,
        created_at=doc.iso("createdAt"),
        started_at=started_at,
        ended_at=later(started_at, duration_s),
        duration_s=duration_s,
        talk_s=duration_s,
        title=doc.text("callName"),
        channel=_channel(doc),
        customer_number=doc.word("phone"),
        unit=_unit(doc),
        agent=_agent(doc),
        end_reason=doc.text("endCallType"),
        summary=doc.text("summary"),
        turns=turns,
        recording={channel: url for name, channel in _CHANNELS.items() if (url := doc.text(name))},
        is_voicemail=True if end.outcome is Outcome.VOICEMAIL else None,
        cost=_cost(doc),
        extracted=first(doc.json("dataStructure")),
        success=success(doc.raw("successEvaluation")),
        env=doc.text("metadata", "environment"),
        ext=_ext(doc),
    )


def _ext(doc: Doc) -> dict[str, Any]:
    """What was said is kept as it came too: Toolzz' own API gives these items back with their ids."""
    kept = rest(doc.value, told=_TOLD)
    said = doc.json("transcription")
    items = said if isinstance(said, list) else []
    spoken = [one for one in items if isinstance(one, dict) and role(one.get("role")) in _SPEAKERS]
    return {**kept, "transcription": spoken} if spoken else kept


def _channel(doc: Doc) -> Channel:
    return Channel.WEB if (doc.text("callType") or "").lower() == "web" else Channel.PHONE


def _unit(doc: Doc) -> Unit | None:
    unit_id = first(doc.word("unityId"), doc.word("metadata", "unit", "id"))
    return Unit(id=unit_id, name=doc.text("metadata", "unit", "name")) if unit_id else None


def _agent(doc: Doc) -> Agent | None:
    agent_id = first(doc.word("botId"), doc.word("metadata", "bot", "id"))
    name = doc.text("metadata", "bot", "name")
    return bot(agent_id, name)


def _cost(doc: Doc) -> Cost | None:
    currency = doc.text("costBreakdown", "currency") or sent.CURRENCY
    breakdown = doc.at("costBreakdown")
    parts = cost_parts((kind, breakdown.decimal(name)) for name, kind in sent.COST_PARTS.items())
    totals = (
        doc.cost("totalCost", currency=currency, parts=parts),
        breakdown.cost("totalCost", currency=currency, parts=parts),
        breakdown.cost("total", currency=currency, parts=parts),
    )
    return next((total for total in totals if total is not None), None)


def _spoken(doc: Doc) -> Iterator[Spoken]:
    for one in doc.each("transcription"):
        if text := one.text("content"):
            yield Spoken(role(one.raw("role")), text, one.integer("createdAt"), None, one.flag("interrupted"))
