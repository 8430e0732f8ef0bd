"""Folding: the order of arrival, repetition and partition leave no trace; nothing poorer erases anything."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.call import Agent, Customer, Intent
from schemas.envelope import Defaults
from schemas.update import CallUpdate, Facts, Leg
from schemas.words import Outcome, Role, Stage
from storage.flatten import MEMBERS, SCALARS, flatten
from storage.fold import pack, settle, unpack
from tests.pure.storage.updates import at, histories, make_update, registers_of, say


@given(histories, st.randoms(use_true_random=False), st.data())
def test_any_order_repetition_and_partition_gives_the_same_registers(
    history: list[CallUpdate], random: Any, data: st.DataObject
) -> None:
    whole = pack(registers_of(history))

    shuffled = [*history, *random.choices(history, k=3)]
    random.shuffle(shuffled)
    cut = data.draw(st.integers(1, len(shuffled)))
    first = unpack(pack(registers_of(shuffled[:cut])))
    again = pack(registers_of(shuffled[cut:], on=first))

    assert again == whole


@given(histories)
def test_what_was_folded_once_changes_nothing(history: list[CallUpdate]) -> None:
    stored = pack(registers_of(history))

    assert pack(registers_of(history, on=unpack(stored))) == stored


@pytest.mark.parametrize("nothing", [None, "", [], {}], ids=repr)
def test_what_says_nothing_never_erases(nothing: Any) -> None:
    first = make_update(summary="told", ext={"a": 1}, rank=1)
    later = make_update(summary=nothing or None, ext={"a": nothing}, extracted=nothing, rank=2, event="e-2")

    told = registers_of([first, later]).values()

    assert told["summary"] == "told"
    assert told["ext.a"] == 1
    assert "extracted" not in told


def test_false_and_zero_are_values() -> None:
    first = make_update(success=True, redials=2, rank=1)
    later = make_update(success=False, redials=0, rank=2, event="e-2")

    told = registers_of([later, first]).values()

    assert (told["success"], told["redials"]) == (False, 0)


def test_each_member_has_a_winner_of_its_own() -> None:
    first = make_update(agent=Agent(id="a-1", name="Ada"), customer=Customer(first="Bo"), rank=1)
    later = make_update(agent=Agent(name="Ada B."), customer=Customer(last="Ek"), rank=2, event="e-2")

    told = registers_of([first, later]).values()

    assert {name: value for name, value in told.items() if name.partition(".")[0] in MEMBERS} == {
        "agent.id": "a-1",
        "agent.name": "Ada B.",
        "customer.first": "Bo",
        "customer.last": "Ek",
    }


def test_intent_is_extracted_whole() -> None:
    first = make_update(intent=Intent(level="A", label="hot"), rank=1)
    later = make_update(intent=Intent(level="C"), rank=2, event="e-2")

    assert registers_of([first, later]).values()["intent"] == {"level": "C"}


def test_an_unknown_end_competes_with_known_outcomes_by_order() -> None:
    known = make_update(outcome=Outcome.BUSY, rank=1)
    unknown = make_update(unknown_end=True, rank=2, event="e-2")

    assert registers_of([known, unknown]).values()["outcome"] == "?"
    assert registers_of([known, make_update(unknown_end=True, rank=0, event="e-2")]).values()["outcome"] == "busy"


def test_a_call_never_goes_back_and_keeps_its_first_arrival() -> None:
    ended = make_update(stage=Stage.ENDED, received=60)
    late = make_update(stage=Stage.PROGRESS, outcome=Outcome.IN_PROGRESS, received=50, rank=99, event="e-2")

    registers = registers_of([ended, late])

    assert registers.ended
    assert registers.received_ms == late.order.received_ms
    assert "outcome" not in registers.values()


def test_the_connections_defaults_have_registers_of_their_own() -> None:
    update = make_update(defaults=Defaults(unit="7", agent="bot", metadata={"team": "x"}))

    assert registers_of([update]).values() == {
        "default.unit": "7",
        "default.agent": "bot",
        "default.metadata.team": "x",
    }


def test_order_keys_that_no_fact_needs_are_dropped() -> None:
    history = [make_update(summary=str(rank), rank=rank, event=f"e-{rank}") for rank in range(50)]

    assert len(pack(registers_of(history))) < 2 * len(pack(registers_of(history[-1:])))


def test_the_register_of_the_turns_holds_their_counts_only() -> None:
    turns = [say(Role.AGENT, "hi"), say(Role.CUSTOMER, "yes"), say(Role.TOOL, "{}")]

    told = registers_of([make_update(turns=turns)]).values()["turns"]

    assert told.pop("ref")
    assert told == {"count": 3, "customers": 1, "words": True}


def test_lone_surrogates_are_spelled_out() -> None:
    registers, stored = settle(
        registers_of([make_update(summary="a\ud800", ext={"\udc00": ["\udfff"]}, event="\ud801")])
    )

    assert registers.values() == {"summary": "a\\ud800", "ext.\\udc00": ["\\udfff"]}
    assert unpack(stored) == registers


def test_every_fact_is_folded() -> None:
    ends = {"unknown_end", "by_parties"}
    by_hand = {"rank", "at", "stage", "turns", "transcript", "recording", "media", "legs", "ext"} | ends

    assert {f.name for f in msgspec.structs.fields(Facts)} == by_hand | set(MEMBERS) | (set(SCALARS) - {"tier"})
    assert {f.name for f in msgspec.structs.fields(Leg)} - {"unknown_end"} <= set(SCALARS)


@given(histories)
def test_times_durations_and_counts_are_plain_values(history: list[CallUpdate]) -> None:
    for update in history:
        told = flatten(update).facts

        assert msgspec.json.decode(msgspec.json.encode(told)) == told
        assert "rounds" not in told or abs(told["rounds"]) < 2**63
        assert told.get("started_at", 0) in {0, *(round(at(n * 7.125).timestamp() * 1000) for n in range(10))}
