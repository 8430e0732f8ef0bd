"""A Vapi message, from Vapi itself and from products built on it: status, report, what became of artifacts."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from schemas.call import Agent, Batch, Customer
from schemas.money import Cost
from schemas.platforms import vapi as sent
from schemas.update import Facts
from schemas.words import Channel, CostPart, Outcome, RecordingChannel, Role, Stage
from workers.normaliser import Malformed
from workers.parties import Parties, bot, parties_of
from workers.reading import Doc, cost_parts, decode, first, reader
from workers.reasons import Aside
from workers.recordings import recordings
from workers.times import between, later
from workers.turns import Spoken, number, split
from workers.vocabulary import patterns, role, success

_lean = reader(sent.Body)
outcome_of = patterns(sent.OUTCOMES)
"""Return what an `endedReason` means; None of one that no pattern fits."""
_ended_by = patterns(sent.ENDED_BY)

_EXT_OF_CALL: Final = (
    "orgId",
    "squadId",
    "workflowId",
    "phoneNumberId",
    "phoneCallProviderId",
    "phoneCallTransport",
    "schedulePlan",
)
_EXT_OF_ARTIFACT: Final = (
    "stereoRecordingUrl",
    "videoRecordingUrl",
    "logUrl",
    "pcapUrl",
    "structuredOutputs",
    "scorecards",
    "transfers",
)


class _Place(NamedTuple):
    rank: int
    stage: Stage


class _Span(NamedTuple):
    started_at: datetime | None
    ended_at: datetime | None
    duration_s: float | None


def message_of(body: bytes) -> Doc:
    """Return the `message` of *body*, built as far as it is read. Raises `Malformed`."""
    doc = _lean(body)
    if not doc.raw("message", "artifact", "messages"):
        doc = decode(body)  # an older form, with the turns elsewhere
    message = doc.at("message")
    if not message.value:
        raise Malformed(Aside.UNREADABLE, "no object `message`")
    return message


def facts(message: Doc) -> Facts | None:
    """Return what *message* says of its call; None for a type or status that is not known."""
    place = _place(message)
    return None if place is None else _facts(message, place)


def _place(message: Doc) -> _Place | None:
    match message.text("type"):
        case sent.MessageType.REPORT:
            return _Place(sent.RANKS[sent.MessageType.REPORT], Stage.ENDED)
        case sent.MessageType.ARTIFACT_UPLOAD:
            return _Place(sent.RANKS[sent.MessageType.ARTIFACT_UPLOAD], Stage.NOTE)
        case sent.MessageType.STATUS_UPDATE:
            status = message.text("status") or ""
            rank = sent.STATUS_RANKS.get(status)
            return None if rank is None else _Place(rank, Stage.ENDED if status == "ended" else Stage.PROGRESS)
        case _:
            return None


def _facts(message: Doc, place: _Place) -> Facts:
    call, analysis = message.at("call"), message.at("analysis")
    span, parties = _span(message, place.stage), _parties(message)
    reason = first(message.text("endedReason"), call.text("endedReason"))
    outcome = outcome_of(reason) if reason else None
    return Facts(
        rank=place.rank,
        stage=place.stage,
        at=message.epoch_ms("timestamp"),
        outcome=outcome,
        unknown_end=True if place.stage is Stage.ENDED and outcome is None else None,
        created_at=call.iso("createdAt"),
        started_at=span.started_at,
        ended_at=span.ended_at,
        duration_s=span.duration_s,
        talk_s=span.duration_s,
        title=call.text("name"),
        direction=parties.direction,
        channel=Channel.WEB if call.text("type") in sent.WEB else Channel.PHONE,
        from_=parties.from_,
        to=parties.to,
        customer_number=parties.customer,
        line_number=parties.line,
        agent=_agent(message),
        batch=Batch(id=batch) if (batch := call.word("campaignId")) else None,
        end_reason=reason,
        ended_by=_ended_by(reason) if reason else None,
        summary=first(analysis.text("summary"), message.text("summary")),
        turns=number(_spoken(message), started_at=span.started_at),
        transcript=first(message.text("artifact", "transcript"), message.text("transcript")),
        recording=_recording(message),
        is_voicemail=True if outcome is Outcome.VOICEMAIL else None,
        cost=_cost(message),
        carrier=call.text("phoneCallProvider"),
        extracted=_extracted(message),
        success=success(analysis.raw("successEvaluation")),
        customer=_customer(message),
        ext=_ext(message),
    )


def _span(message: Doc, stage: Stage) -> _Span:
    """Return when the call was; where an end tells no times it was when it was sent, and began that much earlier."""
    call = message.at("call")
    ended_at = first(message.iso("endedAt"), call.iso("endedAt"))
    started_at = first(message.iso("startedAt"), call.iso("startedAt"))
    if stage is not Stage.ENDED:
        return _Span(started_at, None, None)
    ended_at = first(ended_at, message.epoch_ms("timestamp"))
    told = first(
        message.seconds("durationSeconds"),
        message.seconds("durationMs", per_second=1000),
        message.seconds("durationMinutes", per_second=1 / 60),
    )
    started_at = first(started_at, later(ended_at, -told if told is not None else None))
    return _Span(started_at, ended_at, first(told, between(started_at, ended_at)))


def _parties(message: Doc) -> Parties:
    customer = first(
        message.text("customer", "number"),
        message.text("call", "customer", "number"),
        message.text("customer", "sipUri"),
        message.text("call", "customer", "sipUri"),
    )
    line = first(message.text("phoneNumber", "number"), message.text("call", "phoneNumber", "number"))
    direction = sent.DIRECTIONS.get(message.text("call", "type") or "")
    return parties_of(direction, customer=customer, line=line)


def _agent(message: Doc) -> Agent | None:
    agent_id = first(message.word("call", "assistantId"), message.word("assistant", "id"))
    name = message.text("assistant", "name")
    return bot(agent_id, name)


def _customer(message: Doc) -> Customer | None:
    of = message.at("customer") if message.raw("customer") else message.at("call", "customer")
    known = Customer(id=of.word("externalId"), number=of.text("number"), full=of.text("name"), email=of.text("email"))
    return None if known == Customer() else known


def _spoken(message: Doc) -> list[Spoken]:
    """Return what the first of these says: the list with times and tools, the plain one, the text."""
    for name in ("messages", "messagesOpenAIFormatted"):
        for said in (message.at("artifact", name), message.at(name)):
            if turns := list(_listed(said)):
                return turns
    return split(first(message.text("artifact", "transcript"), message.text("transcript")) or "")


def _listed(said: Doc) -> Iterator[Spoken]:
    """Yield the turns of a list, words first, then the tools called with them; the prompt is none."""
    for one in said.each():
        if (who := one.raw("role")) == "system":
            continue
        at_ms, offset_s = one.integer("time"), one.number("secondsFromStart")
        if text := one.text("message") or one.text("content") or one.text("result"):
            yield Spoken(role(who), text, at_ms, offset_s)
        calls = one.raw("toolCalls") or one.raw("tool_calls")
        if calls and (tools := _tools(Doc(calls))):
            yield Spoken(Role.TOOL, tools, at_ms, offset_s)


def _tools(calls: Doc) -> str:
    return "\n".join(
        f"{tool.text('function', 'name') or tool.text('name') or 'tool'}({tool.text('function', 'arguments') or ''})"
        for tool in calls.each()
    )


def _recording(message: Doc) -> dict[RecordingChannel, str]:
    mono = message.at("artifact", "recording", "mono")
    full = first(
        message.text("artifact", "recordingUrl"),
        mono.text("combinedUrl"),
        message.text("recordingUrl"),
        message.text("artifact", "stereoRecordingUrl"),
        message.text("artifact", "recording", "stereoUrl"),
        message.text("stereoRecordingUrl"),
    )
    return recordings(full, customer=mono.text("customerUrl"), agent=mono.text("assistantUrl"))


def _cost(message: Doc) -> Cost | None:
    parts = cost_parts(_paid(message))
    for path in (("cost",), ("call", "cost"), ("costBreakdown", "total"), ("call", "costBreakdown", "total")):
        if cost := message.cost(*path, currency="USD", parts=parts):
            return cost
    return None


def _paid(message: Doc) -> Iterator[tuple[CostPart, str | None]]:
    costs = message.at("costs") if message.raw("costs") else message.at("call", "costs")
    if costs.value:
        for entry in costs.each():
            yield sent.COST_PARTS.get(entry.text("type") or "", CostPart.OTHER), entry.decimal("cost")
        return
    breakdown = first(message.raw("costBreakdown"), message.raw("call", "costBreakdown"))
    for path, kind in sent.BREAKDOWN.items():
        yield kind, Doc(breakdown).decimal(*path)


def _extracted(message: Doc) -> Any:
    """Return the structured data of the analysis plan, else the structured outputs by name."""
    outputs = map(Doc, message.mapping("artifact", "structuredOutputs").values())
    return first(
        message.json("analysis", "structuredData"),
        {name: output.raw("result") for output in outputs if (name := output.text("name"))},
        message.json("analysis", "structuredDataMulti"),
    )


def _ext(message: Doc) -> dict[str, Any]:
    call, artifact = message.at("call"), message.at("artifact")
    told = {
        **call.chosen(*_EXT_OF_CALL),
        **artifact.chosen(*_EXT_OF_ARTIFACT),
        **message.chosen("assistantVersion", "compliance", "destination"),
        "callType": call.text("type"),
        "successEvaluation": message.json("analysis", "successEvaluation"),
        "metadata": first(
            call.mapping("assistantOverrides", "metadata"),
            call.mapping("metadata"),
            message.mapping("assistant", "metadata"),
        ),
        "variableValues": first(
            artifact.mapping("variableValues"), call.mapping("assistantOverrides", "variableValues")
        ),
        "artifacts": _uploads(message),
    }
    return {name: value for name, value in told.items() if first(value) is not None}


def _uploads(message: Doc) -> dict[str, bool]:
    return {
        name: done
        for upload in message.each("artifacts")
        if (name := upload.text("type")) and (done := upload.flag("success")) is not None
    }
