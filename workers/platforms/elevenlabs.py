"""ElevenLabs: the conversation after its analysis, its audio apart, and outbound calls that never connected."""

from binascii import a2b_base64
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from schemas.call import Agent, Batch, Customer
from schemas.envelope import Envelope
from schemas.money import Cost
from schemas.platforms import elevenlabs as sent
from schemas.update import Facts, Media
from schemas.words import Channel, Direction, Outcome, RecordingChannel, Role, Stage
from workers.ending import Ending, ending, spelled, weighed
from workers.normaliser import Malformed
from workers.parties import Parties, bot, parties_of
from workers.reading import Doc, cost_parts, first, reader
from workers.reasons import Aside
from workers.rest import rest
from workers.times import later, rfc2822
from workers.turns import Spoken, number
from workers.vocabulary import patterns, role, sip_outcome, success

_lean = reader(sent.Body)
_channel_of = patterns(sent.CHANNELS)

_EXT_OF_DATA: Final = ("branch_id", "has_audio", "status", "tag_ids", "version_id", "visited_agents")
_TOLD_OF_METADATA: Final = frozenset({
    "start_time_unix_secs", "accepted_time_unix_secs", "call_duration_secs", "queue_wait_secs", "cost_fiat",
    "phone_call", "batch_call", "termination_reason", "feedback", "deletion_settings",
})  # fmt: skip
_TOLD_OF_PHONE: Final = frozenset({"type", "direction", "agent_number", "external_number"})
_TOLD_OF_ANALYSIS: Final = frozenset({"transcript_summary", "call_summary_title", "data_collection_results"})
_TOLD_OF_CARRIER: Final = frozenset({
    "From", "To", "from_number", "to_number", "CallDuration", "Timestamp", "Direction", "Caller", "Called",
    "CallerCity", "CallerState", "CallerZip", "CallerCountry", "CalledCity", "CalledState", "CalledZip",
    "CalledCountry",
})  # fmt: skip


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call; None for a type that is not known. Raises `Malformed`."""
    body = _lean(event.body)
    kind = body.text("type") or ""
    if kind not in sent.RANKS:
        return None
    if not isinstance(body.raw("data"), dict):
        raise Malformed(Aside.UNREADABLE, "no object `data`")
    return _READERS[sent.EventType(kind)](body, body.at("data"))


def _conversation(body: Doc, data: Doc) -> Facts:
    metadata, analysis = data.at("metadata"), data.at("analysis")
    started_at, duration_s = metadata.epoch_s("start_time_unix_secs"), metadata.seconds("call_duration_secs")
    turns = number(_spoken(data), started_at=started_at)
    end = weighed(_ending(data), talk_s=duration_s, turns=turns)
    parties = _parties(metadata.at("phone_call"))
    return Facts(
        rank=sent.RANKS[sent.EventType.TRANSCRIPTION],
        stage=Stage.ENDED,
        at=body.epoch_s("event_timestamp"),
        outcome=end.outcome,
        unknown_end=end.unknown,
        started_at=started_at,
        answered_at=metadata.epoch_s("accepted_time_unix_secs"),
        ended_at=later(started_at, duration_s),
        duration_s=duration_s,
        talk_s=duration_s,
        wait_s=metadata.seconds("queue_wait_secs"),
        title=analysis.text("call_summary_title"),
        direction=parties.direction,
        channel=_channel(metadata),
        from_=parties.from_,
        to=parties.to,
        customer_number=parties.customer,
        line_number=parties.line,
        agent=_agent(data),
        batch=Batch(id=batch) if (batch := metadata.word("batch_call", "batch_call_id")) else None,
        end_reason=metadata.text("termination_reason"),
        ended_by=sent.ENDED_BY.get((metadata.text("termination_reason") or "").lower()),
        summary=analysis.text("transcript_summary"),
        turns=turns,
        is_voicemail=True if end.outcome is Outcome.VOICEMAIL else None,
        cost=_cost(metadata),
        carrier=metadata.text("phone_call", "type"),
        extracted=analysis.json("data_collection_results"),
        success=success(analysis.raw("call_successful")),
        customer=Customer(id=user) if (user := data.word("user_id")) else None,
        env=data.text("environment"),
        ext=_ext(data),
    )


def _audio(body: Doc, data: Doc) -> Facts:
    audio = data.text("full_audio")
    return Facts(
        rank=sent.RANKS[sent.EventType.AUDIO],
        at=body.epoch_s("event_timestamp"),
        agent=_agent(data),
        media={RecordingChannel.FULL: Media("audio/mpeg", _bytes(audio))} if audio else {},
    )


def _bytes(audio: str) -> bytes:
    try:
        return a2b_base64(audio, strict_mode=True)
    except ValueError as error:
        raise Malformed(Aside.UNDECODABLE, "`full_audio` is no base64") from error


def _failure(body: Doc, data: Doc) -> Facts:
    """A dial that failed; the carrier's own words are below `metadata.body`, twilio's as in its status call-back."""
    carrier = data.at("metadata", "body")
    at = body.epoch_s("event_timestamp")
    end = _failed(data)
    ended_at = first(rfc2822(carrier.text("Timestamp") or ""), at)
    duration_s = carrier.seconds("CallDuration")
    return Facts(
        rank=sent.RANKS[sent.EventType.FAILURE],
        stage=Stage.ENDED,
        at=at,
        outcome=end.outcome,
        unknown_end=end.unknown,
        started_at=later(ended_at, None if duration_s is None else -duration_s),
        ended_at=ended_at,
        duration_s=duration_s,
        direction=Direction.OUTBOUND,
        channel=Channel.PHONE,
        from_=first(carrier.word("From"), carrier.word("from_number")),
        to=first(carrier.word("To"), carrier.word("to_number")),
        agent=_agent(data),
        end_reason=data.text("failure_reason"),
        carrier=data.text("metadata", "type"),
        ext=rest(carrier.value, told=_TOLD_OF_CARRIER),
    )


_READERS: Final[Mapping[sent.EventType, Callable[[Doc, Doc], Facts]]] = MappingProxyType(
    {
        sent.EventType.AUDIO: _audio,
        sent.EventType.FAILURE: _failure,
        sent.EventType.TRANSCRIPTION: _conversation,
    }
)


def _failed(data: Doc) -> Ending:
    """The reason where it says something, else the carrier's SIP status, else its own word."""
    reason, carrier = spelled(data.text("failure_reason")), data.at("metadata", "body")
    told = (
        sent.FAILURES.get(reason),
        sip_outcome(first(carrier.word("sip_status_code"), carrier.word("SipResponseCode"))),
        sent.CARRIER_STATUSES.get(spelled(carrier.text("CallStatus"))),
        Outcome.UNREACHABLE if reason == sent.UNKNOWN_FAILURE else None,
    )
    outcome = first(*told)
    return Ending(outcome, unknown=True if outcome is None and reason else None)


