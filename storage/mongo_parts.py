"""The long parts of calls in MongoDB: turns and transcripts, by the name of the call and of the part."""

from collections.abc import Iterable

from pymongo.asynchronous.client_session import AsyncClientSession

from storage.mongo import Collection
from storage.mongo_chunks import read
from storage.parts import Parts, unpack_parts


def part_name(uid: str, ref: str) -> str:
    """Return the `_id` of a call's long parts."""
    return f"{uid}:{ref}"


async def read_parts(
    transcripts: Collection,
    names: Iterable[str],
    *,
    session: AsyncClientSession | None = None,
    longest_ms: int | None = None,
) -> dict[str, Parts]:
    """Return the parts that are there, and whole, by their names."""
    wanted = list(names)
    parts: dict[str, Parts] = {}
    if wanted:
        # All come at once: by itself MongoDB sends 101, and must be asked again for the rest.
        some = {"session": session, "max_time_ms": longest_ms, "batch_size": len(wanted) + 1}
        found = transcripts.find({"_id": {"$in": wanted}}, **some)
        for first in await found.to_list():
            content = first["bytes"]
            if len(content) < first["size"]:  # longer than one document, which nearly none is
                content = b"".join([piece async for piece in read(transcripts, first)])
            if len(content) == first["size"]:
                parts[first["_id"]] = unpack_parts(content)
    return parts
