"""Ruling 10: what was said, in four formats."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.problems import NoTimes
from query.transcripts import FORMATS, cues
from schemas.call import Call, Turn
from schemas.words import Platform, Role

START = datetime(2026, 1, 31, 8, tzinfo=UTC)
ARROW = re.compile(r"^\d\d:\d\d:\d\d[.,]\d{3} --> \d\d:\d\d:\d\d[.,]\d{3}$")


def make_call(*turns: Turn, **facts: object) -> Call:
    known = {"started_at": START, "ended_at": START + timedelta(seconds=10), "created_at": START, "updated_at": START}
    return Call(
        uid="u",
        number=1,
        tenant="acme",
        platform=Platform.VAPI,
        platform_call_id="c",
        turns=list(turns),
        **(known | facts),  # type: ignore[arg-type]  # a test names what it needs
    )


def say(n: int, text: str, offset_s: float | None = None, role: Role = Role.AGENT, at_ms: int | None = None) -> Turn:
    return Turn(n=n, role=role, text=text, offset_s=offset_s, at_ms=at_ms)


def write(name: str, call: Call) -> str:
    return FORMATS[name].write(call).decode()


def test_srt_has_numbered_cues_that_end_with_the_next_and_the_last_with_the_call() -> None:
    call = make_call(say(1, "Hello", 1.0), say(2, "Hi", 3.25, Role.CUSTOMER))

    assert write("srt", call) == (
        "1\n00:00:01,000 --> 00:00:03,250\nAgent: Hello\n\n2\n00:00:03,250 --> 00:00:10,000\nCustomer: Hi\n"
    )


def test_vtt_is_escaped() -> None:
    call = make_call(say(1, "a < b && c --> d", 1.0))

    assert write("vtt", call) == ("WEBVTT\n\n00:00:01.000 --> 00:00:10.000\n<v Agent>a &lt; b &amp;&amp; c -- &gt; d\n")


def test_text_is_one_line_a_turn_without_tools() -> None:
    call = make_call(say(1, "Hello"), say(2, "{}", role=Role.TOOL), say(3, "Hi", role=Role.CUSTOMER))

    assert write("text", call) == "Agent: Hello\nCustomer: Hi\n"
    assert [turn["role"] for turn in json.loads(write("json", call))["turns"]] == ["agent", "tool", "customer"]


def test_cues_are_sorted_by_time_and_last_a_millisecond_at_least() -> None:
    call = make_call(say(1, "late", 5.0), say(2, "early", 1.0), say(3, "same", 5.0))

    assert [(cue.text, cue.start, cue.end) for cue in cues(call)] == [
        ("early", 1000, 5000),
        ("late", 5000, 5001),
        ("same", 5000, 10_000),
    ]


def test_epoch_times_count_from_the_start_of_the_call() -> None:
    at = round(START.timestamp() * 1000)

    assert [cue.start for cue in cues(make_call(say(1, "a", at_ms=at + 1500)))] == [1500]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_a_turn_without_time_is_told(name: str) -> None:
    with pytest.raises(NoTimes, match="Turn 2"):
        write(name, make_call(say(1, "a", 1.0), say(2, "b")))


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_words_without_turns_have_no_times(name: str) -> None:
    with pytest.raises(NoTimes):
        write(name, make_call(transcript="Agent: hello"))


def test_a_call_without_words_is_an_empty_body() -> None:
    call = make_call(say(1, "{}", role=Role.TOOL))

    assert (write("text", call), write("srt", call), write("vtt", call)) == ("", "", "WEBVTT\n")
    assert json.loads(write("json", make_call())) == {"turns": []}


@given(st.lists(st.tuples(st.text(), st.floats(0, 100)), max_size=5))
def test_no_speech_can_break_a_file(said: list[tuple[str, float]]) -> None:
    call = make_call(*(say(n, text, offset) for n, (text, offset) in enumerate(said, 1)))
    count = len(cues(call))

    for name in ("srt", "vtt"):
        blocks = [block for block in write(name, call).removeprefix("WEBVTT\n").split("\n\n") if block.strip("\n")]
        arrows = [line for line in write(name, call).split("\n") if "-->" in line]
        assert len(blocks) == len(arrows) == count
        assert all(ARROW.match(line) for line in arrows)
        assert len(write(name, call).splitlines()) == write(name, call).count("\n")
