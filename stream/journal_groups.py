"""Records as the journal stores them: many in one compressed, checked blob, so that one insert keeps them all."""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import cramjam
import msgspec

from schemas.envelope import Envelope
from stream.headers import Headers, Unreadable, from_headers, to_headers
from stream.ports import Fault, Partition, Record

WHOLE: Final = 1  # LZ4, bodies included
PIECES: Final = 2  # LZ4, of one record whose body is in the table `pieces`

PIECE_BYTES: Final = 1 << 20
"""A longer body is stored in pieces of this size, so that neither compressing nor binding copies it as a whole."""

GROUP_BYTES: Final = 4 << 20
GROUP_RECORDS: Final = 512
"""A group ends at either: what a reader holds decompressed at once."""

HEADER_BYTES: Final = 512
"""What an envelope's headers are taken to weigh where bytes are counted."""

PARTITION: Final = Partition("journal", 0)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[Headers, bytes]]).decode


class Group(NamedTuple):
    """A row of the table `groups`, without its offset."""

    records: int
    stored: int
    codec: int
    size: int
    crc: int
    blob: Any  # bytes, or cramjam's buffer


class Blob(NamedTuple):
    """Bytes and their checksum."""

    crc: int
    bytes: Any


def weigh(envelope: Envelope) -> int:
    """Return how many bytes *envelope* counts for in every bound."""
    return len(envelope.body) + HEADER_BYTES


def is_large(envelope: Envelope) -> bool:
    """Tell whether *envelope* is a group of its own with its body in pieces."""
    return len(envelope.body) > PIECE_BYTES


def pack(envelopes: Sequence[Envelope], *, now: int) -> Group:
    """Return *envelopes*, none of them large, as one row of *now* (epoch ms)."""
    frame = _encode([(to_headers(envelope), envelope.body) for envelope in envelopes])
    blob = _compress(frame)
    return Group(len(envelopes), now, WHOLE, len(frame), blob.crc, blob.bytes)


def pack_large(envelope: Envelope, *, now: int) -> Group:
    """Return the row of a large *envelope*; its body goes by `pieces_of`."""
    blob = _compress(_encode([(to_headers(envelope), b"")]))
    return Group(1, now, PIECES, weigh(envelope), blob.crc, blob.bytes)


def pieces_of(envelope: Envelope) -> Iterable[Blob]:
    """Yield the body of a large *envelope* piece by piece."""
    body = memoryview(envelope.body)
    for start in range(0, len(body), PIECE_BYTES):
        yield _compress(body[start : start + PIECE_BYTES])


def unpack(first: int, group: Group, pieces: Iterable[Blob] = ()) -> list[Record]:
    """Return the records of *group*, which begins at offset *first*; damaged ones have a fault and no envelope."""
    try:
        frames = _decode(_expand(group.crc, group.blob))
        if group.codec == PIECES:
            ((headers, _),) = frames
            frames = [(headers, _join(group, pieces))]
    except (ValueError, cramjam.DecompressionError):
        return [_damaged(first + number, bytes(group.blob)) for number in range(group.records)]
    return [_record(first + number, headers, body) for number, (headers, body) in enumerate(frames)]


def _join(group: Group, pieces: Iterable[Blob]) -> bytes:
    body = b"".join(_expand(*piece) for piece in pieces)
    if len(body) + HEADER_BYTES != group.size:
        raise ValueError(Fault.DAMAGED)
    return body


def _record(offset: int, headers: Headers, body: bytes) -> Record:
    try:
        return Record(partition=PARTITION, offset=offset, envelope=from_headers(headers, body), value=body)
    except Unreadable as error:
        return Record(partition=PARTITION, offset=offset, envelope=None, fault=error.fault, value=body)


def _damaged(offset: int, blob: bytes) -> Record:
    return Record(partition=PARTITION, offset=offset, envelope=None, fault=Fault.DAMAGED, value=blob)


def _compress(plain: bytes | memoryview) -> Blob:
    packed = cramjam.lz4.compress_block(plain)
    return Blob(zlib.crc32(packed), packed)


def _expand(crc: int, blob: Any) -> bytes:
    if zlib.crc32(blob) != crc:
        raise ValueError(Fault.DAMAGED)
    return bytes(cramjam.lz4.decompress_block(blob))
