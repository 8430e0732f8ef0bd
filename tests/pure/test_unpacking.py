"""A gzip body is what it was before, or refused by what it would become."""

import tracemalloc
from gzip import compress
from typing import Final

import pytest

from ingest.body import AT_ONCE, Unpacker, gunzip
from ingest.errors import TooLarge, Unreadable, UnsupportedType
from ingest.in_flight import Hold, InFlight

LIMIT: Final = 4 * AT_ONCE


async def unpacked(packed: bytes, encoding: bytes = b"gzip") -> tuple[bytes, int]:
    """Return the body, and how many bytes are held for it then."""
    in_flight = InFlight()
    body = await Unpacker().unpacked(packed, encoding, limit=LIMIT, hold=Hold(in_flight))
    return body, in_flight.held


@pytest.mark.parametrize("size", [0, 1, AT_ONCE, AT_ONCE + 1, LIMIT])
async def test_a_body_is_whole_however_large_it_becomes(size: int) -> None:
    packed = compress(b"a" * size)

    assert await unpacked(packed) == (b"a" * size, len(packed) + size)


async def test_a_body_of_several_members_is_their_whole() -> None:
    assert (await unpacked(compress(b"a" * AT_ONCE) + compress(b"b")))[0] == b"a" * AT_ONCE + b"b"


@pytest.mark.parametrize(
    ("packed", "encoding", "refusal"),
    [
        (compress(b"a" * (LIMIT + 1)), b"gzip", TooLarge),
        (compress(b"a" * LIMIT) + compress(b"b"), b"gzip", TooLarge),
        (compress(b"a")[:-1], b"gzip", Unreadable),
        (b"{}", b"x-gzip", Unreadable),
        (compress(b"") * 1001, b"gzip", Unreadable),
        (b"{}", b"br", UnsupportedType),
    ],
)
async def test_what_is_none_or_becomes_too_large_is_refused(
    packed: bytes, encoding: bytes, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await unpacked(packed, encoding)


def test_many_members_do_not_copy_what_follows_them() -> None:
    packed = compress(b"") * 999 + compress(b"a") + b"\0" * LIMIT

    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            gunzip(packed, limit=LIMIT)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < LIMIT // 4
