"""Every refusal by its code."""

from collections.abc import Iterator, Mapping
from typing import Final

from query.openapi.schema import INTEGER, TEXT, Schema, listed, members, words
from query.problems import Problem


def _with_subclasses(of: type[Problem]) -> Iterator[type[Problem]]:
    yield of
    for each in of.__subclasses__():
        yield from _with_subclasses(each)


def problems() -> Mapping[str, type[Problem]]:
    """Return every problem by its code."""
    return {each.code: each for each in _with_subclasses(Problem)}


PROBLEMS: Final[dict[str, Schema]] = {
    "Problem": members(
        {
            "type": TEXT,
            "title": TEXT,
            "status": INTEGER,
            "code": words(problems()),
            "detail": TEXT,
            "field": TEXT,
            "nearest": TEXT,
            "known": listed(TEXT),
        },
        required=("type", "title", "status", "code", "detail"),
        open_=True,
    ),
}
