"""What a misspelt word was probably meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that *word* is a misspelling of, None where nothing comes close."""
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the end of an error's sentence: the nearest known word, then all of them."""
    words = sorted(known)
    close = nearest(word, words)
    hint = f"; did you mean {close}?" if close else "."
    return f"{hint} Known: {', '.join(words)}."
