"""Twilio Voice: call progress, recordings and answering machine detection, each a small form."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from schemas.call import Customer
from schemas.envelope import Envelope
from schemas.platforms import twilio as sent
from schemas.update import Facts
from schemas.words import Channel, Direction, Outcome, RecordingChannel, Stage
from workers.ending import Ending, ending, weighed
from workers.normaliser import Malformed
from workers.reading import Doc, decode
from workers.reasons import Aside
from workers.rest import rest
from workers.times import later, rfc2822
from workers.vocabulary import patterns, sip_outcome

_direction = patterns(sent.DIRECTIONS)

_TOLD: Final = frozenset({
    "CallSid", "CallStatus", "Direction", "From", "To", "Caller", "Called", "Timestamp", "CallDuration",
    "RecordingUrl", "RecordingDuration", "CallerName", "CallerCity", "CallerState", "CallerZip", "CallerCountry",
    "CalledCity", "CalledState", "CalledZip", "CalledCountry",
})  # fmt: skip
_TOLD_OF_RECORDING: Final = frozenset({"AccountSid", "CallSid", "RecordingUrl", "RecordingDuration"})


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call; None for a type that is not known. Raises `Malformed`."""
    doc = _parameters(event.body)
    kind = sent.about(doc.value)
    return None if kind is None else _READERS[kind](doc)


def _parameters(body: bytes) -> Doc:
    if not sent.is_form(body):
        return decode(body)
    try:
        return Doc(sent.form(body))
    except ValueError as error:
        raise Malformed(Aside.UNDECODABLE, str(error)) from error


def _call(doc: Doc) -> Facts | None:
    """Return what a progress call-back says; only that of a call which is over has a duration."""
    status, at = doc.text("CallStatus") or "", rfc2822(doc.text("Timestamp") or "")
    duration_s = doc.seconds("CallDuration")
    if status not in sent.CALL_RANKS and duration_s is None:
        return None
    ended = status in sent.OUTCOMES or status not in sent.CALL_RANKS
    end = weighed(_ending(doc, status), talk_s=duration_s) if ended else Ending()
    direction = _direction(doc.text("Direction") or "")
    return Facts(
        rank=sent.CALL_RANKS.get(status, sent.RANKS[sent.EventType.CALL]),
        stage=Stage.ENDED if ended else Stage.PROGRESS,
        at=at,
        outcome=end.outcome,
        unknown_end=end.unknown,
        direction=direction,
        channel=_channel(doc, direction),
        from_=doc.text("From"),
        to=doc.text("To"),
        end_reason=status if ended else None,
        is_voicemail=_is_voicemail(doc),
        recording=_recording(doc),
        record_s=doc.seconds("RecordingDuration"),
        customer=_customer(doc, direction),
        ext=rest(doc.value, told=_TOLD),
        **_times(status, at, duration_s, ended=ended),
    )


def _times(status: str, at: datetime | None, duration_s: float | None, *, ended: bool) -> dict[str, Any]:
    """Only the end is sent with its duration; before it, each call-back's own time is all there is."""
    if ended:
        started_at = later(at, -duration_s) if duration_s is not None else None
        return {"started_at": started_at, "ended_at": at, "duration_s": duration_s, "talk_s": duration_s}
    return {"answered_at": at} if status == "in-progress" else {"started_at": at}


def _recorded(doc: Doc) -> Facts:
    return Facts(
        rank=sent.RANKS[sent.EventType.RECORDING],
        at=rfc2822(doc.text("RecordingStartTime") or ""),
        recording=_recording(doc),
        record_s=doc.seconds("RecordingDuration"),
        ext={"recording": rest(doc.value, told=_TOLD_OF_RECORDING)},
    )


def _detected(doc: Doc) -> Facts:
    return Facts(
        rank=sent.RANKS[sent.EventType.AMD],
        is_voicemail=_is_voicemail(doc),
        ext=rest(doc.value, told=_TOLD),
    )


_READERS: Final[Mapping[sent.EventType, Callable[[Doc], Facts | None]]] = MappingProxyType(
    {
        sent.EventType.CALL: _call,
        sent.EventType.AMD: _detected,
        sent.EventType.RECORDING: _recorded,
    }
)


def _ending(doc: Doc, status: str) -> Ending:
    """A machine that answered says more than `completed`, a SIP status more than `failed`."""
    end = ending(status, sent.OUTCOMES)
    if end.outcome is Outcome.ANSWERED and _is_voicemail(doc):
        return Ending(Outcome.VOICEMAIL)
    if status == sent.FAILED and (told := sip_outcome(doc.word("SipResponseCode"))):
        return Ending(told)
    return end


def _is_voicemail(doc: Doc) -> bool | None:
    answered_by = doc.text("AnsweredBy")
    return None if answered_by is None else answered_by.startswith(sent.MACHINE)


def _channel(doc: Doc, direction: Direction | None) -> Channel:
    customer = doc.text("To" if direction is Direction.OUTBOUND else "From") or ""
    return Channel.WEB if customer.startswith(sent.WEB) else Channel.PHONE


def _recording(doc: Doc) -> dict[RecordingChannel, str]:
    url = doc.text("RecordingUrl") if doc.text("RecordingStatus") != sent.ABSENT else None
    return {sent.TRACKS.get(doc.text("RecordingTrack") or "", RecordingChannel.FULL): url} if url else {}


def _customer(doc: Doc, direction: Direction | None) -> Customer | None:
    """The carrier looks up who calls, not who is called."""
    name = doc.text("CallerName")
    return Customer(full=name) if name and direction is Direction.INBOUND else None
