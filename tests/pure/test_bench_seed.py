"""Bench calls: the same for the same seed, and as large as they are said to be."""

from itertools import islice
from statistics import mean

from bench.seed import TURNS, updates
from schemas.words import Outcome


def test_the_same_seed_makes_the_same_calls() -> None:
    assert list(updates(50, tenant="a", seed=3)) == list(updates(50, tenant="a", seed=3))
    assert list(updates(50, tenant="a", seed=3)) != list(updates(50, tenant="a", seed=4))


def test_an_answered_call_has_eight_turns_of_some_sixty_words() -> None:
    answered = [each.facts for each in updates(300, tenant="a") if each.facts.outcome is Outcome.ANSWERED]

    assert {len(facts.turns) for facts in answered} == {TURNS}
    assert 55 < mean(sum(len(turn.text.split()) for turn in facts.turns) for facts in answered) < 75


def test_every_call_has_an_id_of_its_own() -> None:
    assert len({each.platform_call_id for each in islice(updates(1000, tenant="a"), 500)}) == 500
