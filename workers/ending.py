"""How a call ended, from the platform's own words: tables first, then what is known of its talk."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.call import Turn
from schemas.words import Outcome, Role


class Ending(NamedTuple):
    """An outcome, or the mark that a word in no table ended the call; neither where nothing was said."""

    outcome: Outcome | None = None
    unknown: bool | None = None


def spelled(word: str | None) -> str:
    """Return *word* in the spelling of our tables: lower case, dashes; "" where there is none."""
    return (word or "").strip().lower().replace("_", "-")


def ending(word: str | None, table: Mapping[str, Outcome]) -> Ending:
    """Return what *table* says of *word*, however it is spelled."""
    outcome = table.get(spelled(word))
    return Ending(outcome, unknown=True if word and outcome is None else None)


def weighed(end: Ending, *, talk_s: float | None, turns: Iterable[Turn] = ()) -> Ending:
    """Return *end* with what is known of the talk laid on it.

    Answered, but for zero seconds and without a word of the customer's, is `no_answer`; an end about which nothing
    was said is `answered` if somebody talked.
    """
    if end.unknown or end.outcome not in (None, Outcome.ANSWERED):
        return end
    if talk_s or any(turn.role is Role.CUSTOMER for turn in turns):
        return Ending(Outcome.ANSWERED)
    return Ending(Outcome.NO_ANSWER) if end.outcome and talk_s is not None else end
