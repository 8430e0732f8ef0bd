"""Our own event: its words are ours already."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

import msgspec

from schemas.call import Agent, Batch, Customer, Forward, Group, Intent, Turn, Unit
from schemas.envelope import Envelope
from schemas.money import Amount, Cost, micros
from schemas.platforms import standard as sent
from schemas.update import Facts
from schemas.words import CostPart, RecordingChannel, Stage
from workers.normaliser import Malformed
from workers.reasons import Aside
from workers.times import sane
from workers.turns import Spoken, number

_STAGES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "call.started": Stage.PROGRESS,
        "call.updated": Stage.NOTE,
        "call.ended": Stage.ENDED,
        "call.analyzed": Stage.ENDED,
    }
)

_STRUCTS: Final[Mapping[str, type[msgspec.Struct]]] = MappingProxyType(
    {"unit": Unit, "agent": Agent, "batch": Batch, "forward": Forward, "intent": Intent, "customer": Customer}
)
_ELSEWHERE: Final = frozenset({"call_id", "cost", "recording", "turns", "tags"})
_COPIED: Final = tuple(field for field in sent.Data.__struct_fields__ if field not in {*_ELSEWHERE, *_STRUCTS})
_WORDS: Final = frozenset({"id", "tag_id"})


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the sender said, each field under its own name. Raises `Malformed`."""
    try:
        body = sent.decode(event.body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(Aside.UNDECODABLE, str(error)) from error
    said = body.data
    structs = {field: _struct(getattr(said, field), kind) for field, kind in _STRUCTS.items()}
    members = _members(said, _COPIED)
    return Facts(
        rank=sent.RANKS[body.type],
        stage=_STAGES[body.type],
        at=sane(body.timestamp),
        cost=_cost(said.cost),
        recording=_recording(said.recording),
        turns=_turns(said.turns or [], started_at=members.get("started_at")),
        tags=[name for tag in said.tags or () if (name := tag if isinstance(tag, str) else tag.name)],
        **structs,
        **members,
    )


def _members(said: sent.Shape, names: tuple[str, ...]) -> dict[str, Any]:
    """Return what is said under these names, as we keep it: times in UTC, ids as text."""
    return {name: _ours(name, value) for name in names if (value := getattr(said, name)) is not None}


def _ours(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return sane(value)
    if isinstance(value, sent.Named):
        return _struct(value, Group)
    return str(value) if name in _WORDS else value


def _struct(said: sent.Shape | None, kind: type[msgspec.Struct]) -> Any:
    return None if said is None else kind(**_members(said, said.__struct_fields__))


def _turns(said: list[sent.Turn], *, started_at: datetime | None) -> list[Turn]:
    spoken = (Spoken(turn.role, turn.text, turn.at_ms, turn.offset_s, turn.interrupted) for turn in said if turn.text)
    return number(spoken, started_at=started_at)


def _cost(cost: sent.Cost | None) -> Cost | None:
    total = _amount(cost.total) if cost else None
    if cost is None or total is None or cost.currency is None:
        return None
    parts = {CostPart(name): part for name, sum_ in _paid(cost.parts) if (part := _amount(sum_))}
    return Cost(micros=total.micros, currency=cost.currency, raw=total.raw, parts=parts)


def _paid(parts: sent.Parts | None) -> Iterator[tuple[str, Decimal | None]]:
    if parts is not None:
        yield from ((name, getattr(parts, name)) for name in parts.__struct_fields__)


def _amount(value: Decimal | None) -> Amount | None:
    exact = None if value is None else micros(str(value))
    return None if exact is None else Amount(exact, f"{value:f}")


def _recording(recording: sent.Recording | None) -> dict[RecordingChannel, str]:
    if recording is None:
        return {}
    urls = {channel: getattr(recording, channel) for channel in RecordingChannel}
    return {channel: url for channel, url in urls.items() if url}
