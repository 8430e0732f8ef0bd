"""Zenicall's closed words: shown as labels or as names, read in either spelling."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar

from schemas.words import CallbackPref, Reason, Workflow

Word = TypeVar("Word", bound=StrEnum)

LABELS: Final[Mapping[StrEnum, str]] = {
    word: word.value.replace("_", " ").title() for words in (Workflow, Reason, CallbackPref) for word in words
}


def shown(word: StrEnum | None, *, names: bool) -> str | None:
    """Return `NEW_APPOINTMENT` with *names*, else `New Appointment`."""
    if word is None:
        return None
    return word.value if names else LABELS[word]


def read(words: type[Word], text: object) -> Word | None:
    """Return the word that a label or a name means, whatever its case; None of what is neither."""
    if not isinstance(text, str):
        return None
    spelled = text.strip().upper().replace(" ", "_").replace("-", "_")
    return next((word for word in words if word.value == spelled), None)
