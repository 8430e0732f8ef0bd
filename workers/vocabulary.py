"""Words that many platforms share, mapped to ours by tables; an unknown word maps by a rule, never to a failure."""

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import translate
from typing import Any, Final, TypeVar

from runtime.remembered import remembered
from schemas.words import Outcome, Role

Word = TypeVar("Word")

_REMEMBERED: Final = 4096  # words of one table: a few hundred are known, a sender may make up any number

ROLES: Final[Mapping[str, Role]] = {
    **dict.fromkeys(("bot", "assistant", "ai", "agent", "robot"), Role.AGENT),
    **dict.fromkeys(("user", "human", "customer", "person", "caller"), Role.CUSTOMER),
    **dict.fromkeys(("tool", "tool_calls", "tool_call_invocation", "tool_call_result", "function"), Role.TOOL),
}

SUCCESS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "pass", "success", "successful", "yes", "good", "excellent"), True),
    **dict.fromkeys(("false", "fail", "failed", "failure", "no", "bad", "poor"), False),
}

SIP: Final[Mapping[int, Outcome]] = {
    **dict.fromkeys((486, 600), Outcome.BUSY),
    **dict.fromkeys((603, 607), Outcome.REJECTED),
    **dict.fromkeys((408, 480), Outcome.NO_ANSWER),
    **dict.fromkeys((404, 410, 484, 604), Outcome.INVALID_NUMBER),
    487: Outcome.CANCELED,
    **dict.fromkeys(range(500, 600), Outcome.SYSTEM_ERROR),
}

_SIP_BY_TEXT: Final = {str(code): outcome for code, outcome in SIP.items()}


def role(word: object) -> Role:
    """Return whose turn *word* announces; everything unknown is the system's."""
    if not isinstance(word, str):
        return Role.SYSTEM
    return ROLES.get(word) or ROLES.get(word.strip().lower(), Role.SYSTEM)


def success(word: Any) -> bool | None:
    """Return what a success word means; numbers, percentages and scales mean nothing here."""
    if isinstance(word, bool):
        return word
    return SUCCESS.get(word.strip().lower()) if isinstance(word, str) else None


def sip_outcome(code: object) -> Outcome | None:
    """Return what a SIP status (a number or its text) says of a call that was not answered."""
    return _SIP_BY_TEXT.get(str(code).strip())


def patterns(rows: Sequence[tuple[str, Word]]) -> Callable[[str], Word | None]:
    """Return a function from a platform's word to ours: the first row whose pattern (`*`: anything) fits, or None."""
    compiled = [(re.compile(translate(pattern)), meaning) for pattern, meaning in rows]

    @remembered(most=_REMEMBERED)
    def meaning_of(word: str) -> Word | None:
        return next((meaning for pattern, meaning in compiled if pattern.match(word)), None)

    return meaning_of
