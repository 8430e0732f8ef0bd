"""Whole calls in MongoDB: documents with what lies beside them."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.call import Call
from storage.document import Document, heard, whole
from storage.fold import unpack
from storage.mongo import LONGEST_MS, Collection
from storage.mongo_parts import part_name, read_parts

WHOLE: Final[Mapping[str, int]] = {"edits": 0, "keys": 0, "text": 0}
"""What is not read of a document: all else makes up the call."""


async def whole_calls(transcripts: Collection, documents: Sequence[Document], *, words: bool = True) -> list[Call]:
    """Return the calls of *documents*; with *words* what was said, as far as it is not being replaced just now."""
    if not words:
        return [whole(each, {}) for each in documents]
    known = [unpack(each["registers"]) for each in documents]
    refs = [heard(registers) for registers in known]
    pairs = list(zip(documents, refs, strict=True))
    names = [part_name(each["uid"], ref) for each, named in pairs for ref in named]
    parts = await read_parts(transcripts, names, longest_ms=LONGEST_MS)
    held = [
        {ref: parts[name] for ref in named if (name := part_name(each["uid"], ref)) in parts} for each, named in pairs
    ]
    return [whole(each, said, registers=told) for each, said, told in zip(documents, held, known, strict=True)]
