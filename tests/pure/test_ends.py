"""How each platform's end words map to outcomes."""

import json

import pytest

from schemas.platforms import retell, vapi
from schemas.words import Outcome
from tests.webhooks import FIXTURES
from workers.vocabulary import patterns

VAPI_WORDS = json.loads((FIXTURES / "enums" / "vapi-endedReason.json").read_text())

VAPI_EXPECTED: dict[Outcome, str] = {
    Outcome.ANSWERED: """assistant-ended-call
        assistant-ended-call-after-message-spoken assistant-ended-call-with-hangup-task
        assistant-forwarded-call assistant-said-end-call-phrase call.ending.hook-executed-say
        call.ending.hook-executed-transfer call.forwarding.no-answer call.forwarding.operator-busy
        call.in-progress.error-transfer-failed call.in-progress.error-warm-transfer-assistant-cancelled
        call.in-progress.error-warm-transfer-max-duration
        call.in-progress.error-warm-transfer-microphone-timeout
        call.in-progress.error-warm-transfer-silence-timeout call.in-progress.sip-completed-call
        call.in-progress.twilio-completed-call call.ringing.hook-executed-say
        call.ringing.hook-executed-transfer customer-ended-call
        customer-ended-call-after-warm-transfer-attempt customer-ended-call-before-warm-transfer
        customer-ended-call-during-transfer exceeded-max-duration silence-timed-out vonage-completed""",
    Outcome.NO_ANSWER: """assistant-join-timed-out
        customer-did-not-answer customer-did-not-give-microphone-permission""",
    Outcome.BUSY: "customer-busy",
    Outcome.REJECTED: "vonage-rejected",
    Outcome.VOICEMAIL: "voicemail",
    Outcome.CANCELED: """call-deleted call.ringing.sip-inbound-caller-hungup-before-call-connect manually-canceled
        scheduled-call-deleted""",
    Outcome.INVALID_NUMBER: "sip-outbound-unallocated-number twilio-reported-customer-misdialed",
    Outcome.UNREACHABLE: """call.in-progress.error-sip-inbound-call-failed-to-connect
        call.in-progress.error-sip-outbound-call-failed-to-connect
        call.ringing.error-sip-inbound-call-failed-to-connect sip-outbound-carrier-released-call
        twilio-failed-to-connect-call vonage-disconnected vonage-failed-to-connect-call""",
    Outcome.LINE_ERROR: """call.start.error-get-phone-number call.start.error-vapi-number-international
        call.start.error-vapi-number-outbound-daily-limit
        phone-call-provider-bypass-enabled-but-no-call-received phone-call-provider-closed-websocket""",
}
"""Every known word that is not our or their machine's fault; all the others are `system_error`."""


@pytest.mark.parametrize("word", VAPI_WORDS)
def test_vapis_604_words_have_their_outcomes(word: str) -> None:
    expected = next(
        (outcome for outcome, words in VAPI_EXPECTED.items() if word in words.split()), Outcome.SYSTEM_ERROR
    )

    assert patterns(vapi.OUTCOMES)(word) == expected


def test_vapis_words_are_all_known_and_no_expectation_is_of_a_word_that_is_none() -> None:
    assert len(VAPI_WORDS) == 604
    assert {word for words in VAPI_EXPECTED.values() for word in words.split()} <= set(VAPI_WORDS)


@pytest.mark.parametrize("word", ["hangup", "", "something-new"])
def test_a_word_that_no_pattern_covers_has_no_outcome_of_its_own(word: str) -> None:
    assert patterns(vapi.OUTCOMES)(word) is None


RETELL_EXPECTED: dict[Outcome | None, str] = {
    Outcome.ANSWERED: """user_hangup agent_hangup user_requested_dnc user_requested_callback call_transfer ivr_reached
        inactivity max_duration_reached scam_detected transfer_bridged transfer_cancelled manual_stopped
        call_take_over""",
    Outcome.VOICEMAIL: "voicemail_reached",
    Outcome.LINE_ERROR: """concurrency_limit_reached no_valid_payment credit_exhausted budget_reached
        telephony_provider_permission_denied telephony_provider_unavailable sip_routing_error
        network_blocked""",
    Outcome.BUSY: "dial_busy",
    Outcome.UNREACHABLE: "dial_failed",
    Outcome.NO_ANSWER: "dial_no_answer error_user_not_joined registered_call_timeout",
    Outcome.INVALID_NUMBER: "invalid_destination",
    Outcome.REJECTED: "marked_as_spam user_declined",
    Outcome.SYSTEM_ERROR: """error_llm_websocket_open error_llm_websocket_lost_connection error_llm_websocket_runtime
        error_llm_websocket_corrupt_payload error_no_audio_received error_asr error_retell error_unknown""",
    None: "no_concurrency_fallback",
}
"""The 39 words of the vendor's own types."""


@pytest.mark.parametrize(
    ("word", "outcome"), [(word, outcome) for outcome, words in RETELL_EXPECTED.items() for word in words.split()]
)
def test_retells_39_words_have_their_outcomes(word: str, outcome: Outcome | None) -> None:
    assert patterns(retell.OUTCOMES)(word) == outcome


def test_retells_words_are_all_listed() -> None:
    assert sum(len(words.split()) for words in RETELL_EXPECTED.values()) == 39
