"""Changes of calls as they happen: one change stream for all readers of a process, a short memory, and catching up.

A reader that comes back is served from memory where that reaches back far enough, else by a stream of its own until it
has caught up. Tokens are MongoDB's own; as text they sort in the order of the changes.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import cached_property
from typing import Any, Final, NamedTuple

from pymongo.asynchronous.change_stream import AsyncCollectionChangeStream
from pymongo.errors import OperationFailure, PyMongoError

from schemas.feed import Change
from schemas.query import Filter
from storage.document import summary
from storage.errors import Away, Lost, Slow
from storage.mongo import Database, Document, answering
from storage.passes import passes

REMEMBERED: Final = 2_000
"""Changes in memory: a reader that lost its connection for a moment is back within them."""
WAITING: Final = 500
"""Changes that may wait for one reader before it is cut off."""
AGAIN_S: Final = 1.0
"""How long to wait before a broken stream is opened anew."""
CATCH_UP_S: Final = 60.0
"""How long catching up may take."""
_HISTORY_LOST: Final = frozenset({9, 40, 50811, 136, 222, 260, 280, 286})
"""MongoDB's codes for a token that it cannot read, or whose place it has forgotten."""
_PIPELINE: Final[list[Document]] = [
    {"$match": {"operationType": {"$in": ["insert", "replace", "update", "delete"]}}},
    {"$unset": ["fullDocument.registers", "fullDocument.edits", "fullDocument.text.terms"]},
]
log = logging.getLogger(__name__)


class Wanted(NamedTuple):
    """Which changes a reader is told of."""

    tenant: str
    filter: Filter
    units: tuple[str, ...] | None

    def passes(self, document: Mapping[str, Any]) -> bool:
        """Return whether the reader is told of *document*."""
        if document["tenant"] != self.tenant:
            return False
        unit = document.get("unit", {}).get("id")
        return (self.units is None or unit in self.units) and passes(document, self.filter)


class _Seen:
    """A change as MongoDB told it; as readers are told it, it is made once for all of them."""

    def __init__(self, token: str, document: Document) -> None:
        self.token: Final = token
        self.document: Final = document

    @cached_property
    def change(self) -> Change:
        return Change(self.token, summary(self.document))


class Subscription:
    """One reader's changes, in order."""

    def __init__(self, wanted: Wanted) -> None:
        """Begin with nothing waiting."""
        self.wanted: Final = wanted
        self._waiting: asyncio.Queue[_Seen | None] = asyncio.Queue(WAITING)
        self._ended: Exception | None = None
        self.last = ""

    def put(self, seen: _Seen) -> None:
        """Let *seen* wait; a reader for whom too many wait is ended."""
        if self._ended is None:
            try:
                self._waiting.put_nowait(seen)
            except asyncio.QueueFull:
                self.end(Slow())

    def end(self, why: Exception) -> None:
        """Tell the reader that nothing more comes."""
        self._ended = why
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self) -> Change:
        """Return the next change. Raises `Slow` where too many waited, `Lost` where the stream ended."""
        while True:
            seen = await self._waiting.get()
            if seen is None:
                raise self._ended or Lost()
            if seen.token > self.last:
                self.last = seen.token
                return seen.change


