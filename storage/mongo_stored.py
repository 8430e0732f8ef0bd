"""Every raw event that is still kept, as the envelope it came in: what calls are rebuilt from."""

from collections.abc import AsyncIterator
from datetime import datetime

from schemas.envelope import Envelope
from storage.mongo import Database, Document, answering
from storage.mongo_chunks import read
from storage.mongo_events import envelope


async def stored_events(
    database: Database, *, tenant: str | None = None, platform: str | None = None, since: datetime | None = None
) -> AsyncIterator[Envelope]:
    """Yield the events that came at or after *since*, those of one call together. Raises `Away`."""
    # Only an event's first piece says when it came.
    wanted: Document = {"received_at": {"$exists": True} if since is None else {"$gte": since}}
    wanted |= {name: word for name, word in (("tenant", tenant), ("platform", platform)) if word is not None}
    events = database["events"]
    with answering():
        async for first in events.find(wanted).sort({"_id": 1}):
            body = b"".join([piece async for piece in read(events, first)])
            if len(body) == first["size"]:  # else it is being deleted
                yield envelope(first, body)
