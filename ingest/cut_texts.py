"""Texts limited by another member (the system's messages) are found in one pass and replaced where they stand.

They lie deep in a report's longest lists: opening level by level costs more than the rest of its way through ingest.
Where this way is not sure of what it would replace, it says so, and the levels are opened after all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce
from operator import attrgetter, or_
from typing import Any, Final

import msgspec

from ingest.cut_rows import CUT, DONE, EACH, Cut

_CUT: Final = bytes(CUT)
_AFTER_A_TEXT: Final = b" \t\r\n,:]}"

Find = Callable[[Any], Iterable[msgspec.Raw]]
Fields = list[tuple[str, Any, Any]]
Told = Callable[[tuple[str, str], Fields, AbstractSet[str]], tuple[Any, Find]]


class Unsure(Exception):
    """The bytes of a text stand elsewhere too, or an object is of another shape: the levels must be opened."""


class Texts:
    """Cuts rows that are limited (`where`) to elements of arrays somewhere below."""

    def __init__(self, rows: Sequence[Cut]) -> None:
        """Make the decoders that read nothing but these; raise `Unsure` for rows that they cannot express."""
        readers = [_reader(rows, told=told) for told in (_usual, _any)]
        self._ways: Final = [(msgspec.json.Decoder(shape).decode, find) for shape, find in readers]

    def cut(self, held: bytes) -> bytes | None:
        """Return JSON *held* with the texts cut; None where there are none. Raises `Unsure`."""
        texts = [bytes(text) for text in self._texts(held) if text not in DONE]
        for text in dict.fromkeys(texts):
            pieces = _split(held, text)
            if len(pieces) != texts.count(text) + 1 or not _stands_alone(text):
                raise Unsure
            held = _CUT.join(pieces)
        return held if texts else None

    def _texts(self, held: bytes) -> Iterable[msgspec.Raw]:
        for decode, find in self._ways:
            try:
                return find(decode(held))
            except msgspec.ValidationError:
                continue
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
    return len(text) > len('""') and text[:1] == b'"' and text[1] not in _AFTER_A_TEXT


def _reader(rows: Sequence[Cut], *, told: Told) -> tuple[Any, Find]:
    """Return the type that reads *rows* and nothing else, and what finds the texts in a value of it."""
    below: dict[str, list[Cut]] = defaultdict(list)
    for row in rows:
        below[row.path[0] if row.path else ""].append(row.below())
    if EACH in below and len(below) == 1:
        return _array(below[EACH], told=told)
    if "" in below or EACH in below or not below:
        raise Unsure
    return _object({name: _reader(inner, told=told) for name, inner in below.items()})


def _array(rows: Sequence[Cut], *, told: Told) -> tuple[Any, Find]:
    if not any(row.path for row in rows):
        return _messages(rows, told=told)
    shape, find = _reader(rows, told=told)
    array = list[shape] | None  # type: ignore[valid-type]  # made at run time
    return array, lambda elements: [text for element in elements or () for text in find(element)]


def _object(readers: dict[str, tuple[Any, Find]]) -> tuple[Any, Find]:
    fields, finds = [], []
    for n, (name, (shape, find)) in enumerate(readers.items()):
        fields.append((f"below{n}", shape, msgspec.field(default=None, name=name)))
        finds.append((attrgetter(f"below{n}"), find))
    shape = msgspec.defstruct("Object", fields, gc=False)
    return shape | None, lambda value: [text for get, find in finds for text in find(get(value))] if value else ()


def _messages(rows: Sequence[Cut], *, told: Told) -> tuple[Any, Find]:
    """Return the reader of an array whose elements *rows* look at: of each the member that tells, and the texts."""
    [where, *others] = {row.where for row in rows}
    names = [name for row in rows for name in row.names]
    if where is None or others or not names or len({where[0], *names}) != len(names) + 1:
        raise Unsure
    texts = [(f"text{n}", msgspec.Raw, msgspec.field(default=DONE[0], name=name)) for n, name in enumerate(names)]
    return told(where, texts, {word for row in rows for word in row.beside})


def _usual(where: tuple[str, str], texts: Fields, beside: AbstractSet[str]) -> tuple[Any, Find]:
    """Return messages with one of the usual words only: what tells is looked up, of the others nothing is kept."""
    name, word = where
    wanted = msgspec.defstruct("Wanted", texts, tag_field=name, tag=word, gc=False)
    others = (msgspec.defstruct("Other", [], tag_field=name, tag=tag, gc=False) for tag in beside - {word})
    message = reduce(or_, others, wanted)
    array = list[message] | None  # type: ignore[valid-type]  # made at run time
    each = _each(texts)
    return array, lambda messages: [get(one) for one in messages or () if type(one) is wanted for get in each]


def _any(where: tuple[str, str], texts: Fields, _beside: AbstractSet[str]) -> tuple[Any, Find]:
    """Return messages with any word."""
    name, word = where
    message = msgspec.defstruct("Message", [("tells", Any, msgspec.field(default=None, name=name)), *texts], gc=False)
    array = list[message] | None  # type: ignore[valid-type]  # made at run time
    each = _each(texts)
    return array, lambda messages: [get(one) for one in messages or () if one.tells == word for get in each]


def _each(texts: Fields) -> Sequence[Callable[[Any], msgspec.Raw]]:
    return [attrgetter(name) for name, _, _ in texts]
