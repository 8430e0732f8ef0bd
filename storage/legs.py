"""Combine a call's legs into what they say of the call as a whole. Pure; the rules are told at `schemas.update.Leg`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from schemas.money import LARGEST, decimal_text
from schemas.update import OrderKey
from schemas.words import Outcome
from storage.flatten import UNKNOWN_END
from storage.told import Leg

_NOWHERE: Final = OrderKey(-1, 0, 0, "", "")
_NEVER: Final = float("inf")
_BEST: Final = {Outcome.ANSWERED: 2, Outcome.VOICEMAIL: 1}
_PARTIES: Final = ("direction", "from", "to", "customer_number")
_STAND_IN: Final = 2

Combine = Callable[[Iterable[Any]], Any]

EXTREMES: Final[Mapping[str, Combine]] = {
    "started_at": min,
    "answered_at": min,
    "ended_at": max,
    "talk_s": max,
    "duration_s": max,
    "channel": max,
}
"""Of legs, which overlap: the earliest, the latest, the longest; web before phone."""


def combine(all_legs: Mapping[str, Leg], *, talked: bool) -> dict[str, Any]:
    """Return the facts that the legs of the least tier have together; *talked*: somebody is known to have talked."""
    if not all_legs:
        return {}
    least = min(_tier(leg) for leg in all_legs.values())
    legs = sorted((leg_id, leg) for leg_id, leg in all_legs.items() if _tier(leg) == least)
    told = {name: value for name, most in EXTREMES.items() if (value := _extreme(legs, name, most)) is not None}
    if len(legs) > 1 and "started_at" in told and "ended_at" in told:
        told.pop("duration_s", None)
    return _closed(all_legs) | told | _parties(legs) | _end(legs, talked=talked) | _cost(legs)


def _closed(all_legs: Mapping[str, Leg]) -> dict[str, Any]:
    """Return when and why the room closed, which holds where no party's own end is known: its leaving may get lost."""
    room = next((leg for _, leg in sorted(all_legs.items()) if _tier(leg) == _STAND_IN), {})
    return {name: room[name].value for name in ("ended_at", "end_reason") if name in room}


def _tier(leg: Leg) -> int:
    return leg["tier"].value if "tier" in leg else 0


def _extreme(legs: Sequence[tuple[str, Leg]], name: str, most: Combine) -> Any:
    values = [leg[name].value for _, leg in legs if name in leg]
    return most(values) if values else None


def _by_start(legs: Sequence[tuple[str, Leg]]) -> list[Leg]:
    def start(row: tuple[str, Leg]) -> tuple[float, str]:
        return (row[1]["started_at"].value if "started_at" in row[1] else _NEVER), row[0]

    return [leg for _, leg in sorted(legs, key=start)]


def _parties(legs: Sequence[tuple[str, Leg]]) -> dict[str, Any]:
    """Return who called whom: all of it from one leg, the first that names a party."""
    for leg in _by_start(legs):
        if named := {name: leg[name].value for name in _PARTIES if name in leg}:
            return named
    return {}


def _end(legs: Sequence[tuple[str, Leg]], *, talked: bool) -> dict[str, Any]:
    """Return outcome, end word and who took it of the leg that ended best, the later said where two are alike."""

    def goodness(row: tuple[str, Leg]) -> tuple[int, OrderKey, str]:
        register = row[1].get("outcome")
        if register is None:
            return -1, _NOWHERE, row[0]
        return _BEST.get(_outcome(row[1], talked=talked), 0), register.key, row[0]

    ranked = [leg for _, leg in sorted(legs, key=goodness, reverse=True)]
    told = {"is_voicemail": ranked[0]["is_voicemail"].value} if "is_voicemail" in ranked[0] else {}
    if "outcome" in ranked[0]:
        told["outcome"] = _outcome(ranked[0], talked=talked)
    word = next((leg["end_reason"].value for leg in ranked if "end_reason" in leg), None)
    return told if word is None else {**told, "end_reason": word}


def _outcome(leg: Leg, *, talked: bool) -> Any:
    word = leg["outcome"].value
    if word == UNKNOWN_END:
        word = Outcome.ANSWERED if talked or _talked(leg) else Outcome.SYSTEM_ERROR
    if word == Outcome.ANSWERED and "is_voicemail" in leg and leg["is_voicemail"].value:
        word = Outcome.VOICEMAIL
    return str(word)


def _talked(leg: Leg) -> bool:
    """Say whether the leg was answered for some time, as told or from its answer to its end."""
    if "talk_s" in leg:
        return bool(leg["talk_s"].value > 0)
    return "answered_at" in leg and "ended_at" in leg and bool(leg["answered_at"].value < leg["ended_at"].value)


def _cost(legs: Sequence[tuple[str, Leg]]) -> dict[str, Any]:
    """Return the sum of the legs' costs in the currency of the first; another currency is never added to it."""
    costs = [leg["cost"].value for leg in _by_start(legs) if "cost" in leg]
    if not costs[1:]:
        return {"cost": costs[0]} if costs else {}
    alike = [cost for cost in costs if cost["currency"] == costs[0]["currency"]]
    total = sum(cost["micros"] for cost in alike)
    if abs(total) > LARGEST:
        return {}
    parts: dict[str, int] = {}
    for cost in alike:
        for kind, part in cost.get("parts", {}).items():
            parts[kind] = parts.get(kind, 0) + part["micros"]
    told = {kind: {"micros": value, "raw": decimal_text(value)} for kind, value in sorted(parts.items())}
    return {"cost": {"micros": total, "currency": costs[0]["currency"], "raw": decimal_text(total), "parts": told}}
