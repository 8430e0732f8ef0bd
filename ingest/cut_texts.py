"""Texts limited by another member (the system's messages) are found in one pass and replaced where they stand.

They lie deep in a report's longest lists: opening level by level costs more than the rest of its way through ingest.
Where this way is not sure of what it would replace, it says so, and the levels are opened after all.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, Final

import msgspec

from ingest.cut_rows import CUT, EACH, WORD, Cut
from ingest.cut_seen import Held, Seen

_CUT: Final = bytes(CUT)
_AFTER_A_TEXT: Final = b" \t\r\n,:]}"

_SPELLINGS: Final = (msgspec.json.Encoder().encode, lambda text: json.dumps(text).encode())


class Unsure(Exception):
    """The bytes of a text stand elsewhere too, or an object is of another shape: the levels must be opened."""


class Texts:
    """Cuts rows that are limited (`where`) to elements of arrays somewhere below."""

    def __init__(self, rows: Sequence[Cut]) -> None:
        """Make the decoder that reads nothing but these; raise `Unsure` for rows that it cannot express."""
        self._seen: Final = Seen(_shape(rows))

    def cut(self, held: bytes) -> bytes | None:
        """Return JSON *held* with the texts cut; None where there are none. Raises `Unsure`."""
        try:
            texts = [text for text in self._seen(held) if text != WORD]
        except msgspec.DecodeError:
            raise Unsure from None
        if not all(isinstance(text, str) for text in texts):
            raise Unsure
        for text in dict.fromkeys(texts):
            held = _without(held, text, times=texts.count(text))
        return held if texts else None


def _without(held: bytes, text: str, *, times: int) -> bytes:
    """Return *held* with *text* cut, in the one of its two usual spellings that stands there so many *times*."""
    for spell in _SPELLINGS:
        pieces = _split(held, spelt := spell(text))
        if len(pieces) == times + 1 and _stands_alone(spelt):
            return _CUT.join(pieces)
    raise Unsure


def _split(held: bytes, text: bytes) -> list[bytes]:
    """Return *held* split at each *text*; from its end, because `rfind` is four times as fast there as `split`."""
    pieces, end = [], len(held)
    while (start := held.rfind(text, 0, end)) >= 0:
        pieces.append(held[start + len(text) : end])
        end = start
    return [held[:end], *reversed(pieces)]


def _stands_alone(text: bytes) -> bool:
    """Return whether the bytes of *text* are a text wherever they stand in JSON, never an end and another's beginning.

    `","` is a text, and the middle of `["a","b"]`. After a text comes a blank or one of `,:]}`: what begins otherwise
    begins at an opening quote, and ends at its closing one.
    """
    return len(text) > len('""') and text[1] not in _AFTER_A_TEXT


def _shape(rows: Sequence[Cut]) -> Any:
    """Return the type of which *rows* name the values that are `Held`."""
    below: dict[str, list[Cut]] = defaultdict(list)
    for row in rows:
        below[row.path[0] if row.path else ""].append(row.below())
    if EACH in below and len(below) == 1:
        inner = below[EACH]
        return list[_shape(inner) if any(row.path for row in inner) else _message(inner)]  # type: ignore[misc]  # made at run time
    if "" in below or EACH in below or not below:
        raise Unsure
    fields = [
        (f"below{n}", _shape(inner) | None, msgspec.field(default=None, name=name))
        for n, (name, inner) in enumerate(below.items())
    ]
    return msgspec.defstruct("Object", fields, gc=False)


def _message(rows: Sequence[Cut]) -> Any:
    """Return the type of an element that *rows* look at, of which the one whose member tells so has the texts.

    An element that tells two things, or a word that is none of the usual ones, is of another shape.
    """
    [where, *others] = {row.where for row in rows}
    names = [name for row in rows for name in row.names]
    if where is None or others or not names or len({where[0], *names}) != len(names) + 1:
        raise Unsure
    name, word = where
    texts = [(f"text{n}", Held | None, msgspec.field(default=None, name=text)) for n, text in enumerate(names)]
    wanted = msgspec.defstruct("Wanted", texts, tag_field=name, tag=word, gc=False)
    usual = {word for row in rows for word in row.beside} - {word}
    return reduce(or_, (msgspec.defstruct("Other", [], tag_field=name, tag=tag, gc=False) for tag in usual), wanted)
