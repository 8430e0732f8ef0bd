"""Retell: the end of a call comes twice, the second time with its analysis."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from schemas.call import Agent, Batch
from schemas.envelope import Envelope
from schemas.money import Cost
from schemas.platforms import retell as sent
from schemas.update import Facts
from schemas.words import Channel, CostPart, Direction, Outcome, Role, Stage
from workers.normaliser import Malformed
from workers.parties import bot
from workers.reading import Doc, cost_parts, decode, first, reader
from workers.reasons import Aside
from workers.recordings import recordings
from workers.times import between
from workers.turns import Spoken, number, split
from workers.vocabulary import patterns, role, success

_lean = reader(sent.Body)
_without_tools = reader(sent.BodyWithoutTools)
_outcome = patterns(sent.OUTCOMES)
_ended_by = patterns(sent.ENDED_BY)
_product = patterns(sent.PRODUCTS)

_STAGES: Final[Mapping[sent.EventType, Stage]] = MappingProxyType(
    {
        sent.EventType.CALL_STARTED: Stage.PROGRESS,
        sent.EventType.TRANSFER_STARTED: Stage.PROGRESS,
        sent.EventType.TRANSFER_BRIDGED: Stage.PROGRESS,
        sent.EventType.TRANSFER_CANCELLED: Stage.PROGRESS,
        sent.EventType.TRANSFER_ENDED: Stage.PROGRESS,
        sent.EventType.CALL_ENDED: Stage.ENDED,
        sent.EventType.CALL_ANALYZED: Stage.ENDED,
    }
)

_CENTS: Final = 100
_SPEAKERS: Final = frozenset({Role.AGENT, Role.CUSTOMER})  # a step of the agent's, such as the transfer itself, is none
_RECORDINGS: Final = (
    "recording_url",
    "scrubbed_recording_url",
    "recording_multi_channel_url",
    "scrubbed_recording_multi_channel_url",
)
_LISTS: Final = ("transcript_with_tool_calls", "transcript_object", "scrubbed_transcript_with_tool_calls")
_EXT_OF_CALL: Final = (
    "agent_tag",
    "agent_version",
    "collected_dynamic_variables",
    "custom_sip_headers",
    "data_storage_setting",
    "knowledge_base_retrieved_contents_url",
    "metadata",
    "opt_in_signed_url",
    "public_log_url",
    "recording_multi_channel_url",
    "retell_llm_dynamic_variables",
    "scrubbed_recording_url",
    "telephony_identifier",
    "transfer_destination",
    "transfer_end_timestamp",
)


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call; None for a type that is not known. Raises `Malformed`."""
    body = _lean(event.body)
    if not body.raw("call", "transcript_with_tool_calls"):
        body = _without_tools(event.body)
    if not body.raw("call"):
        body = decode(event.body)  # all of it may be elsewhere
    if body.text("event") not in sent.RANKS:
        return None
    call = body.at("call") if body.raw("call") else body.at("data")  # `data`: payloads of before 2025
    if not isinstance(call.value, dict):
        raise Malformed(Aside.UNREADABLE, "no object `call`")
    return _facts(body, call, kind=sent.EventType(body.text("event") or ""))


def _facts(body: Doc, call: Doc, *, kind: sent.EventType) -> Facts:
    stage = _STAGES[kind]
    analysis = call.at("call_analysis")
    started_at, ended_at = call.epoch_ms("start_timestamp"), call.epoch_ms("end_timestamp")
    turns = number(_spoken(call), started_at=started_at)
    reason = call.text("disconnection_reason")
    outcome = _outcome_of(call, reason, spoken=any(turn.role in _SPEAKERS for turn in turns))
    return Facts(
        rank=sent.RANKS[kind],
        stage=stage,
        at=ended_at if stage is Stage.ENDED else started_at,
        outcome=outcome,
        unknown_end=True if stage is Stage.ENDED and outcome is None else None,
        started_at=started_at,
        ended_at=ended_at,
        duration_s=first(call.seconds("duration_ms", per_second=1000), between(started_at, ended_at)),
        direction=(direction := sent.DIRECTIONS.get(call.text("direction") or "")),
        channel=Channel.WEB if call.text("call_type") == "web_call" else Channel.PHONE,
        from_=call.text("from_number"),
        to=call.text("to_number"),
        line_number=_line(call, direction),
        agent=_agent(call),
        batch=Batch(id=batch) if (batch := call.word("batch_call_id")) else None,
        end_reason=reason,
        ended_by=_ended_by(reason) if reason else None,
        summary=analysis.text("call_summary"),
        turns=turns,
        transcript=call.text("transcript"),
        recording=recordings(first(*(call.text(name) for name in _RECORDINGS))),
        is_voicemail=True if outcome is Outcome.VOICEMAIL else analysis.flag("in_voicemail"),
        cost=_cost(call),
        carrier="twilio" if call.text("telephony_identifier", "twilio_call_sid") else None,
        extracted=first(call.json("call_analysis", "custom_analysis_data")),
        success=success(analysis.raw("call_successful")),
        ext=_ext(body, call),
    )


def _outcome_of(call: Doc, reason: str | None, *, spoken: bool) -> Outcome | None:
    if call.flag("call_analysis", "in_voicemail"):
        return Outcome.VOICEMAIL  # who picked up says more than who hung up
    if reason == sent.CANCELED_IF_SILENT and not spoken:
        return Outcome.CANCELED
    return _outcome(reason) if reason else None


def _line(call: Doc, direction: Direction | None) -> str | None:
    match direction:
        case Direction.INBOUND:
            return call.text("to_number")
        case Direction.OUTBOUND:
            return call.text("from_number")
        case _:
            return None


def _agent(call: Doc) -> Agent | None:
    agent_id, name = call.word("agent_id"), call.text("agent_name")
    return bot(agent_id, name)


def _spoken(call: Doc) -> Iterator[Spoken]:
    """Yield the list with tool steps, else the one without, else the one freed of personal data, else the text."""
    said = first(*(call.raw(name) for name in _LISTS))
    if said:
        for one in Doc(said).each():
            if text := _text(one):
                yield Spoken(
                    role(one.raw("role")),
                    text,
                    offset_s=first(one.number("words", 0, "start"), one.number("time_sec")),
                )
    else:
        yield from split(call.text("transcript") or "")


def _text(said: Doc) -> str | None:
    match said.text("role"):
        case "tool_call_invocation":
            return f"{said.text('name') or 'tool'}({said.text('arguments') or ''})"
        case "node_transition":
            return f"{said.text('former_node_name') or ''} → {said.text('new_node_name') or ''}"
        case "dtmf":
            return said.word("digit")
        case _:
            return said.text("content")


def _cost(call: Doc) -> Cost | None:
    parts = cost_parts(
        (
            (
                CostPart.TELEPHONY
                if product.flag("is_transfer_leg_cost")
                else _product((product.text("product") or "").lower()) or CostPart.OTHER,
                product.decimal("cost"),
            )
            for product in call.each("call_cost", "product_costs")
        ),
        scale=_CENTS,
    )
    return call.cost("call_cost", "combined_cost", currency="USD", scale=_CENTS, parts=parts)


def _ext(body: Doc, call: Doc) -> dict[str, Any]:
    return {
        **body.chosen("transfer_destination", "transfer_option"),
        **call.chosen(*_EXT_OF_CALL),
        **call.at("call_analysis").chosen("user_sentiment", "call_successful"),
    }
