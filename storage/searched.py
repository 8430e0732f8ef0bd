"""What is kept of a call so that its words are found: terms for the index, folded text to look closer. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from storage.parts import MEDIA, Parts
from storage.text import Indexed, index

LONGEST: Final = 1_000_000
"""Characters of folded text that are kept; what is longer is found by its words, its phrases only at the beginning."""
MOST_TERMS: Final = 50_000
"""Terms of one call: each is an entry of the index."""

_WRITTEN: Final = ("summary", "note", "title")
_NAMES: Final = ("full", "first", "last")
_NUMBERS: Final = ("from", "to", "customer_number", "line_number", "extension")

Document = dict[str, Any]


def lacking(named: Iterable[str], held: Iterable[str]) -> set[str]:
    """Return the parts with words that a document names and that are not in hand."""
    return {ref for ref in named if not ref.startswith(MEDIA)}.difference(held)


def searched(document: Mapping[str, Any], parts: Iterable[Parts]) -> Document:
    """Return the `text` of a document whose turns and transcript are in *parts*."""
    found = index(texts=_texts(document, parts), phones=_numbers(document))
    text: Document = {"terms": sorted(found.terms)[:MOST_TERMS], "words": found.words[:LONGEST]}
    if found.digits:
        text["digits"] = found.digits[:LONGEST]
    return text


def indexed(document: Mapping[str, Any]) -> Indexed:
    """Return what *document* keeps to be found by."""
    text = document.get("text", {})
    return Indexed(frozenset(text.get("terms", ())), text.get("words", ""), text.get("digits", ""))


def _texts(document: Mapping[str, Any], parts: Iterable[Parts]) -> Iterator[str]:
    for part in parts:
        yield from (turn.text for turn in part.turns)
        if part.transcript:
            yield part.transcript
    yield from (document[name] for name in _WRITTEN if document.get(name))
    customer = document.get("customer", {})
    yield from (customer[name] for name in _NAMES if customer.get(name))
    if customer.get("first") and customer.get("last"):
        yield f"{customer['first']} {customer['last']}"
    if name := document.get("agent", {}).get("name"):
        yield name
    yield from (tag["name"] for tag in document.get("tags", ()))


def _numbers(document: Mapping[str, Any]) -> Iterator[str]:
    yield from (document[name] for name in _NUMBERS if document.get(name))
    if number := document.get("customer", {}).get("number"):
        yield number
