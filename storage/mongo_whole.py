"""Calls in MongoDB with what lies beside their documents: whole ones, and such of which a few fields are read."""

from collections.abc import Collection as Names
from collections.abc import Mapping, Sequence
from typing import Final

from schemas.call import Call
from schemas.window import Narrow
from storage.document import HEARD, Document, heard, narrowed, summary, whole
from storage.fold import Behind, peek, unpack
from storage.mongo import LONGEST_MS, Collection
from storage.mongo_parts import part_name, read_parts
from storage.parts import Parts

WHOLE: Final[Mapping[str, int]] = {"edits": 0, "keys": 0, "text": 0}
"""What is not read of a document: all else makes up the call."""


async def whole_calls(transcripts: Collection, documents: Sequence[Document]) -> list[Call]:
    """Return the calls of *documents* with what was said, as far as it is not being replaced just now."""
    known = [unpack(each["registers"]) for each in documents]
    said = await _said(transcripts, documents, [heard(registers) for registers in known])
    rows = zip(documents, said, known, strict=True)
    return [whole(each, parts, registers=registers) for each, parts, registers in rows]


async def narrow_calls(transcripts: Collection, documents: Sequence[Document], narrow: Narrow) -> list[Call]:
    """Return the calls of *documents*, of which *narrow* was read; its own platform's calls have `ext`."""
    behind = [peek(each["registers"]) if "registers" in each else None for each in documents]
    said: Sequence[Mapping[str, Parts]] = [{}] * len(documents)
    if not set(HEARD).isdisjoint(narrow.fields):
        said = await _said(transcripts, documents, [told.heard if told else () for told in behind])
    rows = zip(documents, behind, said, strict=True)
    return [_narrow(each, told, parts, narrow) for each, told, parts in rows]


def _narrow(document: Document, behind: Behind | None, parts: Mapping[str, Parts], narrow: Narrow) -> Call:
    if behind is None:
        return summary(document)
    return whole(document, parts) if document["platform"] == narrow.own else narrowed(document, behind, parts)


async def _said(
    transcripts: Collection, documents: Sequence[Document], refs: Sequence[Names[str]]
) -> list[Mapping[str, Parts]]:
    """Return of each document the parts that *refs* name, by them."""
    named = [{ref: part_name(each["uid"], ref) for ref in mine} for each, mine in zip(documents, refs, strict=True)]
    parts = await read_parts(transcripts, [name for each in named for name in each.values()], longest_ms=LONGEST_MS)
    return [{ref: parts[name] for ref, name in each.items() if name in parts} for each in named]
