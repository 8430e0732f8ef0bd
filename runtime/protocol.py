"""HTTP as uvicorn and httptools speak it, with the bounds they leave out: large heads, slow senders and readers."""

import asyncio
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final

import msgspec
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

WHOLE_ANSWER: Final = "aftercall.whole_answer"
"""The ASGI extension that writes an answer, its status line and the rest, and returns whether it could; else `send` it.

`send` takes a coroutine for each part, looks through the headers and holds the head back: 5 µs, for answers that are
known to be right.
"""

LOOK_S: Final = 1.0  # how often connections are looked at: no timer is paid for by each request


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a client may take of a server's memory and time."""

    head_bytes: int = 32 * 2**10  # request line and headers; the largest tokens and traces we know fit four times
    head_fields: int = 100
    head_s: float = 10.0  # from the first byte, or from the connection, to the end of the headers
    body_s: float = 15.0  # for a body to come, and for each
    body_bytes_per_s: int = 64 * 2**10  # beyond that: a phone's uplink, and no trickle
    idle_s: int = 75  # between requests; load balancers keep connections for 60
    stalled_s: float = 60.0  # that a client may leave an answer unread
    last_s: float = 0.25  # for a request that was on its way when we were stopped: a slow network's way, and a pause


class Phase(Enum):
    """Where a connection is."""

    NEW = auto()
    HEAD = auto()
    BODY = auto()
    WHOLE = auto()
    IDLE = auto()


