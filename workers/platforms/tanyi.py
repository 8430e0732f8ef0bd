"""Tanyi: the whole record, once, when the call is over; its times are China's, its ids are integers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import msgspec

from schemas.call import Batch, Customer, Group, Intent
from schemas.envelope import Envelope
from schemas.platforms import tanyi as sent
from schemas.update import Facts
from schemas.words import Channel, Direction, Stage
from workers.ending import ending, spelled
from workers.normaliser import Malformed
from workers.parties import bot
from workers.reading import Doc, decode, first
from workers.reasons import Aside
from workers.recordings import recordings
from workers.rest import rest
from workers.times import iso, unix
from workers.turns import Spoken, number
from workers.vocabulary import role

_TOLD: Final = frozenset({
    "callRecordId", "calledPhoneNumber", "fullAudioUrl", "customerAudioUrl", "attributes", "properties",
    "callDetailList", "robotCallDetailList",
})  # fmt: skip


def normalise(event: Envelope, /) -> Facts | None:
    """Return what a call's record says; jobs and short messages are kept raw. Raises `Malformed`."""
    doc = decode(event.body)
    if doc.text("dataType") != sent.EventType.RECORD:
        return None
    if not doc.word("data", "callRecordId"):
        raise Malformed(Aside.UNREADABLE, "no `data.callRecordId`")
    return _facts(doc.at("data"))


def _facts(doc: Doc) -> Facts:
    started_at, talk_s = _time(doc, "startTime"), doc.seconds("chatDuration")
    turns = number(_spoken(doc), started_at=started_at)
    end = ending(doc.text("resultStatus"), sent.OUTCOMES)
    return Facts(
        rank=sent.RANKS[sent.EventType.RECORD],
        stage=Stage.ENDED,
        outcome=end.outcome,
        unknown_end=end.unknown,
        started_at=started_at,
        ended_at=_time(doc, "endTime"),
        talk_s=talk_s,
        direction=Direction.OUTBOUND,
        channel=Channel.PHONE,
        to=_number(doc),
        agent=bot(doc.word("dialogFlowId")),
        batch=Batch(id=job) if (job := doc.word("robotCallJobId")) else None,
        task_id=doc.integer("robotCallTaskId"),
        end_reason=doc.text("resultStatus"),
        ended_by=sent.ENDED_BY.get(spelled(doc.text("hangupBy"))),
        turns=turns,
        rounds=doc.integer("chatRound"),
        recording=recordings(doc.text("fullAudioUrl"), customer=doc.text("customerAudioUrl")),
        extracted=_extracted(doc),
        intent=_intent(doc),
        concerns=_opened(doc, "customerConcern").texts(),
        customer=_customer(doc),
        redials=doc.integer("redialTimes"),
        ext=rest(doc.value, told=_TOLD) | _silent(doc, spoken=len(turns)),
    )


def _time(doc: Doc, name: str) -> datetime | None:
    """`yyyy-MM-dd HH:mm[:ss]` with a blank or a T, or epoch milliseconds."""
    if isinstance(text := doc.raw(name), str) and not text.strip().isdigit():
        return iso(text, zone=sent.ZONE)
    return unix(doc.number(name), per_second=1000)


def _extracted(doc: Doc) -> dict[str, Any] | None:
    """In the shapes of the vendor's examples, a list and an object, where its table says text."""
    attributes = _opened(doc, "attributes")
    said = {
        "attributes": attributes.texts() if isinstance(attributes.value, str) else attributes.json(),
        "properties": _opened(doc, "properties").json(),
    }
    return {name: value for name, value in said.items() if first(value) is not None} or None


def _opened(doc: Doc, name: str) -> Doc:
    """Return a list or object, also one that came as the text of its JSON; any other text as it is."""
    try:
        value = msgspec.json.decode(doc.text(name) or "")
    except (msgspec.DecodeError, RecursionError):
        value = None
    return Doc(value) if isinstance(value, list | dict) else doc.at(name)


def _intent(doc: Doc) -> Intent | None:
    level, basis = doc.text("intentLevel"), doc.text("analysisBasis")
    real, label = doc.text("realIntentLevel"), doc.text("intentLevelName")
    if not (level or basis or real or label):
        return None
    return Intent(
        level=level,
        label=label,
        tag_id=doc.word("intentLevelTagId"),
        real_level=real,
        real_label=doc.text("realIntentLevelName"),
        basis=basis,
    )


def _customer(doc: Doc) -> Customer:
    """The call-back's own members, else those of the person in Tanyi's answers, which a sender may pass on."""
    person = doc.at("customerPerson")
    group_id = person.word("customerGroupId")
    return Customer(
        id=first(doc.word("customerPersonId"), person.word("customerPersonId")),
        number=_number(doc),
        full=first(doc.text("customerPersonName"), person.text("name")),
        group=Group(id=group_id, name=person.text("customerGroupName")) if group_id else None,
        props=_opened(doc, "properties").mapping() or person.at("properties").mapping() or None,
    )


def _number(doc: Doc) -> str | None:
    return first(doc.word("calledPhoneNumber"), doc.word("customerPerson", "phoneNumber"))


def _turns(doc: Doc) -> Doc:
    """The list under its name of today, else under that of January 2019."""
    return doc.at("callDetailList" if isinstance(doc.raw("callDetailList"), list) else "robotCallDetailList")


def _spoken(doc: Doc) -> Iterator[Spoken]:
    for one in _turns(doc).each():
        if text := one.text("text"):
            yield Spoken(role(one.raw("type")), text)


def _silent(doc: Doc, *, spoken: int) -> dict[str, Any]:
    """All turns where one of them is without words: it is none of ours, and Tanyi's own API gives it back."""
    listed = _turns(doc)
    if not isinstance(listed.value, list) or len(listed.value) == spoken:
        return {}
    turns = [{"text": one.text("text") or "", "type": one.text("type")} for one in listed.each()]
    return {} if len(turns) == spoken else {"callDetailList": turns}
