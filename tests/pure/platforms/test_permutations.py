"""The events of one call make one document, whichever came first and however often; a row a story."""

from itertools import permutations

import pytest

from storage.derive import recordings
from storage.fold import pack
from storage.told import tell
from tests.pure.storage.updates import derived, registers_of
from tests.stories import STORIES, told

MOST_EVENTS = 6  # 720 orders; more take long and tell no more


@pytest.mark.parametrize("story", STORIES)
def test_any_order_and_repetition_of_a_calls_events_gives_one_document(story: str) -> None:
    updates = told(story)
    assert len(updates) <= MOST_EVENTS

    documents = {pack(registers_of([*order, order[0]])) for order in permutations(updates)}

    assert len(documents) == 1


@pytest.mark.parametrize("story", STORIES)
def test_the_document_says_what_its_events_say_together(story: str) -> None:
    _, expected = STORIES[story]

    call = derived(registers_of(reversed(told(story))))

    assert {name: call.get(name) for name in expected} == expected


def test_the_audio_that_came_in_a_webhook_is_a_recording_of_our_own() -> None:
    registers = registers_of(told("elevenlabs/audio and words"))

    assert recordings(tell(registers), uid="u-1") == {"full": "/v1/calls/u-1/recordings/full"}