class HeldTransport:
    """A transport that keeps an answer's head back until its body follows: one system call and one packet, not two.

    A head that nothing follows at once (a stream that has still to begin) goes out when the event loop comes round.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Hold nothing yet."""
        self._transport: Final = transport
        self._loop: Final = loop
        self._held = b""
        self.is_closing: Final = transport.is_closing
        self.abort: Final = transport.abort
        self.pause_reading: Final = transport.pause_reading
        self.resume_reading: Final = transport.resume_reading
        self.get_extra_info: Final = transport.get_extra_info

    def write(self, data: bytes) -> None:
        """Write *data*, at once unless it looks like a head."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held + data)
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100"):
            self._held = data
            self._loop.call_soon(self.flush)
        else:
            self._transport.write(data)

    def write_whole(self, answer: bytes) -> None:
        """Write an *answer* that nothing follows."""
        self.flush()
        self._transport.write(answer)

    def flush(self) -> None:
        """Write what is held."""
        if self._held:
            held, self._held = self._held, b""
            self._transport.write(held)

    def close(self) -> None:
        """Write what is held, then close."""
        self.flush()
        self._transport.close()


class BoundedProtocol(HttpToolsProtocol):
    """One connection; `cut_off_if_late` is called every `LOOK_S`."""

    limits = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Make the connection as uvicorn does."""
        super().__init__(*args, **kwargs)
        self._phase = Phase.NEW
        self._since = self.loop.time()
        self._taken = 0
        self._coming = 0
        self._stalled_since: float | None = None
        self._refusal: tuple[HTTPStatus, str] | None = None
        self._ending = False
        self._extensions: dict[str, Any] = {WHOLE_ANSWER: self._answered}

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin, and hold heads back."""
        super().connection_made(transport)
        self.transport = HeldTransport(transport, self.loop)  # type: ignore[assignment]  # the part that uvicorn uses

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        """End, and let nothing of it refer to itself: garbage is searched for seldom."""
        super().connection_lost(exc)
        self._extensions.clear()

    @override
    def data_received(self, data: bytes) -> None:
        """Count what comes: a head without an end would be kept by the parser for ever."""
        self._coming = len(data)
        super().data_received(data)
        self._taken += self._coming
        if self._phase is Phase.HEAD and self._taken > self.limits.head_bytes and not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large.")

    @override
    def on_message_begin(self) -> None:
        """Begin to wait for the head."""
        super().on_message_begin()
        self._enter(Phase.HEAD)

    @override
    def on_headers_complete(self) -> None:
        """Begin to wait for the body, unless the head is too large; a parser is stopped by an exception."""
        if self._head_is_too_large():
            self._refusal = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large."
            raise ValueError(self._refusal[1])
        super().on_headers_complete()
        if self._ending:
            self.cycle.keep_alive = False
        self.cycle.body = b""  # type: ignore[assignment]  # a body of one piece is handed on as it is, not copied twice
        self.scope["extensions"] = self._extensions
        self._enter(Phase.BODY)

    @override
    def on_message_complete(self) -> None:
        """Wait for the answer: what that may take is the app's to say."""
        super().on_message_complete()
        self._phase = Phase.WHOLE

    @override
    def on_response_complete(self) -> None:
        """Wait for another request; uvicorn's own timer for that costs each one, and is stopped by a single byte."""
        if self.pipeline:
            super().on_response_complete()
        else:
            self.server_state.total_requests += 1
            if not self.transport.is_closing():
                self.flow.resume_reading()
        if self._phase is Phase.WHOLE and self.cycle.response_complete:
            self._enter(Phase.IDLE)

    @override
    def send_400_response(self, msg: str) -> None:
        """Say in our own form what is wrong."""
        self._refuse(*(self._refusal or (HTTPStatus.BAD_REQUEST, "This is no HTTP/1.1.")))

    @override
    def shutdown(self) -> None:
        """End after the answer under way; without one, a moment later: a request may have been sent just now.

        uvicorn closes such a connection at once, and who sent never learns whether the request was taken.
        """
        self._ending = True
        if self._asked:
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(self.limits.last_s, self._end_unasked)

    @override
    def pause_writing(self) -> None:
        """Begin to wait for the reader."""
        super().pause_writing()
        self._stalled_since = self.loop.time()

    @override
    def resume_writing(self) -> None:
        """The reader goes on."""
        super().resume_writing()
        self._stalled_since = None

    def cut_off_if_late(self, now: float) -> None:
        """Close the connection if its client takes more time than the limits allow."""
        if self.transport is None or self.transport.is_closing():
            return
        if self._stalled_since is not None and now - self._stalled_since > self.limits.stalled_s:
            self.transport.abort()
        elif self._late(now - self._since):
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, "The request did not come in time.")

    @property
    def _asked(self) -> bool:
        """Whether there is a request whose answer is not through; a head that has not ended is none."""
        return self._phase in {Phase.BODY, Phase.WHOLE}

    def _end_unasked(self) -> None:
        if not self._asked:
            self.transport.close()

    def _head_is_too_large(self) -> bool:
        if len(self.headers) > self.limits.head_fields:
            return True
        if self._taken + self._coming <= self.limits.head_bytes:
            return False  # all that came since it began is not
        return sum(len(name) + len(value) for name, value in self.headers) + len(self.url) > self.limits.head_bytes

    def _late(self, waited: float) -> bool:
        match self._phase:
            case Phase.NEW | Phase.HEAD:
                return waited > self.limits.head_s
            case Phase.BODY:
                allowed = self.limits.body_s + self._taken / self.limits.body_bytes_per_s
                return waited > allowed and not self.flow.read_paused
            case Phase.IDLE:
                return waited > self.limits.idle_s + LOOK_S
            case Phase.WHOLE:
                return False

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._since = self.loop.time()
        self._taken = 0

    def _answered(self, line: bytes, rest: bytes) -> bool:
        cycle = self.cycle  # the last one that came: whoever asks now where others wait behind it may be another
        if self.pipeline or cycle.response_started or cycle.disconnected:
            return False
        if not cycle.keep_alive or self.flow.write_paused:
            return False
        cycle.response_started = cycle.response_complete = True
        date = b"".join([b"%b: %b\r\n" % header for header in cycle.default_headers])
        self.transport.write_whole(b"".join((line, date, rest)))  # type: ignore[attr-defined]  # it is a HeldTransport
        cycle.message_event.set()
        cycle.on_response()
        return True

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Answer, unless nothing was asked or another answer is on its way, and close."""
        if self._phase is Phase.HEAD:
            free = self.cycle is None or self.cycle.response_complete
        else:
            free = self._phase is Phase.BODY and not self.cycle.response_started
        if free:
            self.transport.write(_answer(status, detail))
        self.transport.close()


def _answer(status: HTTPStatus, detail: str) -> bytes:
    body = msgspec.json.encode({"error": status.phrase.lower().replace(" ", "_"), "detail": detail})
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
