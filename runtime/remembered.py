"""Answers kept at hand for short texts that come again; a long one, which a sender may choose freely, is not kept."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

LONGEST: Final = 256
"""Characters of a text whose answer is kept: telephone numbers, ids and words are shorter.

Without it a thousand numbers of 5 MB each, which some sender takes for numbers, would be kept for ever.
"""

Text = TypeVar("Text", bound="str | bytes | None")
Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")


def remembered(
    *, most: int
) -> Callable[[Callable[Concatenate[Text, Rest], Answer]], Callable[Concatenate[Text, Rest], Answer]]:
    """Keep the answers of a function of a text for the *most* short texts that were asked for last."""

    def decorate(function: Callable[Concatenate[Text, Rest], Answer]) -> Callable[Concatenate[Text, Rest], Answer]:
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def answer(text: Text, /, *rest: Rest.args, **named: Rest.kwargs) -> Answer:
            if text is not None and len(text) > LONGEST:
                return function(text, *rest, **named)
            return known(text, *rest, **named)  # type: ignore[arg-type]  # hashable: texts and words

        return answer

    return decorate
