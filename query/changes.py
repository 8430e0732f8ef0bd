"""What a change may say: merge patches, scores and criteria, checked; every wrong value is 422 and names itself."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from query.problems import InvalidChange, Problem, nearest
from schemas.edit import EDITABLE, Patch
from schemas.words import Reason, Workflow

MOST_TAGS: Final = 1000  # of a call: a person reads fewer, and each is indexed
LONGEST_TAG: Final = 500  # characters: it is a label; MongoDB bounds index keys

LARGEST: Final = 10**9  # of points and weights: sums of them stay finite and exact enough

INTENT: Final = ("level", "label", "tag_id", "real_level", "real_label", "basis")


def refusal(problem: Problem) -> InvalidChange:
    """Return what is wrong with a question as a change tells it."""
    refused = InvalidChange(problem.detail)
    refused.facts = problem.facts
    return refused


def read(body: object) -> Patch:
    """Return the checked merge patch; raise `InvalidChange` that names every field which cannot be changed."""
    fields = members(body, EDITABLE, where="a patch")
    return Patch({name: None if value is None else _FIELDS[name](name, value) for name, value in fields.items()})


def members(body: object, known: Collection[str], *, where: str) -> Mapping[str, object]:
    """Return *body* if it is an object of *known* members; raise `InvalidChange` naming all others."""
    if not isinstance(body, Mapping):
        raise InvalidChange(f"{where.capitalize()} must be an object with some of {', '.join(known)}.")
    wrong = [name[:100] for name in body if name not in known]
    if wrong:
        near = nearest(wrong[0], known)
        hint = f" Did you mean {near!r}?" if near else ""
        raise InvalidChange(
            f"{', '.join(map(repr, wrong))} cannot be part of {where}.{hint} Known: {', '.join(known)}.",
            field=wrong[0],
            fields=wrong,
            nearest=near,
            known=sorted(known),
        )
    return body


def string(name: str, value: object) -> str:
    """Return *value*, which must be a string."""
    if not isinstance(value, str):
        raise InvalidChange(f"{name!r} must be a string.", field=name)
    return value


def number(name: str, value: object) -> float:
    """Return *value*, which must be a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise InvalidChange(f"{name!r} must be a number.", field=name)
    if not -LARGEST <= value <= LARGEST:
        raise InvalidChange(f"{name!r} is out of range.", field=name)
    return float(value)


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidChange(f"{name!r} must be true or false.", field=name)
    return value


def _word(words: type[StrEnum]) -> Callable[[str, object], str]:
    known = sorted(word.value for word in words)

    def read_one(name: str, value: object) -> str:
        if value not in known:
            near = nearest(value, known) if isinstance(value, str) else None
            hint = f" Did you mean {near!r}?" if near else ""
            told = f"{name!r} must be one of {', '.join(known)}.{hint}"
            raise InvalidChange(told, field=name, nearest=near, known=known)
        return str(value)

    return read_one


def _tags(name: str, value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_TAGS:
        raise InvalidChange(f"{name!r} must be a list of at most {MOST_TAGS} strings.", field=name)
    for tag in value:
        if not string(name, tag).strip() or len(tag) > LONGEST_TAG:
            raise InvalidChange(f"A tag has 1 to {LONGEST_TAG} characters.", field=name)
    return list(dict.fromkeys(value))


def _intent(name: str, value: object) -> dict[str, str | None]:
    given = members(value, INTENT, where=repr(name))
    return {member: None if each is None else string(f"{name}.{member}", each) for member, each in given.items()}


_FIELDS: Final[Mapping[str, Callable[[str, object], object]]] = {
    "workflow": _word(Workflow),
    "summary": string,
    "note": string,
    "tags": _tags,
    "read": _flag,
    "title": string,
    "intent": _intent,
    "success": _flag,
    "reason": _word(Reason),
}