class MongoFeed:
    """The half of the store that tells what changes."""

    def __init__(self, database: Database) -> None:
        """Watch the calls of *database* as soon as somebody listens."""
        self._calls = database["calls"]
        self._readers: set[Subscription] = set()
        self._memory: deque[_Seen] = deque(maxlen=REMEMBERED)
        self._begun = ""  # memory is whole behind this token
        self._watching: asyncio.Task[None] | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def listen(
        self, tenant: str, filter_: Filter, *, units: tuple[str, ...] | None = None, after: str | None = None
    ) -> AsyncIterator[Subscription]:
        """Yield what happens from now on, or from *after* on. Raises `Lost` where that is forgotten, `Away`."""
        reader = Subscription(Wanted(tenant, filter_, units))
        # Added first: whoever leaves last stops the watch, but not while somebody waits for it.
        self._readers.add(reader)
        try:
            await self._open()
            if after is not None:
                await self._catch_up(reader, after)
            yield reader
        finally:
            self._readers.discard(reader)
            if not self._readers:
                await self.close()

    async def close(self) -> None:
        """Stop watching; those who listen are told that they must come again."""
        watching, self._watching = self._watching, None
        for reader in self._readers:
            reader.end(Lost())
        self._memory.clear()
        if watching is not None:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching

    async def _open(self) -> None:
        async with self._opening:
            if self._watching is None or self._watching.done():
                with answering():
                    stream = await self._calls.watch(_PIPELINE)
                self._memory.clear()
                self._begun = _text(stream.resume_token)
                self._watching = asyncio.create_task(self._watch(stream))

    async def _watch(self, stream: AsyncCollectionChangeStream[Document]) -> None:
        """Tell every reader what comes; opens the stream anew where it breaks, until its place is forgotten."""
        while True:
            try:
                async with stream:
                    async for event in stream:
                        self._take(event)
            except PyMongoError as error:
                log.warning("live_feed_broken", extra={"error": type(error).__name__})
                if isinstance(error, OperationFailure) and error.code in _HISTORY_LOST:
                    break
            except Exception:  # a fault of ours: who watches comes again, instead of waiting for nothing
                log.exception("live_feed_failed")
                break
            stream = await self._again(stream.resume_token)
        for reader in self._readers:
            reader.end(Lost())
        self._watching = None

    async def _again(self, token: Mapping[str, Any] | None) -> AsyncCollectionChangeStream[Document]:
        while True:
            await asyncio.sleep(AGAIN_S)
            with suppress(PyMongoError):
                return await self._calls.watch(_PIPELINE, resume_after=token)

    def _take(self, event: Mapping[str, Any]) -> None:
        token = _text(event["_id"])
        document = event.get("fullDocument")
        if document is None:
            # Erased: what is remembered of it is not told to anybody who comes back.
            gone = event["documentKey"]["_id"]
            kept = [seen for seen in self._memory if seen.document["_id"] != gone]
            self._memory = deque(kept, maxlen=REMEMBERED)
            return
        if len(self._memory) == REMEMBERED:
            self._begun = self._memory[0].token
        seen = _Seen(token, document)
        self._memory.append(seen)
        for reader in self._readers:
            if reader.wanted.passes(document):
                reader.put(seen)

    async def _catch_up(self, reader: Subscription, after: str) -> None:
        """Put what *reader* has missed before what waits for it; what comes twice is told once."""
        reader.last = after
        if after >= self._begun:
            missed = [seen for seen in self._memory if seen.token > after and reader.wanted.passes(seen.document)]
        else:
            missed = await self._read_again(reader.wanted, after)
        if len(missed) > WAITING:
            raise Lost
        waiting = []
        while not reader._waiting.empty():  # noqa: SLF001 - the two are one
            waiting.append(reader._waiting.get_nowait())  # noqa: SLF001 - the same
        for seen in [*missed, *(each for each in waiting if each is not None)]:
            reader.put(seen)

    async def _read_again(self, wanted: Wanted, after: str) -> list[_Seen]:
        """Return what was missed, from MongoDB's own log; calls that were erased meanwhile are left out."""
        missed: list[_Seen] = []
        try:
            with answering():
                pipeline = [{"$match": {"fullDocument.tenant": wanted.tenant}}, *_PIPELINE]
                async with (
                    asyncio.timeout(CATCH_UP_S),
                    await self._calls.watch(pipeline, resume_after={"_data": after}) as stream,
                ):
                    while (event := await stream.try_next()) is not None:
                        missed.append(_Seen(_text(event["_id"]), event["fullDocument"]))
                        if len(missed) > WAITING:
                            raise Lost
                found = self._calls.find({"_id": {"$in": [seen.document["_id"] for seen in missed]}}, {"_id": 1})
                there = {row["_id"] async for row in found}
        except OperationFailure as error:
            if error.code in _HISTORY_LOST:
                raise Lost from error
            raise
        except TimeoutError:
            raise Away("catching up takes too long") from None
        return [seen for seen in missed if seen.document["_id"] in there and wanted.passes(seen.document)]


def _text(token: Mapping[str, Any] | None) -> str:
    return str(token["_data"]) if token else ""
