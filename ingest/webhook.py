"""One webhook, from its headers to its answer: refused for a reason, ignored, or durable."""

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from time import perf_counter
from typing import Any, Final

from ingest import answers, metrics
from ingest.answers import Reply
from ingest.body import Gone, Receive, Unpacker, discard, read_body
from ingest.doors import PREFIX, Door, DoorsNow
from ingest.errors import Faulty, MethodNotAllowed, NotDurable, Refused
from ingest.headers import Headers
from ingest.in_flight import Hold, InFlight
from ingest.media import media_type
from ingest.source import Answer, Identity, Received, Source
from ingest.trace import traceparent_of
from ingest.urls import url_of
from runtime.clock import Clock
from runtime.protocol import WHOLE_ANSWER
from runtime.proxies import Trusted
from schemas.envelope import Envelope
from stream.ports import Publisher, Unavailable

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TOLD_EVERY_S: Final = 60.0
"""A refusal of one kind is logged once a minute, or a forger, or whoever fills our disk, would fill it with lines.

All are counted (`aftercall_refused_total`).
"""

log = logging.getLogger(__name__)


class Visit:
    """What is known of one request while it is answered."""

    __slots__ = ("door", "hold", "receive", "scope", "whole")

    def __init__(self, scope: Scope, receive: Receive, hold: Hold) -> None:
        """Know nothing but the request."""
        self.scope: Final = scope
        self.receive: Final = receive
        self.hold: Final = hold
        self.door: Door | None = None
        self.whole = False
        """Whether the body was read to its end, so that the connection can serve another request."""

    @property
    def labels(self) -> dict[str, str]:
        """Whom a log line is about."""
        door = self.door
        return {"platform": door.connection.platform, "connection": door.connection.id} if door else {}


class Webhook:
    """An ASGI endpoint without Starlette's Request: on this path every microsecond is paid for each event."""

    def __init__(
        self, *, publisher: Publisher, doors: DoorsNow, clock: Clock, trusted: Trusted, in_flight: InFlight
    ) -> None:
        """Touch nothing but these."""
        self._publisher: Final = publisher
        self._doors: Final = doors
        self._clock: Final = clock
        self._trusted: Final = trusted
        self._in_flight: Final = in_flight
        self._unpacker: Final = Unpacker()
        self._told: Final[dict[tuple[str, ...], float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong on our side is a 503, so that the sender tries again."""
        visit = Visit(scope, receive, Hold(self._in_flight))
        try:
            reply = await self._reply(visit)
        except Refused as refusal:
            reply = self._refused(visit, refusal)
        except Gone:
            metrics.REFUSED.labels(visit.labels.get("platform", metrics.UNKNOWN), metrics.GONE).inc()
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the sender tries again
            self._tell(log.exception, "accept_failed", visit.labels, error=type(error).__name__)
            reply = self._refused(visit, Faulty("Something of ours failed; try again."))
        finally:
            visit.hold.release()
        await _answer(visit, reply, send)

    async def _reply(self, visit: Visit) -> Reply:
        began = perf_counter()
        door, path_secret = self._doors().find(visit.scope["path"])
        visit.door = door
        received = await self._received(visit, door, path_secret)
        door.prove(received)
        source = door.source
        if source.hello and received.method == "GET":
            return answers.hello(source.hello(received, door.secrets, door.options))
        if source.unwrap:
            received = source.unwrap(received, door.secrets, door.options)
        identity = source.identify(received)
        if identity is None:
            door.meters.ignored.inc()
            return answers.ignored(source.answer)
        envelope, size = _envelope(door, received, identity), len(received.body)
        del received  # its body is as large as the envelope's, and a hundred wait at once
        await self._publish(envelope)
        door.meters.accepted(seconds=perf_counter() - began, size=size)
        return answers.accepted(_wanted(source, visit.scope["path"]), identity.event_id)

    async def _received(self, visit: Visit, door: Door, path_secret: str | None) -> Received:
        scope = visit.scope
        headers = Headers(scope["headers"])
        if scope["method"] not in door.methods:
            raise MethodNotAllowed(allowed=", ".join(door.methods))
        content_type = media_type(headers.last(b"content-type"), door.source.content_types)
        body = await read_body(visit.receive, limit=door.limit, declared=_length(headers), hold=visit.hold)
        visit.whole = True
        if encoding := headers.last(b"content-encoding"):
            body = await self._unpacker.unpacked(body, encoding, limit=door.limit, hold=visit.hold)
        return Received(
            method=scope["method"],
            url=url_of(scope, headers=headers, public_url=door.options.public_url, trusted=self._trusted),
            path_secret=path_secret,
            query=scope["query_string"],
            headers=headers,
            content_type=content_type,
            body=body,
            now=self._clock(),
        )

    async def _publish(self, envelope: Envelope) -> None:
        try:
            await self._publisher.publish(envelope)
        except Unavailable as error:
            whose = {"platform": envelope.platform, "connection": envelope.connection}
            self._tell(log.warning, "not_durable", whose, why=str(error))
            told = "The event cannot be made durable now; try again."
            raise NotDurable(told, retry_after_s=error.retry_after_s) from None

    def _refused(self, visit: Visit, refusal: Refused) -> Reply:
        metrics.REFUSED.labels(visit.labels.get("platform", metrics.UNKNOWN), refusal.word).inc()
        if visit.door:
            self._tell(log.info, "refused", visit.labels, reason=refusal.word)
        return answers.refused(refusal, close=not visit.whole)

    def _tell(self, tell: Callable[..., None], event: str, whose: dict[str, str], **why: str) -> None:
        now, kind = perf_counter(), (event, whose.get("connection", ""), *why.values())
        if now >= self._told.get(kind, 0.0):
            self._told[kind] = now + TOLD_EVERY_S
            tell(event, extra=whose | why)


def _wanted(source: Source, path: str) -> Answer:
    """Return what the sender expects at *path*: its product's own one may have another answer than ours."""
    return source.path_answer if source.path_answer and not path.startswith(PREFIX) else source.answer


def _length(headers: Headers) -> int:
    """Return the declared length; 0 where there is none (chunked), or none that the server let through."""
    declared = headers.last(b"content-length")
    return int(declared) if declared and declared.isdigit() else 0


def _envelope(door: Door, received: Received, identity: Identity) -> Envelope:
    connection = door.connection
    return Envelope(
        event_id=identity.event_id,
        platform=connection.platform,
        connection=connection.id,
        tenant=connection.tenant,
        call_id=identity.call_id,
        event_type=identity.event_type,
        received_at=int(received.now.timestamp() * 1000),
        content_type=received.content_type,
        body=_cut(door, received),
        traceparent=traceparent_of(received.headers.last(b"traceparent")),
        defaults=door.defaults,
    )


def _cut(door: Door, received: Received) -> bytes:
    if door.cut is None:
        return received.body
    envelope = door.cut.envelope
    return door.cut(received.body, received.opened(envelope) if envelope else None)


async def _answer(visit: Visit, reply: Reply, send: Send) -> None:
    """Send *reply*; a body that still comes is thrown away a while: its sender reads nothing before it is through."""
    if visit.whole:
        at_once = visit.scope.get("extensions", {}).get(WHOLE_ANSWER)
        if at_once is None or not at_once(*reply.whole):
            await send(reply.start)
            await send({"type": "http.response.body", "body": reply.body})
    else:
        await send(reply.start)
        await send({"type": "http.response.body", "body": reply.body, "more_body": True})
        await discard(visit.receive)
        await send({"type": "http.response.body", "body": b""})
