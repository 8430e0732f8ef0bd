"""Bytes of any length in MongoDB: in pieces that its documents can hold, read back whole or by range."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from storage.mongo import Collection, Document

PIECE: Final = 15_000_000
"""Bytes in one document: MongoDB's limit is 16 MiB, less room for the names beside them."""
_LAST: Final = ";"  # the sign after ":", which parts a name from a piece's number


def pieces(name: str, content: bytes, **beside: Any) -> Iterator[Document]:
    """Yield the documents that keep *content* under *name*, *beside* in the first."""
    yield {"_id": name, **beside, "size": len(content), "bytes": content[:PIECE]}
    for number, start in enumerate(range(PIECE, len(content), PIECE), 1):
        yield {"_id": f"{name}:{number}", "bytes": content[start : start + PIECE]}


def all_of(name: str) -> Document:
    """Return the query for every piece under *name*, and under each name that begins with it and a colon."""
    return {"_id": {"$gte": name, "$lt": name + _LAST}}


async def read(
    collection: Collection, first: Document, *, start: int = 0, end: int | None = None
) -> AsyncIterator[bytes]:
    """Yield the bytes from *start* to *end* (exclusive) of what *first* begins."""
    end = first["size"] if end is None else min(end, first["size"])
    for number in range(start // PIECE, -(-end // PIECE)):
        piece = first if number == 0 else await collection.find_one({"_id": f"{first['_id']}:{number}"})
        if piece is None:
            return
        offset = number * PIECE
        yield bytes(piece["bytes"][max(0, start - offset) : end - offset])


async def whole_of(collection: Collection, name: str) -> bytes | None:
    """Return all bytes under *name*, None where they are not, or no longer all, there."""
    first = await collection.find_one({"_id": name})
    if first is None:
        return None
    content = b"".join([piece async for piece in read(collection, first)])
    return content if len(content) == first["size"] else None
