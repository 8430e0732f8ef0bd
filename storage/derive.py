"""Say what a call's registers mean: the canonical facts, as far as the platform tells them. Pure.

Platform rulings 13, 16-18, 21 and 25-27; the result holds plain values and epoch milliseconds, no None.
"""

from collections.abc import Mapping
from typing import Any, Final

from schemas.words import Direction, Outcome, Platform
from storage.flatten import MEMBERS, UNKNOWN_END
from storage.fold import Registers
from storage.legs import combine, split
from storage.numbers import e164

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

Told = Mapping[str, Any]


def derive(registers: Registers) -> dict[str, Any]:
    """Return the canonical facts of a call: what was told, and what follows from it."""
    own, legs = split(registers.facts)
    talked = _talked(own)
    of_legs = combine(legs, talked=talked)
    if not own.keys().isdisjoint(TALK):
        of_legs.pop("talk_s", None)
    told = {**of_legs, **own}
    call = {name: told[name] for name in AS_TOLD if name in told}
    call |= _groups(told)
    call |= _parties(told)
    call |= _numbers(call)
    call |= _end(told, ended=registers.ended)
    call |= _heard(told)
    call["created_at"] = told.get("created_at", registers.received_ms)
    return {name: value for name, value in call.items() if value is not None}


def ext(registers: Registers, *, platform: Platform) -> dict[str, Any]:
    """Return `ext`: what has no canonical place, by platform; the connection's metadata lies below it."""
    told = registers.values()
    shown = _below(told, "default.metadata.") | _below(told, "ext.")
    return {str(platform): shown} if shown else {}


def recordings(registers: Registers, *, uid: str) -> dict[str, str]:
    """Return the URLs by channel: what we keep ourselves before what will expire at the platform."""
    told = registers.values()
    ours = {channel: f"/v1/calls/{uid}/recordings/{channel}" for channel in _below(told, "media.")}
    return _below(told, "recording.") | ours


def _below(told: Told, prefix: str) -> dict[str, Any]:
    return {name[len(prefix) :]: value for name, value in told.items() if name.startswith(prefix)}


def _talked(told: Told) -> bool:
    """Say whether somebody is known to have talked: some talk, or a turn of the customer's."""
    return any(told.get(name, 0) > 0 for name in TALK) or bool("turns" in told and told["turns"]["customers"])


def _groups(told: Told) -> dict[str, Any]:
    """Return unit, agent, batch and customer; the connection's own ids stand in where the platform names none."""
    groups: dict[str, Any] = {name: {} for name in MEMBERS}
    for name, value in told.items():
        group, dot, member = name.partition(".")
        if dot and group in groups and name != "customer.props":
            groups[group][member] = value
    for name in ("unit", "agent", "batch"):
        if (default := told.get(f"default.{name}")) is not None:
            groups[name].setdefault("id", default)
    return {name: group for name, group in groups.items() if group}


def _parties(told: Told) -> dict[str, Any]:
    """Return the customer's side and the line's, which the direction tells apart; `to` is called in a local call."""
    caller, called, direction = told.get("from"), told.get("to"), told.get("direction")
    if direction is None:
        return {"customer_number": told.get("customer_number"), "line_number": told.get("line_number")}
    customer, line = (caller, called) if direction == Direction.INBOUND else (called, caller)
    return {
        "customer_number": customer or told.get("customer_number"),
        "line_number": told.get("line_number") or line,
    }


def _numbers(call: Told) -> dict[str, Any]:
    named = (("from", "from_e164"), ("to", "to_e164"), ("customer_number", "customer_e164"))
    return {twin: e164(call.get(name)) for name, twin in named}


def _end(told: Told, *, ended: bool) -> dict[str, Any]:
    outcome = _outcome(told, ended=ended)
    duration = told["duration_s"] if "duration_s" in told else _between(told)
    return {"outcome": outcome, "duration_s": duration, "talk_s": _talk(told, outcome=outcome, duration=duration)}


def _outcome(told: Told, *, ended: bool) -> str | None:
    word: str | None = told.get("outcome")
    if word is None:
        return None if ended else str(Outcome.IN_PROGRESS)
    if word == UNKNOWN_END:
        word = str(Outcome.ANSWERED if _talked(told) else Outcome.SYSTEM_ERROR)
    if word == Outcome.ANSWERED and told.get("is_voicemail"):
        return str(Outcome.VOICEMAIL)
    return word


def _between(told: Told) -> float | None:
    """Return the seconds from start to end; None where one is unknown or the clocks disagree."""
    if "started_at" not in told or "ended_at" not in told or told["ended_at"] < told["started_at"]:
        return None
    return float(told["ended_at"] - told["started_at"]) / _S


def _talk(told: Told, *, outcome: str | None, duration: float | None) -> float:
    if outcome != Outcome.ANSWERED:
        return 0.0
    for name in TALK:
        if name in told:
            return float(told[name])
    if duration is None:
        return 0.0
    return float(round(max(0.0, duration - told.get("ringing_s", 0.0)), 3))


def _heard(told: Told) -> dict[str, Any]:
    """Return what is asked of turns and recordings without reading them."""
    turns, transcript = told.get("turns"), told.get("transcript")
    return {
        "rounds": told["rounds"] if "rounds" in told else turns["customers"] if turns else None,
        "has_recording": any(name.startswith(("recording.", "media.")) for name in told),
        "has_transcript": any(part["words"] for part in (turns, transcript) if part),
    }
