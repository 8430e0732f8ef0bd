"""Telnyx: what one of a call's many events tells, the later ones that are silent about it leave alone."""

import json
from typing import Any

import pytest

from schemas.words import Channel, Outcome, Platform, Role
from tests.pure.storage.updates import derived, make_update, registers_of
from tests.webhooks import FIXTURES, make_event
from workers.platforms.telnyx import normalise

EVENTS = [
    f"call.{name}.json"
    for name in (
        "initiated",
        "hangup-normal_clearing",
        "recording.saved",
        "conversation_insights.generated",
        "cost",
        "analyzed",
    )
]


def call(*names: str, **told: Any) -> dict[str, Any]:
    """Return the call that the events *names* make, the last of which says *told* too."""
    bodies = [json.loads((FIXTURES / Platform.TELNYX / name).read_bytes()) for name in names]
    bodies[-1]["data"]["payload"] |= told
    facts = [normalise(make_event(json.dumps(body).encode(), Platform.TELNYX)) for body in bodies]
    return derived(registers_of(make_update(one, platform=Platform.TELNYX) for one in facts))


@pytest.mark.parametrize(("party", "channel"), [("pstn", Channel.PHONE), ("webrtc", Channel.WEB)])
def test_events_that_tell_no_channel_do_not_speak_against_the_one_that_does(party: str, channel: Channel) -> None:
    assert call(*EVENTS, "call.conversation.ended.json", calling_party_type=party)["channel"] == channel


@pytest.mark.parametrize("name", EVENTS)
def test_a_call_of_which_no_channel_is_told_was_by_telephone(name: str) -> None:
    assert call(name)["channel"] == Channel.PHONE


@pytest.mark.parametrize(
    ("before", "outcome"), [([], Outcome.SYSTEM_ERROR), (["call.answered.json"], Outcome.ANSWERED)]
)
def test_an_unknown_hangup_cause_is_answered_if_the_leg_was(before: list[str], outcome: Outcome) -> None:
    assert call(*before, "call.hangup-normal_clearing.json", hangup_cause="teleported")["outcome"] == outcome


def test_a_message_may_hold_words_and_the_tools_called_with_them() -> None:
    body = json.loads((FIXTURES / Platform.TELNYX / "call.conversation.ended.json").read_bytes())
    called = {"id": "t-1", "type": "function", "function": {"name": "move", "arguments": '{"day":"Friday"}'}}
    said = {"role": "assistant", "content": "One moment.", "tool_calls": [called]}
    prompt = {"role": "developer", "content": "Be brief.", "tool_calls": [called]}
    body["data"]["payload"]["messages"] = [prompt, said, {"role": "tool", "content": "moved", "tool_call_id": "t-1"}]

    facts = normalise(make_event(json.dumps(body).encode(), Platform.TELNYX))

    assert facts is not None
    assert [(turn.role, turn.text) for turn in facts.turns] == [
        (Role.AGENT, "One moment."),
        (Role.TOOL, 'move({"day":"Friday"})'),
        (Role.TOOL, "moved"),
    ]
