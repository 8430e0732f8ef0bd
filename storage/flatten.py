"""Take an update's facts apart into named values, each of which is folded on its own. Pure.

None, "", [] and {} say nothing and never enter; False and 0 are values. What no document can hold (numbers beyond
64 bits, infinities, negative durations) says nothing either. Times become epoch milliseconds: values are plain JSON.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any, Final, NamedTuple

import msgspec

from schemas.money import LARGEST
from schemas.update import CallUpdate, Facts, Leg, Media, OrderKey
from schemas.words import Outcome, Role, Stage
from storage.parts import Parts, media_ref, part_ref
from storage.spelling import spelled_out

UNKNOWN_END: Final = "?"
"""The outcome of an end word that is in no table; competes with known outcomes by order."""
BY_PARTIES: Final = "#"
"""The outcome of an end that says nothing but by who took part."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_SPOKEN: Final = frozenset({Role.AGENT, Role.CUSTOMER})

Value = Any  # plain JSON: what `msgspec.json` reads back as it was written
Convert = Callable[[Any], Value]


def to_ms(at: datetime) -> int:
    """Return *at* as epoch milliseconds; a time without zone is UTC."""
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH) // _MS


def to_time(ms: int) -> datetime:
    """Return epoch milliseconds as UTC; raises `OverflowError` outside the years 1 to 9999."""
    return _EPOCH + ms * _MS


def whole_ms(time: datetime) -> datetime:
    """Return *time* without what is shorter than a millisecond: no store keeps it."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _seconds(value: float) -> Value:
    return round(float(value), 3) if isfinite(value) and value >= 0 else None


def _count(value: int) -> Value:
    return value if -LARGEST <= value <= LARGEST else None


def _outcome(value: Outcome) -> Value:
    # What goes on is told by the stage: a call that has ended never goes back.
    return None if value is Outcome.IN_PROGRESS else str(value)


def _plain(value: Any) -> Value:
    return msgspec.to_builtins(value)


SCALARS: Final[Mapping[str, Convert]] = {
    **dict.fromkeys(("created_at", "started_at", "answered_at", "ended_at"), to_ms),
    **dict.fromkeys(
        ("duration_s", "talk_s", "billed_s", "audio_s", "ringing_s", "record_s", "wait_s", "hold_s"), _seconds
    ),
    **dict.fromkeys(("rounds", "redials", "task_id", "tier"), _count),
    **dict.fromkeys(("is_voicemail", "is_auto_call", "success", "existing_patient"), bool),
    **dict.fromkeys(("title", "direction", "channel", "from_", "to", "customer_number", "line_number"), str),
    **dict.fromkeys(("extension", "queue", "end_reason", "ended_by", "summary", "carrier"), str),
    **dict.fromkeys(("reason", "reason_detail", "callback_pref", "preferred_person", "note", "env"), str),
    **dict.fromkeys(("forward", "cost", "intent", "concerns", "tags"), _plain),
    "extracted": lambda value: value,  # plain JSON already, and long
    "outcome": _outcome,
}
"""How a fact that is folded whole becomes a plain value; leg facts of the same names likewise."""

MEMBERS: Final = ("unit", "agent", "batch", "customer")
"""Folded member by member: one event knows an agent's name, another its id."""

_FACTS: Final = tuple(
    (f.name, f.encode_name, SCALARS[f.name]) for f in msgspec.structs.fields(Facts) if f.name in SCALARS
)
_LEG: Final = tuple((f.name, f.encode_name, SCALARS[f.name]) for f in msgspec.structs.fields(Leg) if f.name in SCALARS)


class Said(NamedTuple):
    """What one event said, by register name, and where in the order; its long parts by name, packed."""

    key: OrderKey
    stage: Stage
    facts: Mapping[str, Value]
    parts: Mapping[str, bytes]
    media: Mapping[str, Media]


def flatten(update: CallUpdate) -> Said:
    """Return what *update* says."""
    facts = update.facts
    key = update.order._replace(event_id=spelled_out(update.order.event_id))
    packed = Parts(facts.turns, facts.transcript).pack() if facts.turns or facts.transcript else b""
    ref = part_ref(key, packed)
    media = [(channel, media_ref(key, one.content), one) for channel, one in facts.media.items() if one.content]
    told = dict(_told(facts, _FACTS))
    told.update(_defaults(update))
    told.update(_grouped(facts))
    told.update(_heard(facts, ref=ref))
    for channel, place, one in media:
        told[f"media.{channel}"] = {"ref": place, "content_type": one.content_type, "size": len(one.content)}
    return Said(
        key=key,
        stage=facts.stage,
        facts={name: value for name, value in told.items() if value or value == 0},  # False and 0 are values
        parts={ref: packed} if packed else {},
        media={place: one for _, place, one in media},
    )


def _grouped(facts: Facts) -> Iterator[tuple[str, Value]]:
    """Yield what is folded by member, channel, key or leg."""
    for group in MEMBERS:
        if (members := getattr(facts, group)) is not None:
            yield from _members(group, members)
    for channel, url in facts.recording.items():
        yield f"recording.{channel}", url
    for name, value in facts.ext.items():
        yield f"ext.{name}", value
    for leg_id, leg in facts.legs.items():
        yield from _leg(f"legs.{leg_id}.", leg)
    if facts.unknown_end and facts.outcome is None:
        yield "outcome", UNKNOWN_END
    elif facts.by_parties and facts.outcome is None:
        yield "outcome", BY_PARTIES


def _told(source: Any, rows: tuple[tuple[str, str, Convert], ...]) -> Iterator[tuple[str, Value]]:
    for attribute, name, convert in rows:
        value = getattr(source, attribute)
        if value is not None and (value := convert(value)) is not None:
            yield name, value


def _members(name: str, group: Any) -> Iterator[tuple[str, Value]]:
    for member in group.__struct_fields__:
        value = getattr(group, member)
        if value is not None:
            yield f"{name}.{member}", to_ms(value) if isinstance(value, datetime) else _plain(value)


def _leg(prefix: str, leg: Leg) -> Iterator[tuple[str, Value]]:
    named = dict(_told(leg, _LEG))
    if leg.unknown_end and leg.outcome is None:
        named["outcome"] = UNKNOWN_END
    return ((prefix + name, value) for name, value in named.items())


def _defaults(update: CallUpdate) -> Iterator[tuple[str, Value]]:
    """Yield what the connection says, in registers of their own: every platform's fact is above them."""
    defaults = update.defaults
    for name in ("unit", "agent", "batch"):
        yield f"default.{name}", getattr(defaults, name)
    for key, value in defaults.metadata.items():
        yield f"default.metadata.{key}", value


def _heard(facts: Facts, *, ref: str) -> Iterator[tuple[str, Value]]:
    """Yield what the document itself keeps of the long parts: where they are, and what is asked of them."""
    if facts.turns:
        words = any(turn.role in _SPOKEN and turn.text.strip() for turn in facts.turns)
        customers = [turn.role for turn in facts.turns].count(Role.CUSTOMER)
        yield "turns", {"ref": ref, "count": len(facts.turns), "customers": customers, "words": words}
    if facts.transcript:
        yield "transcript", {"ref": ref, "words": bool(facts.transcript.strip())}
