"""Values of a question as FastAPI checks them: of the right type and within bounds, else 422 with their place."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from query.dialects import bodies
from query.dialects.arrays import listed
from query.dialects.dialect import Ask
from query.dialects.moments import LAST
from query.dialects.moments import read as read_moment
from query.dialects.zenicall.refusals import Place, invalid
from query.dialects.zenicall.words import read as read_word

SECOND = timedelta(seconds=1)
Word = TypeVar("Word", bound=StrEnum)
_LONGEST_NUMBER = 19
"""Digits of the largest integer that a store can hold."""


def body_of(ask: Ask) -> dict[str, Any]:
    """Return the body's object."""
    if not ask.body.strip():
        raise invalid(["body"], "Field required", "missing")
    try:
        return bodies.object_of(ask.body)
    except bodies.NoJson as error:
        raise invalid(["body"], str(error), "json_invalid") from None


def count(ask: Ask, name: str, *, default: int, most: int | None = None) -> int:
    """Return a query parameter that is an integer from 1 on."""
    text = ask.one(name)
    if text is None:
        return default
    return in_bounds(integer(["query", name], text), ["query", name], most=most)


def in_bounds(number: int, place: Place, *, most: int | None = None) -> int:
    """Return *number* if it lies from 1 to *most*."""
    if number < 1:
        raise invalid(place, "Input should be greater than or equal to 1", "greater_than_equal")
    if most is not None and number > most:
        raise invalid(place, f"Input should be less than or equal to {most}", "less_than_equal")
    return number


def integer(place: Place, value: object) -> int:
    """Return an integer, which may come as text."""
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER:
            return int(value)
    elif (number := bodies.whole_number(value)) is not None:
        return number
    raise invalid(place, "Input should be a valid integer", "int_parsing")


def integer_or_uuid(place: Place, value: object) -> int | str:
    """Return an id in either of its forms, a UUID in lower case with dashes."""
    if isinstance(value, str):
        try:
            return str(UUID(value.strip()))
        except ValueError:
            pass  # an integer, then
    return integer(place, value)


def text(told: Mapping[str, Any], name: str) -> str | None:
    """Return a text of the body, None where it is absent or empty."""
    value = told.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise invalid(["body", name], "Input should be a valid string", "string_type")
    return value


def flag(told: Mapping[str, Any], name: str, *, default: bool) -> bool:
    """Return a yes or no of the body."""
    value = told.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise invalid(["body", name], "Input should be a valid boolean", "bool_type")
    return value


def choice(place: Place, value: object, choices: Sequence[str], *, default: str) -> str:
    """Return one of *choices*, whatever its case."""
    if value is None or value == "":
        return default
    if not isinstance(value, str) or value.lower() not in choices:
        raise invalid(place, f"Input should be one of {', '.join(choices)}", "enum")
    return value.lower()


def words(place: Place, values: Sequence[object], known: type[Word]) -> list[Word]:
    """Return what labels or names mean."""
    found = []
    for n, value in enumerate(values):
        word = read_word(known, value)
        if word is None:
            raise invalid([*place, n], f"Input should be one of {', '.join(known)}", "enum")
        found.append(word)
    return found


def of_query(ask: Ask, name: str, known: type[Word]) -> list[Word]:
    """Return the words of a query's list in any of its forms."""
    return words(["query", f"{name}[]"], listed(ask.parameters, name), known)


def of_body(told: Mapping[str, Any], name: str, known: type[Word]) -> list[Word]:
    """Return the words of a body's list; one alone is a list too."""
    value = told.get(name, told.get(f"{name}[]"))
    if value is None or value == "":
        return []
    return words(["body", name], value if isinstance(value, list) else [value], known)


def moment(told: Mapping[str, Any], name: str, *, last: bool = False) -> datetime | None:
    """Return a date or time of the body in UTC; of a day its beginning, with *last* its end."""
    value = text(told, name)
    if value is None:
        return None
    span = read_moment(value)
    if span is None:
        raise invalid(["body", name], "Input should be a valid datetime", "datetime_parsing")
    if not last:
        return span.start
    # Zenicall's seconds are whole: what began within the second that was named began then.
    return span.end if span.is_day else min(span.start.replace(microsecond=0), LAST - SECOND) + SECOND
