"""What the tolerant readers make of anything a sender may write."""

import json
from datetime import UTC, datetime
from typing import Any, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.money import Amount
from schemas.words import CostPart, Outcome, Role
from workers.normaliser import Malformed
from workers.reading import Doc, cost_parts, decode, first, reader
from workers.times import between, epoch_ms, iso, later, rfc2822, unix
from workers.turns import Spoken, number, split
from workers.vocabulary import patterns, role, sip_outcome, success

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


class Lean(TypedDict, total=False):
    a: Any


@given(value=ANYTHING, path=st.lists(st.sampled_from(["a", "b", 0, -1]), max_size=3))
def test_no_reader_ever_raises(value: object, path: list[str | int]) -> None:
    doc = Doc(value)

    readers = [
        "raw",
        "text",
        "word",
        "number",
        "integer",
        "decimal",
        "flag",
        "mapping",
        "json",
        "texts",
        "iso",
        "epoch_ms",
        "seconds",
    ]
    assert [getattr(doc, name)(*path) for name in readers]
    assert doc.at(*path).raw() == doc.raw(*path)
    assert all(isinstance(one, Doc) for one in doc.each(*path))
    assert doc.cost(*path, currency="USD") is None or doc.number(*path) is not None


def test_money_keeps_its_decimal_text() -> None:
    doc = decode(b'{"cost": 0.1325, "cents": 11.9, "text": " 7 ", "huge": 1e400, "word": "free", "yes": true}')

    assert [doc.decimal(name) for name in ("cost", "cents", "text", "huge", "word", "yes")] == [
        "0.1325",
        "11.9",
        "7",
        "1E+400",
        None,
        None,
    ]
    assert doc.cost("huge", currency="USD") is None


def test_a_number_beyond_all_bounds_does_not_stop_the_reader() -> None:
    doc = decode(b'{"a": 1e99999999999999999999, "b": 123456789012345678901234567890, "c": 1e400}')

    assert doc.number("a") is None
    assert doc.integer("b") is None
    assert doc.json("c") == "1E+400"


def test_numbers_that_are_kept_are_ordinary_ones() -> None:
    doc = decode(b'{"a": {"b": [1.5, 2, {"c": 0.1}]}}')

    assert json.dumps(doc.json("a")) == '{"b": [1.5, 2, {"c": 0.1}]}'


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b'"a"', b"null", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed) as raised:
        decode(body)

    assert raised.value.reason == "undecodable"


def test_a_lone_surrogate_a_nul_and_a_byte_order_mark_are_read() -> None:
    doc = decode(b'\xef\xbb\xbf{"a": "\\ud83d", "b": "\\ud83d\\ude00", "c": "x\\u0000y", "d": "\\\\ud83d"}')

    assert [doc.text(name) for name in "abcd"] == ["�", "😀", "x\0y", "\\ud83d"]


def test_a_shape_leaves_out_what_nobody_reads_and_another_form_is_built_whole() -> None:
    lean = reader(dict[str, Lean])

    assert lean(b'{"m": {"a": 1, "long": [1, 2, 3]}}').value == {"m": {"a": 1}}
    assert lean(b'{"m": {"a": 1, "long": []}, "n": 5}').value == {"m": {"a": 1, "long": []}, "n": 5}


@pytest.mark.parametrize("nothing", [None, "", [], {}])
@pytest.mark.parametrize("value", [0, False, "0", [None], {"": 0}])
def test_the_first_value_that_says_something_counts(nothing: object, value: object) -> None:
    assert first(nothing, value, "later") is value
    assert first(nothing) is None


def test_parts_of_one_kind_add_up_before_they_are_rounded() -> None:
    paid = [(CostPart.LLM, "0.0000004"), (CostPart.LLM, "0.0000004"), (CostPart.TTS, "x"), (CostPart.STT, None)]

    assert cost_parts(paid) == {CostPart.LLM: Amount(1, "0.0000004 + 0.0000004")}


