"""The stored document: what it is made of, and the `Call` it shows. Pure; the same for every store.

Identity, the derived facts with people's edits laid over them (queried), `keys` (what a question may name a call by),
`registers` (bytes, not queried) and what people wrote. Times are dates; an absent value is an absent key.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from schemas.call import Call, call_key, call_uid, tag_id
from schemas.platforms import tanyi
from schemas.update import CallUpdate, Media
from schemas.words import Platform, Workflow
from storage.columns import columns, own_id, own_seconds, record_id
from storage.derive import derive, ext, recordings
from storage.flatten import flatten, to_time
from storage.fold import Behind, Register, Registers, fold, settle, unpack
from storage.numbers import spellings
from storage.parts import Parts, checksum, spoken
from storage.spelling import spelled_out
from storage.told import LEGS, tell
from storage.tombstones import keys_of

_TIMES: Final = ("created_at", "started_at", "answered_at", "ended_at")
KEPT: Final[tuple[str, ...]] = ("number", "left", "edits", "evaluations", "edited_at", "updated_by")
"""What a fold leaves as it is: the number given once, the batches it was taken out of, and what people wrote."""
NATIONAL: Final[Mapping[Platform, str]] = {Platform.TANYI: tanyi.ZONE.key}
"""Where the numbers are dialled of a platform that sends them without their country."""
HEARD: Final = ("turns", "transcript")
"""Facts of which the document keeps only where they are."""

Document = dict[str, Any]


class Identity(msgspec.Struct, frozen=True):
    """Which call, in all its names."""

    key: str
    uid: str
    tenant: str
    platform: Platform
    platform_call_id: str

    @classmethod
    def of(cls, update: CallUpdate) -> "Identity":
        """Return the identity of the call that *update* tells of; what UTF-8 cannot say is spelled out."""
        call_id: str = spelled_out(update.platform_call_id)
        key = call_key(tenant=update.tenant, platform=update.platform, platform_call_id=call_id)
        return cls(key, call_uid(key), update.tenant, update.platform, call_id)

    def fields(self) -> Document:
        """Return the fields of a document that never change."""
        return {
            "_id": self.key,
            "tenant": self.tenant,
            "platform": str(self.platform),
            "platform_call_id": self.platform_call_id,
            "uid": self.uid,
        }


def shown(registers: Registers, *, identity: Identity, written: Mapping[str, Any]) -> Document:
    """Return the derived part of a document: facts, with *written* (a document's `edits`, `evaluations`) laid over."""
    told = tell(registers)
    zone = NATIONAL.get(identity.platform)
    facts = derive(told, ended=registers.ended, received_ms=registers.received_ms, zone=zone)
    for name in _TIMES:
        if name in facts:
            facts[name] = to_time(facts[name])
    if "unit" in facts:
        facts["unit"] = {name: _dated(name, value) for name, value in facts["unit"].items()}
    if kept := recordings(told, uid=identity.uid):
        facts["recording"] = kept
    facts |= _edited(facts, written.get("edits", {}), tenant=identity.tenant)
    if scores := [evaluation["avg"] for evaluation in written.get("evaluations", ())]:
        facts["score"] = sum(scores) / len(scores)
    searched = columns(facts, call_id=identity.platform_call_id, extracted=told.own.get("extracted"))
    facts["keys"] = _keys(facts, zone=zone) | searched | own_id(told.group("ext"), platform=identity.platform)
    facts["keys"] |= record_id(identity.platform_call_id, platform=identity.platform)
    facts["keys"] |= _own_seconds(told.group("ext"), facts, platform=identity.platform)
    return facts


class Folded(NamedTuple):
    """What a fold made of a call: its document, and the long parts that came with it."""

    document: Document
    parts: dict[str, bytes]
    media: dict[str, Media]
    named: frozenset[str]
    """The parts that the document refers to."""
    let_go: frozenset[str]
    """Those that it referred to before."""
    news: bool
    """Whether something is said that was not: an event that comes again moves no more than its place in the order."""


def folded(
    before: Document | None, updates: Sequence[CallUpdate], *, identity: Identity, afresh: bool = False
) -> Folded | None:
    """Return the document after *updates*, as yet without number, revision and time where new; None: nothing changed.

    Whatever the order in which the updates of a call come, its document ends the same. *afresh* forgets what events
    said before, and is never None: what is shown may follow other rules today; what people wrote stays.
    """
    known = unpack(before["registers"]) if before else None
    said = [flatten(update) for update in updates]
    registers, stored = settle(fold(None if afresh else known, said))
    if before and not afresh and stored == before["registers"]:
        return None
    written = {name: before[name] for name in KEPT if name in before} if before else {}
    facts = shown(registers, identity=identity, written=written)
    named = refs(registers)
    return Folded(
        document={**identity.fields(), **facts, **written, "registers": stored},
        parts={ref: packed for each in said for ref, packed in each.parts.items() if ref in named},
        media={ref: media for each in said for ref, media in each.media.items() if ref in named},
        named=named,
        let_go=refs(known) - named if known else frozenset(),
        news=afresh or known is None or _news(known, registers),
    )


def _own_seconds(ext: Mapping[str, Any], facts: Document, *, platform: Platform) -> Document:
    """Return under `own_s` how long the platform's own API says its call was, where that is not the talk."""
    talk_s = facts["talk_s"]
    told = own_seconds(ext, platform=platform, duration_s=facts.get("duration_s"), talk_s=talk_s)
    return {} if told == talk_s else {"own_s": {str(platform): told}}


def _dated(name: str, value: Any) -> Any:
    return to_time(value) if name.endswith("_at") else value


def _edited(facts: Document, edits: Mapping[str, Any], *, tenant: str) -> Document:
    """Return what people's edits, and the beginnings of what only people change, make of *facts*."""
    over: Document = {"workflow": str(Workflow.NEW), "read": False, **edits}
    if "intent" in edits:
        over["intent"] = {**facts.get("intent", {}), **edits["intent"]}
    tags = edits.get("tags", facts.get("tags", ()))
    over["tags"] = [{"id": tag_id(tenant=tenant, name=name), "name": name} for name in dict.fromkeys(tags)]
    return over


def _keys(facts: Document, *, zone: str | None) -> Document:
    """Return every spelling that a number or tag may be asked by."""
    keys = {
        "from": spellings(facts.get("from"), zone=zone),
        "to": spellings(facts.get("to"), zone=zone),
        "customer": spellings(facts.get("customer_number"), zone=zone),
        "tags": [key for tag in facts["tags"] for key in (tag["name"], tag["id"])],
        "numbers": keys_of(facts),
    }
    return {name: values for name, values in keys.items() if values}


def summary(document: Document) -> Call:
    """Return the call as lists show it: without turns, transcript, extracted and what is read with them."""
    return msgspec.convert(document, Call)


def whole(document: Document, parts: Mapping[str, Parts], *, registers: Registers | None = None) -> Call:
    """Return all of a call; *parts* are those named by `refs`, *registers* the document's if they are read."""
    told = tell(registers or unpack(document["registers"]))
    turns = _said(told.own.get("turns"), parts).turns
    transcript = _said(told.own.get("transcript"), parts).transcript
    customer = dict(document.get("customer", {}))
    if "props" in told.group("customer"):
        customer["props"] = told.group("customer")["props"]
    rest = {
        "turns": turns,
        "transcript": transcript if transcript is not None else spoken(turns),
        "extracted": told.own.get("extracted"),
        "ext": ext(told, platform=Platform(document["platform"])),
        "customer": customer or None,
    }
    return msgspec.convert({**document, **rest}, Call)


def narrowed(document: Document, behind: Behind, parts: Mapping[str, Parts]) -> Call:
    """Return a call of which *document* holds some fields; *parts* are those of what was said that shall be shown."""
    turns, transcript = _said(behind.turns, parts).turns, _said(behind.transcript, parts).transcript
    rest = {
        "turns": turns,
        "transcript": transcript if transcript is not None else spoken(turns),
        "extracted": behind.extracted,
    }
    return msgspec.convert({**document, **rest}, Call)


def refs(registers: Registers) -> frozenset[str]:
    """Return the names of the parts that hold a call's turns, transcript and recordings."""
    media = [name for name in registers.facts if name.startswith("media.")]
    return heard(registers).union(registers.facts[name].value["ref"] for name in media)


def _news(before: Registers, after: Registers) -> bool:
    """Tell whether *after* says what *before* did not, whichever of the events that say it counts."""
    if (before.stage, before.received_ms) != (after.stage, after.received_ms):
        return True
    if before.facts.keys() != after.facts.keys():
        return True
    both = ((name, held, after.facts[name]) for name, held in before.facts.items())
    return any(held is not now and _content(name, held) != _content(name, now) for name, held, now in both)


def _content(name: str, register: Register) -> Any:
    if name.startswith(LEGS):
        return register  # of two legs the order of their events may tell
    if name in HEARD or name.startswith("media."):
        return {**register.value, "ref": checksum(register.value["ref"])}
    return register.value


def heard(registers: Registers) -> frozenset[str]:
    """Return the names of the parts that hold a call's turns and transcript."""
    return frozenset(registers.facts[name].value["ref"] for name in HEARD if name in registers.facts)


def _said(place: Mapping[str, Any] | None, parts: Mapping[str, Parts]) -> Parts:
    return Parts() if place is None else parts.get(place["ref"], Parts())
