"""Vapi: what its reports say in more than one place is found wherever it is said."""

import json
from typing import Any

import pytest

from schemas.update import Facts
from schemas.words import Platform, Role
from tests.webhooks import FIXTURES, make_event
from workers.platforms.vapi import normalise

REPORT = FIXTURES / Platform.VAPI / "end-of-call-report.json"
SAID = "AI: Hello.\nUser: Wrong number.\n"
PROMPT = {"role": "system", "message": "[cut]", "time": 1_789_000_000_876}


def report(artifact: dict[str, Any], **message: Any) -> Facts:
    """Return what the recorded report says with these members of its own, and *artifact* in place of its artifact."""
    body = json.loads(REPORT.read_bytes())
    body["message"] |= {"artifact": artifact, "messages": [], "transcript": None, **message}
    facts = normalise(make_event(json.dumps(body).encode(), Platform.VAPI))
    assert facts is not None
    return facts


def test_the_transcript_beside_the_artifact_is_read_though_the_turns_are_in_it() -> None:
    facts = report({"messages": [PROMPT, {"role": "user", "message": "Hi."}]}, transcript=SAID)

    assert facts.transcript == SAID
    assert [turn.text for turn in facts.turns] == ["Hi."]


@pytest.mark.parametrize(("artifact", "beside"), [({"transcript": SAID}, None), ({}, SAID)])
def test_a_list_that_holds_the_prompt_alone_does_not_hide_what_was_said(
    artifact: dict[str, Any], beside: str | None
) -> None:
    facts = report({"messages": [PROMPT], **artifact}, transcript=beside)

    assert [(turn.role, turn.text) for turn in facts.turns] == [
        (Role.AGENT, "Hello."),
        (Role.CUSTOMER, "Wrong number."),
    ]


@pytest.mark.parametrize(("words", "tools"), [("message", "toolCalls"), ("content", "tool_calls")])
def test_a_message_may_hold_words_and_the_tools_called_with_them(words: str, tools: str) -> None:
    called = {"id": "t-1", "type": "function", "function": {"name": "move", "arguments": '{"day":"Friday"}'}}

    facts = report({"messages": [{"role": "assistant", words: "One moment.", tools: [called]}]})

    assert [(turn.role, turn.text) for turn in facts.turns] == [
        (Role.AGENT, "One moment."),
        (Role.TOOL, 'move({"day":"Friday"})'),
    ]
