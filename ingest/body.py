"""A request's body: bounded while it is read, bounded again while it is unpacked."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any, Final

from ingest.errors import TooLarge, Unreadable, UnsupportedType
from ingest.in_flight import Hold

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

GZIP: Final = frozenset({b"gzip", b"x-gzip"})
PLAIN: Final = frozenset({b"", b"identity"})
_GZIP_WBITS: Final = 31  # zlib's word for "a gzip header and trailer, the largest window"
_MEMBERS: Final = 1000  # of one gzip stream: more of them is an attempt to keep us busy
_PIECE: Final = 64 * 2**10  # packed bytes at a time: zlib copies what it was given behind each member's end
LINGER_S: Final = 2.0  # a sender that is refused early is still sending: closed at once, it would never see the answer
LINGER_BYTES: Final = 8 * 2**20  # whoever sends more than this after the answer is cut off
AT_ONCE: Final = 256 * 2**10  # unpacked bytes, in less than a millisecond; more would keep the event loop from others


class Gone(Exception):
    """The sender went away before the body was whole: there is nobody to answer."""


async def read_body(receive: Receive, *, limit: int, declared: int, hold: Hold) -> bytes:
    """Return the whole body; raise `TooLarge` above *limit* bytes, before reading it where *declared* says so.

    From the first byte on room is held for all that was *declared*: two halves that wait for each other's room would
    wait for ever. The time for a body is the server's to bound (`runtime.server`). Raises `Gone` and `NotDurable`.
    """
    if declared > limit:
        raise TooLarge(f"The body is larger than {limit} bytes.")
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"The body is larger than {limit} bytes.")
        await hold.at_least(max(size, declared))
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class Unpacker:
    """Undoes `Content-Encoding: gzip`; large bodies one at a time and beside the event loop."""

    def __init__(self) -> None:
        """Wait for nobody yet."""
        self._one: Final = asyncio.Lock()

    async def unpacked(self, body: bytes, encoding: bytes, *, limit: int, hold: Hold) -> bytes:
        """Return *body* as it was meant; raise `TooLarge`, `UnsupportedType`, `Unreadable` or `NotDurable`."""
        encoding = encoding.strip().lower()
        if encoding in PLAIN:
            return body
        if encoding not in GZIP:
            raise UnsupportedType("The content encoding is unknown; send the body as it is, or as gzip.")
        try:
            plain = gunzip(body, limit=min(limit, AT_ONCE))  # how much it is, only unpacking tells
        except TooLarge:
            async with self._one:
                plain = await asyncio.to_thread(gunzip, body, limit=limit)
        await hold.at_least(len(body) + len(plain))
        return plain


def gunzip(packed: bytes, *, limit: int) -> bytes:
    """Return what gzip *packed* holds, all its members; raise `TooLarge` above *limit* bytes, or `Unreadable`."""
    rest, plain = memoryview(packed), bytearray()
    for _ in range(_MEMBERS):
        rest = rest[_member(rest, plain, limit=limit) :]
        if not rest:
            return bytes(plain)
    raise Unreadable("The gzip body has too many members.")


def _member(packed: memoryview, plain: bytearray, *, limit: int) -> int:
    """Add to *plain* what the first member of *packed* holds; return where it ends. Raises as `gunzip` does."""
    member, end = zlib.decompressobj(_GZIP_WBITS), 0
    while not member.eof:
        piece = packed[end : end + _PIECE]
        if not piece:
            raise Unreadable("The gzip body ends too early.")
        try:
            plain += member.decompress(piece, limit + 1 - len(plain))
        except zlib.error:
            raise Unreadable("The body is not gzip, though its content encoding says so.") from None
        if len(plain) > limit:
            raise TooLarge(f"The body is larger than {limit} bytes once unpacked.")
        end += len(piece) - len(member.unused_data)
    return end


async def discard(receive: Receive) -> None:
    """Read what is left of a refused body and forget it, for `LINGER_S` and `LINGER_BYTES` at most."""
    left = LINGER_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while left > 0:
                message = await receive()
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
                left -= len(message.get("body", b""))
