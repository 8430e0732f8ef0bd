"""What registers mean: each rule of the rulings has a test named for it."""

from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given

from schemas.call import Agent, Unit
from schemas.envelope import Defaults
from schemas.money import Amount, Cost
from schemas.update import CallUpdate, Leg, Media
from schemas.words import CostPart, Direction, Outcome, Platform, RecordingChannel, Role, Stage
from storage.derive import AS_TOLD, ext, recordings
from storage.document import Identity, folded
from storage.flatten import to_ms
from storage.numbers import e164, spellings
from storage.told import tell
from storage.tombstones import erased_keys
from tests.pure.storage.updates import at, derived, histories, make_update, registers_of, say


def call(**said: Any) -> dict[str, Any]:
    """Return what one ended event that says *said* comes to."""
    return derived(registers_of([make_update(**{"stage": Stage.ENDED, **said})]))


def ms(time: datetime) -> int:
    return to_ms(time)


def test_a_call_is_in_progress_until_it_ended() -> None:
    assert call(stage=Stage.PROGRESS)["outcome"] == "in_progress"
    assert call(stage=Stage.NOTE)["outcome"] == "in_progress"


def test_an_outcome_tells_more_than_the_stage() -> None:
    assert call(stage=Stage.PROGRESS, outcome=Outcome.BUSY)["outcome"] == "busy"


def test_a_call_that_ended_without_outcome_has_none() -> None:
    assert "outcome" not in call()


def test_a_hangup_without_cdr_leaves_the_call_in_progress_with_its_end() -> None:
    told = call(stage=Stage.PROGRESS, ended_at=at(5))

    assert (told["outcome"], told["ended_at"]) == ("in_progress", ms(at(5)))


def test_voicemail_is_more_specific_than_answered() -> None:
    assert call(outcome=Outcome.ANSWERED, is_voicemail=True)["outcome"] == "voicemail"
    assert call(outcome=Outcome.BUSY, is_voicemail=True)["outcome"] == "busy"
    assert call(outcome=Outcome.ANSWERED, is_voicemail=False)["outcome"] == "answered"


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({}, "system_error"),
        ({"talk_s": 0.0}, "system_error"),
        ({"turns": [say(Role.AGENT, "hello?")]}, "system_error"),
        ({"duration_s": 9.0}, "system_error"),
        ({"talk_s": 1.0}, "answered"),
        ({"billed_s": 1.0}, "answered"),
        ({"audio_s": 1.0}, "answered"),
        ({"turns": [say(Role.CUSTOMER, "hello?")]}, "answered"),
    ],
    ids=repr,
)
def test_an_unknown_end_is_answered_if_somebody_talked(said: dict[str, Any], outcome: str) -> None:
    assert call(unknown_end=True, **said)["outcome"] == outcome


@pytest.mark.parametrize(
    ("said", "talk"),
    [
        ({"talk_s": 5.0, "billed_s": 6.0, "audio_s": 7.0, "duration_s": 60.0}, 5.0),
        ({"billed_s": 6.0, "audio_s": 7.0, "duration_s": 60.0}, 6.0),
        ({"audio_s": 7.0, "duration_s": 60.0}, 7.0),
        ({"duration_s": 60.0, "ringing_s": 12.5}, 47.5),
        ({"duration_s": 6.0, "ringing_s": 12.5}, 0.0),
        ({"duration_s": 60.0}, 60.0),
        ({"started_at": at(0), "ended_at": at(7.125)}, 7.125),
        ({"started_at": at(0), "answered_at": at(5), "ended_at": at(60)}, 55.0),
        ({"started_at": at(5), "answered_at": at(0), "ended_at": at(60)}, 55.0),
        ({"started_at": at(0), "answered_at": at(5), "ringing_s": 1.0, "duration_s": 60.0}, 59.0),
        ({}, 0.0),
    ],
    ids=repr,
)
def test_talk_time_takes_the_best_measure(said: dict[str, Any], talk: float) -> None:
    assert call(outcome=Outcome.ANSWERED, **said)["talk_s"] == talk


