"""Read raw events and kept recordings from MongoDB."""

from typing import Final

from schemas.call import call_uid
from schemas.raw import RawEvent
from schemas.update import Media
from schemas.words import RecordingChannel
from storage.flatten import to_ms
from storage.fold import unpack
from storage.mongo import LONGEST_MS, Database, Document, answering
from storage.mongo_chunks import all_of, read, whole_of
from storage.mongo_parts import part_name

MOST_EVENTS: Final = 10_000
"""Events of one call that are listed, the oldest: a call has tens."""
_LISTED: Final = ("event_id", "event_type", "received_at", "last_at", "content_type", "size", "connection")


class MongoRaw:
    """The half of the store that shows what was received."""

    def __init__(self, database: Database) -> None:
        """Read from *database*."""
        self._calls = database["calls"]
        self._events = database["events"]
        self._media = database["media"]

    async def events(self, tenant: str, key: str) -> list[RawEvent]:
        """Return what is known of a call's events, oldest first."""
        return [event for event, _ in await self._listed(tenant, key)]

    async def event(self, tenant: str, key: str, event_id: str) -> tuple[RawEvent, bytes] | None:
        """Return an event's newest version, or the very one that *event_id* names, with its body."""
        listed = await self._listed(tenant, key)
        named = [each for each in listed if each[0].id == event_id]
        versions = [each for each in listed if each[0].event_id == event_id]
        if not named and not versions:
            return None
        event, row = named[0] if named else max(versions, key=lambda each: (each[1]["last_at"], each[0].version))
        with answering():
            first = await self._events.find_one({"_id": row["_id"]}, max_time_ms=LONGEST_MS)
            body = b"".join([piece async for piece in read(self._events, first)]) if first else b""
        return (event, body) if first else None

    async def media(self, tenant: str, key: str, channel: RecordingChannel) -> Media | None:
        """Return a recording that came in a webhook."""
        with answering():
            call = await self._calls.find_one(
                {"_id": key, "tenant": tenant}, {"registers": 1, "uid": 1}, max_time_ms=LONGEST_MS
            )
            told = unpack(call["registers"]).values().get(f"media.{channel}") if call else None
            if call is None or told is None:
                return None
            content = await whole_of(self._media, part_name(call["uid"], told["ref"]))
        return None if content is None else Media(told["content_type"], content)

    async def _listed(self, tenant: str, key: str) -> list[tuple[RawEvent, Document]]:
        # Only an event's first piece says when it came.
        seen = {**all_of(call_uid(key)), "tenant": tenant, "received_at": {"$exists": True}}
        with answering():
            rows = (
                await self._events.find(seen, dict.fromkeys(_LISTED, 1), max_time_ms=LONGEST_MS)
                .limit(MOST_EVENTS)
                .to_list()
            )
        rows.sort(key=lambda row: (row["received_at"], row["_id"]))
        seen_before: dict[str, int] = {}
        listed = []
        for row in rows:
            seen_before[row["event_id"]] = version = seen_before.get(row["event_id"], 0) + 1
            listed.append((_raw(row, version), row))
        return listed


def _raw(row: Document, version: int) -> RawEvent:
    return RawEvent(
        id=row["_id"].partition(":")[2],
        version=version,
        event_id=row["event_id"],
        event_type=row["event_type"],
        received_at=to_ms(row["received_at"]),
        content_type=row["content_type"],
        size=row["size"],
        connection=row["connection"],
    )
