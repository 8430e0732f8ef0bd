"""Kafka's own way from a key to a partition, so that every other tool puts a call where we do."""

from struct import unpack_from
from typing import Final

_SEED: Final = 0x9747B28C
_M: Final = 0x5BD1E995
_WORD: Final = 0xFFFFFFFF


def murmur2(key: bytes) -> int:
    """Return MurmurHash2 of *key* as Kafka's Java client computes it, unsigned."""
    length = len(key)
    words = length >> 2
    h = _SEED ^ length
    for word in unpack_from(f"<{words}I", key):
        k = word * _M & _WORD
        h = h * _M & _WORD ^ (k ^ k >> 24) * _M & _WORD
    if tail := key[words << 2 :]:
        h = (h ^ int.from_bytes(tail, "little")) * _M & _WORD
    h = (h ^ h >> 13) * _M & _WORD
    return h ^ h >> 15


def partition_of(key: bytes, *, partitions: int) -> int:
    """Return which of *partitions* holds *key*."""
    return (murmur2(key) & 0x7FFFFFFF) % partitions
