"""Say what a call's registers mean: the canonical facts, as far as the platform tells them. Pure.

Platform rulings 13, 16-18, 21 and 25-27; the result holds plain values and epoch milliseconds, no None.
"""

from collections.abc import Mapping
from typing import Any, Final

from schemas.words import Direction, Outcome, Platform
from storage.flatten import BY_PARTIES, MEMBERS, UNKNOWN_END
from storage.legs import combine
from storage.numbers import e164
from storage.told import Told

_METADATA: Final = "metadata."
_S: Final = 1000.0  # milliseconds in a second

AS_TOLD: Final[tuple[str, ...]] = (
    "title", "task_id", "queue", "direction", "channel", "from", "to", "extension",
    "started_at", "answered_at", "ended_at", "record_s", "wait_s", "hold_s", "end_reason", "ended_by", "summary",
    "is_voicemail", "is_auto_call", "forward", "cost", "carrier", "success", "intent", "concerns", "reason",
    "reason_detail", "callback_pref", "existing_patient", "preferred_person", "note", "tags", "redials", "env",
)  # fmt: skip
"""Facts that are shown as they were told."""

TALK: Final = ("talk_s", "billed_s", "audio_s")
"""How long a call was answered for, the best measure first."""

_A_CONVERSATION: Final = 2  # parties

Facts = Mapping[str, Any]


def derive(told: Told, *, ended: bool, received_ms: int, zone: str | None = None) -> dict[str, Any]:
    """Return the canonical facts of a call: what was told, and what follows from it; *zone* is of national numbers."""
    of_legs = combine(told.legs, talked=_talked(told.own))
    if not told.own.keys().isdisjoint(TALK):
        of_legs.pop("talk_s", None)
    facts = {**of_legs, **told.own} if of_legs else told.own
    if facts.get("outcome") == BY_PARTIES:
        facts = {**facts, "outcome": _by_parties(told)}
    call = {name: facts[name] for name in AS_TOLD if name in facts}
    call |= _groups(told)
    call |= _parties(facts)
    call |= _numbers(call, zone=zone)
    call |= _end(facts, ended=ended)
    call |= _heard(told)
    call["created_at"] = facts.get("created_at", received_ms)
    return {name: value for name, value in call.items() if value is not None}


def ext(told: Told, *, platform: Platform) -> dict[str, Any]:
    """Return `ext`: what has no canonical place, by platform; the connection's metadata lies below it."""
    defaults = told.group("default").items()
    metadata = {name.removeprefix(_METADATA): value for name, value in defaults if name.startswith(_METADATA)}
    shown = {**metadata, **told.group("ext")}
    return {str(platform): shown} if shown else {}


def recordings(told: Told, *, uid: str) -> dict[str, str]:
    """Return the URLs by channel: what we keep ourselves before what will expire at the platform."""
    ours = {channel: f"/v1/calls/{uid}/recordings/{channel}" for channel in told.group("media")}
    return {**told.group("recording"), **ours}


def _talked(told: Facts) -> bool:
    """Say whether somebody is known to have talked: some talk, or a turn of the customer's."""
    return any(told.get(name, 0) > 0 for name in TALK) or bool("turns" in told and told["turns"]["customers"])


def _groups(told: Told) -> dict[str, Any]:
    """Return unit, agent, batch and customer; the connection's own ids stand in where the platform names none."""
    groups: dict[str, dict[str, Any]] = {name: dict(told.groups[name]) for name in MEMBERS if name in told.groups}
    groups.get("customer", {}).pop("props", None)
    for name, default in told.group("default").items():
        if name in MEMBERS:
            groups.setdefault(name, {}).setdefault("id", default)
    return {name: group for name, group in groups.items() if group}


def _parties(told: Facts) -> dict[str, Any]:
    """Return the customer's side and the line's, which the direction tells apart; `to` is called in a local call."""
    caller, called, direction = told.get("from"), told.get("to"), told.get("direction")
    if direction is None:
        return {"customer_number": told.get("customer_number"), "line_number": told.get("line_number")}
    customer, line = (caller, called) if direction == Direction.INBOUND else (called, caller)
    return {
        "customer_number": customer or told.get("customer_number"),
        "line_number": told.get("line_number") or line,
    }


def _numbers(call: Facts, *, zone: str | None) -> dict[str, Any]:
    named = (("from", "from_e164"), ("to", "to_e164"), ("customer_number", "customer_e164"))
    return {twin: e164(call.get(name), zone=zone) for name, twin in named}


def _end(told: Facts, *, ended: bool) -> dict[str, Any]:
    outcome = _outcome(told, ended=ended)
    duration = told["duration_s"] if "duration_s" in told else _between(told)
    return {"outcome": outcome, "duration_s": duration, "talk_s": _talk(told, outcome=outcome, duration=duration)}


def _outcome(told: Facts, *, ended: bool) -> str | None:
    word: str | None = told.get("outcome")
    if word is None:
        return None if ended else str(Outcome.IN_PROGRESS)
    if word == UNKNOWN_END:
        word = str(Outcome.ANSWERED if _talked(told) else Outcome.SYSTEM_ERROR)
    if word == Outcome.ANSWERED and told.get("is_voicemail"):
        return str(Outcome.VOICEMAIL)
    return word


def _by_parties(told: Told) -> str:
    took_part = _talked(told.own) or len(told.legs) >= _A_CONVERSATION
    return str(Outcome.ANSWERED if took_part else Outcome.NO_ANSWER)


def _between(told: Facts) -> float | None:
    """Return the seconds from start to end; None where one is unknown or the clocks disagree."""
    if "started_at" not in told or "ended_at" not in told or told["ended_at"] < told["started_at"]:
        return None
    return float(told["ended_at"] - told["started_at"]) / _S


def _talk(told: Facts, *, outcome: str | None, duration: float | None) -> float:
    if outcome != Outcome.ANSWERED:
        return 0.0
    for name in TALK:
        if name in told:
            return float(told[name])
    if duration is None:
        return 0.0
    return float(round(max(0.0, duration - _ringing(told)), 3))


def _ringing(told: Facts) -> float:
    """Return the seconds until the answer: as told, else from start to answer; 0 where neither is known."""
    if "ringing_s" in told:
        return float(told["ringing_s"])
    if "started_at" not in told or "answered_at" not in told:
        return 0.0
    return max(0.0, float(told["answered_at"] - told["started_at"]) / _S)


def _heard(told: Told) -> dict[str, Any]:
    """Return what is asked of turns and recordings without reading them."""
    turns, transcript = told.own.get("turns"), told.own.get("transcript")
    return {
        "rounds": told.own["rounds"] if "rounds" in told.own else turns["customers"] if turns else None,
        "has_recording": "recording" in told.groups or "media" in told.groups,
        "has_transcript": any(part["words"] for part in (turns, transcript) if part),
    }
