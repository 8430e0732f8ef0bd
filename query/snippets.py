"""Where a text was found: the words marked in a snippet, all else escaped for HTML."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

import msgspec

from storage.digits import digits_of
from storage.folding import fold
from storage.text import Digits, Part, TextQuery, spans

SNIPPET: Final = 160  # characters of the original around the first mark: two lines of a screen
MOST_MATCHES: Final = 20  # a call; those with most words come first


class Match(msgspec.Struct, frozen=True):
    """One place: the field, the turn's number from 1 (None outside turns), the snippet as HTML."""

    field: str
    n: int | None
    snippet: str


def found_in(places: Sequence[tuple[str, int | None, str]], query: TextQuery) -> list[Match]:
    """Return the places (field, turn number, text) that hold wanted words, those with most of them first."""
    hits = [(len(marks), place, marks) for place in places if (marks := marked(place[2], query.wanted))]
    hits.sort(key=lambda hit: -hit[0])
    return [Match(field, n, snippet(text, marks)) for _, (field, n, text), marks in hits[:MOST_MATCHES]]


def marked(text: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Return where *parts* stand in *text*, as merged spans in order."""
    spots = sorted(span for part in parts for span in _spots(text, part))
    merged: list[tuple[int, int]] = []
    for start, end in spots:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _spots(text: str, part: Part) -> Iterator[tuple[int, int]]:
    if isinstance(part, Digits):
        yield from (
            (start, end) for start, end, spelled in digits_of(text) if any(part.run in digits for digits in spelled)
        )
    elif all(token in fold(text) for token in part.tokens):
        yield from spans(text, part)


def snippet(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """Return the part of *text* around its first mark, marks as `<mark>`, cut at words where it is long."""
    start = _cut(text, max(0, marks[0][0] - SNIPPET // 4))
    end = min(len(text), max(start + SNIPPET, marks[0][1]))
    pieces, at = ["…" if start else ""], start
    for left, right in marks:
        if left >= end:
            break
        pieces += [escape(text[at:left]), "<mark>", escape(text[left : min(right, end)]), "</mark>"]
        at = min(right, end)
    return "".join([*pieces, escape(text[at:end]), "…" if end < len(text) else ""])


def _cut(text: str, at: int) -> int:
    """Return the beginning of the first word behind *at*, or *at* itself where none is near."""
    blank = re.compile(r"\s").search(text, at, at + SNIPPET // 4) if at else None
    return blank.end() if blank else at