def test_only_an_answered_call_has_talk_time() -> None:
    assert call(outcome=Outcome.VOICEMAIL, talk_s=5.0)["talk_s"] == 0.0
    assert call(outcome=Outcome.NO_ANSWER, duration_s=5.0)["talk_s"] == 0.0


def test_duration_is_the_platforms_total_else_start_to_end() -> None:
    assert call(duration_s=4.0, started_at=at(0), ended_at=at(9))["duration_s"] == 4.0
    assert call(started_at=at(0), ended_at=at(9))["duration_s"] == 9.0
    assert "duration_s" not in call(started_at=at(0))
    assert "duration_s" not in call(started_at=at(9), ended_at=at(0))


def test_durations_are_rounded_to_the_millisecond() -> None:
    assert call(duration_s=61.0004)["duration_s"] == 61.0


@pytest.mark.parametrize(
    ("direction", "customer", "line"),
    [(Direction.INBOUND, "a", "b"), (Direction.OUTBOUND, "b", "a"), (Direction.LOCAL, "b", "a"), (None, None, None)],
)
def test_the_direction_tells_the_customers_side(direction: Direction | None, customer: str, line: str) -> None:
    told = call(direction=direction, from_="a", to="b")

    assert (told.get("customer_number"), told.get("line_number")) == (customer, line)
    assert (told["from"], told["to"]) == ("a", "b")


def test_without_direction_the_known_party_is_the_customer() -> None:
    assert call(customer_number="+33612345678")["customer_e164"] == "+33612345678"


@pytest.mark.parametrize(
    ("number", "twin"),
    [
        ("+33612345678", "+33612345678"),
        ("+33 6 12-34.56 (78)", "+33612345678"),
        ("0033612345678", "+33612345678"),
        ("33612345678", "+33612345678"),
        ("0612345678", None),
        ("1234567", None),
        ("1234567890123456", None),
        ("sip:bob@example.org", None),
        ("sip:+15555550142@trunk.example.com;transport=tls", "+15555550142"),
        ("tel:+33-6-12-34-56-78", "+33612345678"),
        ("sip:101@pbx.example.org", None),
        ("sip:+@example.org", None),
        ("+0123456789", None),
        ("", None),
        ("٠١٢٣٤٥٦٧٨٩", None),
    ],
)
def test_e164_where_the_digits_alone_tell_it(number: str, twin: str | None) -> None:
    assert e164(number) == twin
    assert set(spellings(number)) == {spelling for spelling in (number, twin) if spelling}


@pytest.mark.parametrize(
    ("number", "twin"),
    [
        ("13900000001", "+8613900000001"),
        ("8613900000001", "+8613900000001"),
        ("075583765566", "+8675583765566"),
        ("+14155550100", "+14155550100"),
        ("0085223456789", "+85223456789"),
        ("10086", None),
        ("12345678", None),
    ],
)
def test_e164_of_a_platform_whose_numbers_are_national(number: str, twin: str | None) -> None:
    assert e164(number, zone="Asia/Shanghai") == twin


def test_a_call_of_tanyi_is_found_and_erased_by_its_number_in_china() -> None:
    update = make_update(platform=Platform.TANYI, direction=Direction.OUTBOUND, to="13900000001")

    kept = folded(None, [update], identity=Identity.of(update))

    assert kept is not None
    assert kept.document["customer_e164"] == "+8613900000001"
    assert kept.document["keys"]["customer"] == ["13900000001", "+8613900000001"]
    assert not set(erased_keys("+8613900000001")).isdisjoint(kept.document["keys"]["numbers"])


def test_a_national_number_is_asked_for_without_its_punctuation() -> None:
    assert spellings("06 12-34.56 (78)") == ["06 12-34.56 (78)", "0612345678"]
    assert spellings("139 0000-0001", zone="Asia/Shanghai") == ["139 0000-0001", "13900000001", "+8613900000001"]
    assert spellings("+33 1-2") == ["+33 1-2", "+3312"]