@given(ms=st.integers(min_value=epoch_ms(datetime(1990, 1, 1, tzinfo=UTC)), max_value=4_102_444_800_000))
def test_a_time_is_the_same_however_it_is_written(ms: int) -> None:
    time = datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)

    assert epoch_ms(time) == ms
    assert iso(time.isoformat()) == iso(time.isoformat(" ").removesuffix("+00:00")) == time
    assert unix(ms, per_second=1000) == time
    assert rfc2822(time.strftime("%a, %d %b %Y %H:%M:%S +0000")) == time.replace(microsecond=0)


@pytest.mark.parametrize("text", ["", "soon", "0", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-13-01"])
def test_what_is_no_time_of_a_call_is_none(text: str) -> None:
    assert iso(text) is None
    assert rfc2822(text) is None


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 0.0, -1.0, 1e300])
def test_an_epoch_that_is_none_is_none(value: float | None) -> None:
    assert unix(value, per_second=1) is None


def test_spans_need_both_ends_in_order() -> None:
    assert between(NOON, later(NOON, 12.5)) == 12.5
    assert between(later(NOON, 1), NOON) is None
    assert between(None, NOON) is None
    assert later(NOON, 1e300) is None


def test_turns_keep_the_senders_order_unless_every_one_has_a_time() -> None:
    timed = [Spoken(Role.AGENT, "b", offset_s=2), Spoken(Role.CUSTOMER, "a", offset_s=1)]
    partly = [*timed, Spoken(Role.TOOL, "c")]

    assert [turn.text for turn in number(timed)] == ["a", "b"]
    assert [turn.text for turn in number(partly)] == ["b", "a", "c"]
    assert [turn.n for turn in number(partly)] == [1, 2, 3]


def test_a_turns_missing_time_follows_from_the_calls_start() -> None:
    start = epoch_ms(NOON)

    placed = number(
        [Spoken(Role.AGENT, "a", offset_s=1.5), Spoken(Role.AGENT, "b", at_ms=start + 2500)], started_at=NOON
    )

    assert [(turn.at_ms, turn.offset_s) for turn in placed] == [(start + 1500, 1.5), (start + 2500, 2.5)]


@given(at_ms=st.integers(), offset_s=st.floats(allow_nan=False, allow_infinity=False))
def test_a_turn_of_no_possible_time_has_none(at_ms: int, offset_s: float) -> None:
    (turn,) = number([Spoken(Role.AGENT, "a", at_ms, offset_s)], started_at=NOON)

    assert turn.at_ms is None or 0 < turn.at_ms < 2**43
    assert turn.offset_s is None or abs(turn.offset_s) < 2**43


def test_a_transcript_is_split_at_its_role_marks_only() -> None:
    spoken = split("AI: Bonjour\nNote: pas un rôle\nUser: Oui: merci\n\nAI:\n")

    assert [(one.role, one.text) for one in spoken] == [
        (Role.AGENT, "Bonjour\nNote: pas un rôle"),
        (Role.CUSTOMER, "Oui: merci"),
    ]
    assert split("no marks at all") == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("bot", Role.AGENT), ("ROBOT", Role.AGENT), (" User ", Role.CUSTOMER), ("dtmf", Role.SYSTEM), (None, Role.SYSTEM)],
)
def test_a_role_that_nobody_knows_is_the_systems(word: object, expected: Role) -> None:
    assert role(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("Pass", True), (True, True), ("poor", False), ("7", None), (1, None), ("80%", None), (None, None)],
)
def test_success_is_told_by_words_not_by_scales(word: object, expected: bool | None) -> None:  # noqa: FBT001 - a row
    assert success(word) is expected


@pytest.mark.parametrize(
    ("code", "expected"), [(486, Outcome.BUSY), ("404", Outcome.INVALID_NUMBER), (200, None), ("x", None), (None, None)]
)
def test_a_sip_status_tells_why_nobody_answered(code: object, expected: Outcome | None) -> None:
    assert sip_outcome(code) == expected


def test_the_first_pattern_that_fits_counts_and_is_matched_whole() -> None:
    meaning = patterns([("a-*-z", 1), ("a*", 2)])

    assert [meaning(word) for word in ("a-b-z", "a-b-zz", "ba-b-z", "")] == [1, 2, None, None]
