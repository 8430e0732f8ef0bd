"""The stored document: what it is made of, and the `Call` it shows. Pure; the same for every store.

Identity, the derived facts with people's edits laid over them (queried), `keys` (what a question may name a call by),
`registers` (bytes, not queried) and what people wrote. Times are dates; an absent value is an absent key.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from schemas.call import Call, Turn, call_key, call_uid, tag_id
from schemas.update import CallUpdate
from schemas.words import Platform, Role, Workflow
from storage.derive import derive, ext, recordings
from storage.flatten import spelled_out, to_time
from storage.fold import Registers, unpack
from storage.numbers import spellings

_TIMES: Final = ("created_at", "started_at", "answered_at", "ended_at")
_SPEAKERS: Final = {Role.AGENT: "Agent", Role.CUSTOMER: "Customer"}
EDITABLE: Final = ("workflow", "summary", "note", "tags", "read", "title", "intent", "success", "reason")
"""What people may change; an edit is laid over what the platform says."""

Document = dict[str, Any]


class Parts(msgspec.Struct, frozen=True, omit_defaults=True):
    """The long parts of one event's facts, stored beside the calls."""

    turns: list[Turn] = []
    transcript: str | None = None


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
    facts = derive(registers)
    for name in _TIMES:
        if name in facts:
            facts[name] = to_time(facts[name])
    for group in ("unit",):
        if group in facts:
            facts[group] = {name: _dated(name, value) for name, value in facts[group].items()}
    if kept := recordings(registers, uid=identity.uid):
        facts["recording"] = kept
    facts |= _edited(facts, written.get("edits", {}), tenant=identity.tenant)
    if scores := [evaluation["avg"] for evaluation in written.get("evaluations", ())]:
        facts["score"] = sum(scores) / len(scores)
    if keys := _keys(facts):
        facts["keys"] = keys
    return facts


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


def _keys(facts: Document) -> Document:
    """Return every spelling that a number or tag may be asked by."""
    keys = {
        "from": spellings(facts.get("from")),
        "to": spellings(facts.get("to")),
        "customer": spellings(facts.get("customer_number")),
        "tags": [key for tag in facts["tags"] for key in (tag["name"], tag["id"])],
    }
    return {name: values for name, values in keys.items() if values}


def summary(document: Document) -> Call:
    """Return the call as lists show it: without turns, transcript, extracted and what is read with them."""
    return msgspec.convert(document, Call)


def whole(document: Document, parts: Mapping[str, Parts]) -> Call:
    """Return all of a call; *parts* are those named by `refs`."""
    registers = unpack(document["registers"])
    told = registers.values()
    turns = _part(told, "turns", parts).turns
    transcript = _part(told, "transcript", parts).transcript
    customer = dict(document.get("customer", {}))
    if "customer.props" in told:
        customer["props"] = told["customer.props"]
    rest = {
        "turns": turns,
        "transcript": transcript if transcript is not None else spoken(turns),
        "extracted": told.get("extracted"),
        "ext": ext(registers, platform=Platform(document["platform"])),
        "customer": customer or None,
    }
    return msgspec.convert({**document, **rest}, Call)


def refs(registers: Registers) -> set[str]:
    """Return the names of the parts that hold a call's turns and transcript."""
    return {registers.facts[name].value["ref"] for name in ("turns", "transcript") if name in registers.facts}


def _part(told: Mapping[str, Any], name: str, parts: Mapping[str, Parts]) -> Parts:
    return parts.get(told[name]["ref"], Parts()) if name in told else Parts()


def spoken(turns: Sequence[Turn]) -> str | None:
    """Return what was said as `Agent: …` lines, the text unchanged; None where nothing was."""
    lines = [f"{_SPEAKERS[turn.role]}: {turn.text}" for turn in turns if turn.role in _SPEAKERS]
    return "\n".join(lines) or None
