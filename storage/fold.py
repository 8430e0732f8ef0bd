"""Fold updates into a call's registers: per fact the value that the greatest order key gave. Pure; no clock, no store.

Taking the greatest is commutative, associative and idempotent, so any order and repetition of updates gives the same
registers (ADR 2).
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from schemas.update import OrderKey
from schemas.words import Stage
from storage.flatten import Said
from storage.spelling import spelled_out

_STAGES: Final = {stage: number for number, stage in enumerate(Stage)}
ENDED: Final = _STAGES[Stage.ENDED]
_PLAIN: Final = msgspec.json.Encoder(decimal_format="number")


class Register(NamedTuple):
    """One fact and where in the order it was said."""

    key: OrderKey
    value: Any


class Registers(msgspec.Struct, frozen=True):
    """All that a call's events said: how far its life went, when the first was received (epoch ms), each fact."""

    stage: int
    received_ms: int
    facts: Mapping[str, Register]

    @property
    def ended(self) -> bool:
        """Whether some event said that the call is over."""
        return self.stage == ENDED

    def values(self) -> dict[str, Any]:
        """Return the facts without their order."""
        return {name: register.value for name, register in self.facts.items()}


class _Packed(msgspec.Struct, array_like=True, frozen=True):
    """The stored form: each order key once, facts refer to it by index; sorted, so that equal means equal bytes."""

    stage: int
    received_ms: int
    keys: list[OrderKey]
    facts: dict[str, tuple[int, Any]]


class Behind(NamedTuple):
    """The facts of a call that lists do not show; of what was said the name of its part."""

    turns: Mapping[str, Any] | None = None
    transcript: Mapping[str, Any] | None = None
    extracted: Any = None

    @property
    def heard(self) -> frozenset[str]:
        """The names of the parts that hold turns and transcript."""
        return frozenset(place["ref"] for place in (self.turns, self.transcript) if place)


_Fact = tuple[int, Any]


class _Few(msgspec.Struct, frozen=True):
    turns: _Fact = (0, None)
    transcript: _Fact = (0, None)
    extracted: _Fact = (0, None)


class _Peek(msgspec.Struct, array_like=True, frozen=True):
    """The stored form, for who looks for a few facts: the others are passed over, a tenth of the time."""

    stage: int
    received_ms: int
    keys: msgspec.Raw
    facts: _Few


_unpack: Final = msgspec.json.Decoder(_Packed).decode
_peek: Final = msgspec.json.Decoder(_Peek).decode


def fold(registers: Registers | None, events: Iterable[Said]) -> Registers:
    """Return *registers* with what *events* said folded in; no registers and no events is a mistake of the caller's."""
    stage, received = (registers.stage, registers.received_ms) if registers else (-1, 0)
    facts = dict(registers.facts) if registers else {}
    for said in events:
        key = said.key
        received = min(received, key.received_ms) if stage >= 0 else key.received_ms
        stage = max(stage, _STAGES[said.stage])
        for name, value in said.facts.items():
            held = facts.get(name)
            # Equal keys are the same event: read again by a better normaliser, its new reading counts.
            if held is None or held.key <= key:
                facts[name] = Register(key, value)
    return Registers(stage=stage, received_ms=received, facts=facts)


def pack(registers: Registers) -> bytes:
    """Return the stored form, the same bytes for the same registers. Raises `UnicodeEncodeError` on lone surrogates."""
    # Most facts share the key object of one event: to tell them apart by identity first saves hashing each.
    held = {id(register.key): register.key for register in registers.facts.values()}
    keys = sorted(set(held.values()))
    place = {identity: keys.index(key) for identity, key in held.items()}
    facts = {name: (place[id(register.key)], register.value) for name, register in sorted(registers.facts.items())}
    return _PLAIN.encode(_Packed(stage=registers.stage, received_ms=registers.received_ms, keys=keys, facts=facts))


def unpack(stored: bytes) -> Registers:
    """Return the registers that `pack` stored."""
    packed = _unpack(stored)
    facts = {name: Register(packed.keys[place], value) for name, (place, value) in packed.facts.items()}
    return Registers(stage=packed.stage, received_ms=packed.received_ms, facts=facts)


def peek(stored: bytes) -> Behind:
    """Return what `pack` stored of the facts that lists do not show."""
    facts = _peek(stored).facts
    return Behind(facts.turns[1], facts.transcript[1], facts.extracted[1])


def settle(registers: Registers) -> tuple[Registers, bytes]:
    """Return *registers* and their stored form; what UTF-8 cannot say (lone surrogates) is spelled out in both."""
    try:
        return registers, pack(registers)
    except UnicodeEncodeError:
        facts = {
            spelled_out(name): Register(register.key, spelled_out(register.value))
            for name, register in registers.facts.items()
        }
        clean = Registers(stage=registers.stage, received_ms=registers.received_ms, facts=facts)
        return clean, pack(clean)