def _ending(data: Doc) -> Ending:
    told = sent.CALL_RESULTS.get(spelled(data.text("metadata", "phone_call", "call_result")))
    return ending(data.text("status"), sent.STATUSES) if told is None else Ending(told)


def _spoken(data: Doc) -> Iterator[Spoken]:
    """Words first, then the tools of the same turn; a turn may hold tools only."""
    for one in data.each("transcript"):
        at_ms, offset_s = one.integer("created_at_unix_ms"), one.number("time_in_call_secs")
        if text := one.text("message"):
            yield Spoken(role(one.raw("role")), text, at_ms, offset_s, one.flag("interrupted"))
        if one.raw("tool_calls") or one.raw("tool_results"):
            for text in _tools(one):
                yield Spoken(Role.TOOL, text, at_ms, offset_s)


def _tools(one: Doc) -> Iterator[str]:
    for call in one.each("tool_calls"):
        yield f"{call.text('tool_name') or 'tool'}({call.text('params_as_json') or ''})"
    for result in one.each("tool_results"):
        if text := result.text("result_value"):
            yield text


def _channel(metadata: Doc) -> Channel:
    """Conversations that no telephone carried have `"phone_call": null` and name another source."""
    source = metadata.text("conversation_initiation_source")
    if metadata.raw("phone_call"):
        return Channel.PHONE
    if source is None:
        told = isinstance(metadata.value, dict) and "phone_call" in metadata.value
        return Channel.WEB if told else Channel.PHONE
    return _channel_of(source.lower()) or Channel.WEB


def _parties(phone: Doc) -> Parties:
    direction = sent.DIRECTIONS.get(phone.text("direction") or "")
    return parties_of(direction, customer=phone.word("external_number"), line=phone.word("agent_number"))


def _agent(data: Doc) -> Agent | None:
    agent_id, name = data.word("agent_id"), data.text("agent_name")
    return bot(agent_id, name)


def _cost(metadata: Doc) -> Cost | None:
    """`cost` is credits; money is `cost_fiat`, which some accounts do not get."""
    charging = metadata.at("charging")
    parts = cost_parts((kind, charging.decimal(name)) for name, kind in sent.PRICES.items())
    return metadata.cost("cost_fiat", currency="USD", parts=parts)


def _ext(data: Doc) -> dict[str, Any]:
    metadata = data.at("metadata")
    variables = data.at("conversation_initiation_client_data", "dynamic_variables")
    own = {name: value for name, value in rest(variables.value).items() if not name.startswith(sent.NOT_OURS)}
    return {
        **data.chosen(*_EXT_OF_DATA),
        **rest(metadata.value, told=_TOLD_OF_METADATA),
        **rest(metadata.raw("phone_call"), told=_TOLD_OF_PHONE),
        **rest(metadata.raw("batch_call"), told=frozenset({"batch_call_id"})),
        **rest(data.raw("analysis"), told=_TOLD_OF_ANALYSIS),
        "dynamic_variables": own,
    }