def test_rounds_are_the_platforms_else_the_customers_turns() -> None:
    turns = [say(Role.CUSTOMER, "a"), say(Role.AGENT, "b"), say(Role.CUSTOMER, "c")]

    assert call(turns=turns)["rounds"] == 2
    assert call(turns=turns, rounds=7)["rounds"] == 7
    assert "rounds" not in call()


def test_a_transcript_has_words() -> None:
    assert call(turns=[say(Role.AGENT, "hi")])["has_transcript"]
    assert call(transcript="hi")["has_transcript"]
    assert not call(turns=[say(Role.SYSTEM, "prompt"), say(Role.AGENT, " ")])["has_transcript"]
    assert not call()["has_transcript"]


def test_a_recording_that_we_keep_comes_before_the_platforms() -> None:
    update = make_update(
        recording={RecordingChannel.FULL: "https://x/f", RecordingChannel.AGENT: "https://x/a"},
        media={RecordingChannel.FULL: Media("audio/mpeg", b"mp3")},
    )
    registers = registers_of([update])

    assert derived(registers)["has_recording"]
    assert recordings(tell(registers), uid="U") == {"full": "/v1/calls/U/recordings/full", "agent": "https://x/a"}


def test_created_is_the_platforms_time_else_the_first_arrival() -> None:
    assert call(created_at=at(1))["created_at"] == ms(at(1))
    assert call(received=30)["created_at"] == ms(at(30))


def test_the_connection_stands_in_where_the_platform_names_none() -> None:
    defaults = Defaults(unit="7", agent="bot", metadata={"team": "x", "b": 1})
    update = make_update(unit=Unit(id="1"), agent=Agent(name="Ada"), ext={"b": 2}, defaults=defaults, rank=0)
    registers = registers_of([update, make_update(defaults=defaults, rank=9, event="e-2")])

    told = derived(registers)

    assert told["unit"] == {"id": "1"}
    assert told["agent"] == {"id": "bot", "name": "Ada"}
    assert ext(tell(registers), platform=Platform.VAPI) == {"vapi": {"team": "x", "b": 2}}


def cost(micros: int, currency: str = "USD") -> Cost:
    return Cost(
        micros=micros, currency=currency, raw=str(micros), parts={CostPart.TELEPHONY: Amount(micros, str(micros))}
    )


def test_legs_are_combined() -> None:
    first = Leg(
        direction=Direction.INBOUND, from_="+33612345678", to="+33100000000", started_at=at(0), ended_at=at(50),
        outcome=Outcome.NO_ANSWER, end_reason="timeout", cost=cost(5), talk_s=3.0,
    )  # fmt: skip
    second = Leg(
        direction=Direction.OUTBOUND, from_="x", to="y", started_at=at(10), answered_at=at(12), ended_at=at(60),
        outcome=Outcome.ANSWERED, end_reason="normal_clearing", cost=cost(7), talk_s=48.0,
    )  # fmt: skip

    told = call(legs={"b": first, "a": second})

    assert told["started_at"] == ms(at(0))
    assert (told["answered_at"], told["ended_at"], told["duration_s"], told["talk_s"]) == (
        ms(at(12)), ms(at(60)), 60.0, 48.0,
    )  # fmt: skip
    assert (told["direction"], told["from"], told["customer_number"]) == ("inbound", "+33612345678", "+33612345678")
    assert (told["outcome"], told["end_reason"]) == ("answered", "normal_clearing")
    assert told["cost"]["micros"] == 12
    assert told["cost"]["parts"] == {"telephony": {"micros": 12, "raw": "0.000012"}}


def test_costs_of_two_currencies_are_never_added() -> None:
    legs = {
        "a": Leg(started_at=at(1), cost=cost(5, "EUR")),
        "b": Leg(started_at=at(0), cost=cost(7)),
        "c": Leg(started_at=at(2), cost=cost(1)),
    }

    assert (call(legs=legs)["cost"]["currency"], call(legs=legs)["cost"]["micros"]) == ("USD", 8)


