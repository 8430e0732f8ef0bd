"""A record batch whose bodies are neither copied nor summed up until it is sent, and then in hardware.

aiokafka's own builder copies each body into an array that grows on, and takes its CRC-32C by tables: together as much
of a core as the HMAC of the same body and its way through the parser.
"""

import time
from collections.abc import Sequence
from functools import lru_cache
from struct import Struct
from typing import Final

import google_crc32c

from stream.headers import Header

QUICK: Final = google_crc32c.implementation == "c"
"""Whether this machine has more than Python to sum with; where it has not, aiokafka's builder is far quicker."""

# Offset, length from here on, leader's epoch, version, checksum.
_HEAD: Final = Struct(">qiibI").pack
# Attributes, last offset, first and last time, producer, epoch, sequence, count.
_SUMMED: Final = Struct(">hiqqqhii").pack
_HEAD_BYTES: Final = Struct(">qiibIhiqqqhii").size
_BEFORE_LENGTH: Final = Struct(">qi").size
_NO_EPOCH: Final = -1
_VERSION: Final = 2
_ATTRIBUTES: Final = 0  # not compressed, times are the producer's, no transaction

_SEVEN_BITS: Final = 0x7F
_MORE: Final = 0x80
_ONE_BYTE: Final = tuple(bytes((number,)) for number in range(_MORE))
_NAMES: Final = 256  # of headers whose bytes are kept


class PlainBatch:
    """What aiokafka asks of its `BatchBuilder`, byte for byte, for records that are not compressed."""

    __slots__ = ("_closed", "_first_ms", "_last_ms", "_most", "_pieces", "_producer", "_records", "_size")

    def __init__(self, *, most: int) -> None:
        """Begin with no records; refuse those, but the first, that would make it *most* bytes or larger."""
        self._most: Final = most
        self._pieces: list[bytes] = []
        self._size = _HEAD_BYTES
        self._records = 0
        self._first_ms = self._last_ms = 0
        self._producer = (-1, -1, 0)
        self._closed = False

    def append(self, *, key: bytes, value: bytes, headers: Sequence[Header], timestamp: int | None) -> int | None:
        """Add a record of *timestamp* (epoch ms, None for now); return its offset, None where there is no room."""
        at = int(time.time() * 1000) if timestamp is None else timestamp
        first = at if self._records == 0 else self._first_ms
        before = b"".join(
            (b"\0", varint(at - first), varint(self._records), varint(len(key)), key, varint(len(value))),
        )
        behind = _encoded(headers)
        length = len(before) + len(value) + len(behind)
        start = varint(length)
        size = self._size + len(start) + length
        if self._closed or (size >= self._most and self._records):
            self._closed = True
            return None
        self._pieces += (start, before, value, behind)
        self._size = size
        self._first_ms, self._last_ms = first, max(at, self._last_ms)
        self._records += 1
        return self._records - 1

    def close(self) -> None:
        """Take no more."""
        self._closed = True

    def closed(self) -> bool:
        """Return whether it takes no more."""
        return self._closed

    def size(self) -> int:
        """Return how many bytes it is."""
        return self._size

    def record_count(self) -> int:
        """Return how many records it has."""
        return self._records

    def _set_producer_state(self, producer_id: int, producer_epoch: int, base_sequence: int) -> None:
        self._producer = (producer_id, producer_epoch, base_sequence)

    def _build(self) -> "Unjoined":
        self._closed = True
        times = self._first_ms, self._last_ms
        summed = _SUMMED(_ATTRIBUTES, max(0, self._records - 1), *times, *self._producer, self._records)
        crc = google_crc32c.value(summed)
        extend = google_crc32c.extend
        for piece in self._pieces:
            crc = extend(crc, piece)
        head = _HEAD(0, self._size - _BEFORE_LENGTH, _NO_EPOCH, _VERSION, crc)
        return Unjoined((head, summed, *self._pieces), size=self._size)


class Unjoined:
    """A batch in its pieces, which are joined once, in the request (`stream.kafka_request`).

    aiokafka's own requests ask for its length and add it to bytes.
    """

    __slots__ = ("_size", "pieces")

    def __init__(self, pieces: Sequence[bytes], *, size: int) -> None:
        """Be *pieces*, which are of *size* bytes together."""
        self.pieces: Final = pieces
        self._size: Final = size

    def __len__(self) -> int:
        return self._size

    def __radd__(self, before: bytes) -> bytes:
        return b"".join((before, *self.pieces))


def varint(number: int) -> bytes:
    """Return *number* as Kafka writes it: zigzag, seven bits a byte."""
    rest = number << 1 if number >= 0 else ~(number << 1)
    if rest < _MORE:
        return _ONE_BYTE[rest]
    text = bytearray()
    while rest >= _MORE:
        text.append(rest & _SEVEN_BITS | _MORE)
        rest >>= 7
    text.append(rest)
    return bytes(text)


def _encoded(headers: Sequence[Header]) -> bytes:
    pieces = [piece for name, text in headers for piece in (_named(name), varint(len(text)), text)]
    return b"".join((varint(len(headers)), *pieces))


@lru_cache(maxsize=_NAMES)
def _named(name: str) -> bytes:
    text = name.encode()
    return varint(len(text)) + text
