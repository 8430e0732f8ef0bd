"""Calls as they change, as server-sent events: resumable, with a heartbeat, never buffered without bound."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Final

import msgspec
from starlette.responses import Response
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope
from typing_extensions import override

from query import cursors, filters, views
from query.asked import Asked
from query.auth import Keyring
from query.filters import FILTERS
from query.metrics import LIVE
from query.problems import BadCursor, BadEventId, Unavailable, UnknownParameter, unknown
from query.streamed import Streamed
from query.views import Around
from schemas.feed import Change
from schemas.query import EVERYTHING, NEWEST_FIRST, Position
from storage.errors import Lost, Slow
from storage.ports.query import CallFeed, Changes

HEARTBEAT_S: Final = 15.0  # proxies close what is silent for a minute, often for half of one
LOOK_S: Final = 1.0  # a key that was taken away watches no longer; the configuration is looked at as often
SLOWEST_S: Final = 10.0  # a reader whose connection takes nothing for so long is cut off
MOST_READERS: Final = 2_000  # of one process: each holds a connection and what waits for it
SHARED: Final = 64  # events that are kept as they were written: readers are told of one within moments of each other
_MEDIA_TYPE: Final = "text/event-stream"
_HEARTBEAT: Final = b":\n\n"


class Live:
    """The endpoint that watches."""

    def __init__(self, *, feed: CallFeed, keyring: Keyring, signing_key: bytes) -> None:
        """Listen to *feed*; sign event ids with *signing_key*; end with the key that asked, which *keyring* knows."""
        self._feed = feed
        self._keyring = keyring
        self._key = signing_key
        self._readers = 0
        self._written: dict[tuple[str, str], bytes] = {}

    async def stream(self, asked: Asked) -> Response:
        """Answer with events from now on, or behind `Last-Event-ID`."""
        parameters = asked.parameters()
        for name, _ in parameters:
            if name not in FILTERS:
                raise unknown(name, FILTERS, what="filter", problem=UnknownParameter, field=name[:100])
        wanted = filters.read(parameters)
        after = self._after(asked)
        if asked.request.method == "HEAD":
            return Response(media_type=_MEDIA_TYPE)
        if self._readers >= MOST_READERS:
            raise Unavailable("Too many watch already; ask again later.", headers={"Retry-After": "60"})
        listening = AsyncExitStack()
        try:
            changes = await listening.enter_async_context(
                self._feed.listen(asked.tenant.id, wanted, units=asked.caller.units, after=after)
            )
        except Lost:
            raise _forgotten() from None
        self._readers += 1
        LIVE.inc()
        listening.callback(self._left)
        return _Events(self._told(asked, changes), listening)

    def _left(self) -> None:
        self._readers -= 1
        LIVE.dec()

    def _after(self, asked: Asked) -> str | None:
        given = asked.request.headers.get("last-event-id")
        if not given:
            return None
        try:
            return cursors.read(given, question=_question(asked), key=self._key).id
        except BadCursor:
            raise _forgotten() from None

    async def _told(self, asked: Asked, changes: Changes) -> AsyncIterator[bytes]:
        question, around = _question(asked), views.around(asked)
        key, silent_s = asked.caller.key, HEARTBEAT_S
        with suppress(Slow, Lost):
            while (left_s := self._keyring.left_s(key)) > 0:
                if silent_s >= HEARTBEAT_S:
                    yield _HEARTBEAT
                    silent_s = 0.0
                wait_s = min(LOOK_S, HEARTBEAT_S, left_s)
                try:
                    async with asyncio.timeout(wait_s):
                        change = await changes.next()
                except TimeoutError:
                    silent_s += wait_s
                    continue
                if self._keyring.left_s(key) > 0:
                    yield self._event(asked.tenant.id, change, question, around)
                    silent_s = 0.0

    def _event(self, tenant: str, change: Change, question: bytes, around: Around) -> bytes:
        """Return an event as it is told to every reader of *tenant*: a thousand of them have it written once."""
        place = (tenant, change.token)
        if place not in self._written:
            if len(self._written) >= SHARED:
                del self._written[next(iter(self._written))]
            token = cursors.write(Position(None, change.token), question=question, key=self._key)
            self._written[place] = _event(change, token, around)
        return self._written[place]


class _Events(Streamed):
    """An answer that ends as soon as its reader is gone or takes nothing any more."""

    def __init__(self, events: AsyncIterator[bytes], listening: AsyncExitStack) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(events, headers=headers, media_type=_MEDIA_TYPE)
        self._listening = listening

    @override
    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        async def bounded(message: object) -> None:
            async with asyncio.timeout(SLOWEST_S):
                await send(message)  # type: ignore[arg-type]  # a message of Starlette's own

        async with self._listening:
            with suppress(TimeoutError):
                await super().__call__(scope, receive, bounded)


def _event(change: Change, token: str, around: Around) -> bytes:
    content = msgspec.json.encode(views.listed([change.call], around)[0])
    return b"event: call\nid: " + token.encode() + b"\ndata: " + content + b"\n\n"


def _question(asked: Asked) -> bytes:
    return cursors.question(tenant=asked.tenant.id, filter_=EVERYTHING, order=NEWEST_FIRST, of="live")


def _forgotten() -> BadEventId:
    return BadEventId("What happened since is no longer known; connect without Last-Event-ID and read the list anew.")