def test_what_is_said_of_the_call_wins_over_its_legs() -> None:
    leg = Leg(started_at=at(0), ended_at=at(9), outcome=Outcome.ANSWERED, cost=cost(5), talk_s=9.0)

    told = call(legs={"a": leg}, cost=cost(8), ended_at=at(7), billed_s=6.0)

    assert (told["cost"]["micros"], told["ended_at"], told["talk_s"]) == (8, ms(at(7)), 6.0)


def test_a_stand_in_counts_only_where_there_is_no_better_leg() -> None:
    room = Leg(tier=2, started_at=at(0), ended_at=at(90), end_reason="room closed")
    phone = Leg(tier=0, started_at=at(5), ended_at=at(60), end_reason="CLIENT_INITIATED")

    assert call(legs={"room": room})["ended_at"] == ms(at(90))
    assert call(legs={"room": room, "phone": phone})["ended_at"] == ms(at(60))
    assert call(legs={"room": room, "phone": phone})["end_reason"] == "CLIENT_INITIATED"


def test_the_rooms_end_is_the_calls_where_no_party_was_seen_to_leave() -> None:
    room = Leg(tier=2, started_at=at(0), ended_at=at(90), end_reason="room closed")
    joined = Leg(tier=0, started_at=at(5))

    told = call(legs={"room": room, "phone": joined})

    assert (told["started_at"], told["ended_at"], told["duration_s"]) == (ms(at(5)), ms(at(90)), 85.0)
    assert told["end_reason"] == "room closed"


def test_the_room_says_why_where_who_left_does_not() -> None:
    room = Leg(tier=2, ended_at=at(90), end_reason="room closed")
    left = Leg(tier=0, started_at=at(5), ended_at=at(60), outcome=Outcome.ANSWERED)

    told = call(legs={"room": room, "phone": left})

    assert (told["ended_at"], told["end_reason"]) == (ms(at(60)), "room closed")


def test_an_unknown_end_of_a_leg_is_answered_if_somebody_talked() -> None:
    assert call(legs={"a": Leg(unknown_end=True)})["outcome"] == "system_error"
    assert call(legs={"a": Leg(unknown_end=True, talk_s=2.0)})["outcome"] == "answered"
    assert call(legs={"a": Leg(unknown_end=True)}, billed_s=2.0)["outcome"] == "answered"


def test_voicemail_of_one_leg_is_better_than_the_rest() -> None:
    legs = {"a": Leg(outcome=Outcome.VOICEMAIL), "b": Leg(outcome=Outcome.BUSY)}

    assert call(legs=legs)["outcome"] == "voicemail"


def test_a_person_who_answered_is_better_than_a_machine_that_took_another_leg() -> None:
    machine = Leg(outcome=Outcome.ANSWERED, is_voicemail=True, started_at=at(0))
    person = Leg(outcome=Outcome.ANSWERED, talk_s=9.0, started_at=at(5))

    assert call(legs={"a": machine})["outcome"] == "voicemail"
    assert call(legs={"a": machine})["is_voicemail"] is True
    assert call(legs={"a": machine, "b": person})["outcome"] == "answered"
    assert "is_voicemail" not in call(legs={"a": machine, "b": person})
    assert call(legs={"a": machine, "b": Leg(outcome=Outcome.BUSY)})["outcome"] == "voicemail"


def test_no_told_fact_is_forgotten() -> None:
    assert len(AS_TOLD) == len(set(AS_TOLD))


@given(histories)
def test_every_history_can_be_derived(history: list[CallUpdate]) -> None:
    told = derived(registers_of(history))

    assert None not in told.values()
    assert told.get("outcome") in {*Outcome, None}
    assert told["talk_s"] >= 0
    assert told["talk_s"] == 0 or told["outcome"] == "answered"
    msgspec.json.encode(told)
