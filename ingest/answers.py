"""What a sender is told, as ASGI messages; the usual ones are made once."""

from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

import msgspec

from ingest.errors import MethodNotAllowed, NotDurable, Refused
from ingest.source import Answer

Message = dict[str, Any]

JSON: Final = "application/json"
_encode: Final = msgspec.json.Encoder().encode


class Reply(msgspec.Struct, frozen=True):
    """A status line with its headers, and a body."""

    start: Message
    body: bytes

    @property
    def whole(self) -> tuple[bytes, bytes]:
        """Return the status line and the rest, as they go over the wire of HTTP/1.1."""
        line, head = _lines(self.start["status"], *self.start["headers"])
        return line, head + self.body


def accepted(answer: Answer, event_id: str) -> Reply:
    """Return what the platform wants to hear once the event is durable."""
    body = answer.body
    if body is None:
        body = b'{"status":"accepted","event_id":' + _encode(event_id) + b"}"
    return Reply(_start(answer.status, answer.content_type, len(body)), body)


def ignored(answer: Answer) -> Reply:
    """Return the acknowledgement of what tells nothing; a platform that waits for its own word gets that."""
    if answer.body is not None and answer.content_type != JSON:
        return accepted(answer, "")
    return _IGNORED


def hello(body: bytes) -> Reply:
    """Return the answer to a platform's check of the URL."""
    return Reply(_start(200, "text/plain; charset=utf-8", len(body)), body)


def refused(refusal: Refused, *, close: bool) -> Reply:
    """Return status, fixed word and advice; *close* where the rest of the body is not read."""
    body = _encode({"error": refusal.word, "detail": refusal.detail})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if isinstance(refusal, NotDurable):
        headers.append((b"retry-after", str(refusal.retry_after_s).encode()))
    if isinstance(refusal, MethodNotAllowed):
        headers.append((b"allow", refusal.allowed.encode()))
    if close:
        headers.append((b"connection", b"close"))
    return Reply({"type": "http.response.start", "status": refusal.status, "headers": headers}, body)


@lru_cache(maxsize=2048)
def _start(status: int, content_type: str, length: int) -> Message:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": status, "headers": headers}


@lru_cache(maxsize=2048)
def _lines(status: int, *headers: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    head = b"".join(b"%b: %b\r\n" % header for header in headers)
    return b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode()), head + b"\r\n"


_IGNORED_BODY: Final = b'{"status":"ignored"}'
_IGNORED: Final = Reply(_start(200, JSON, len(_IGNORED_BODY)), _IGNORED_BODY)
