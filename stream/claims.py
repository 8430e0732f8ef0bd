"""Claim checks: a body above the record limit travels as chunks, and the record says where they are."""

from hashlib import blake2b
from typing import Final

import msgspec

from stream.headers import Headers

HEADER: Final = "claim"
CHUNK: Final = "chunk"
"""The header of a chunk; the one of the record that stands for the whole body."""

BODY_BYTES: Final = 64 << 20
"""The largest body that any connection may allow: ElevenLabs audio."""


class Claim(msgspec.Struct, frozen=True, array_like=True):
    """Where the chunks of a body are, in order: pairs of partition and offset; its size and its digest."""

    chunks: tuple[tuple[int, int], ...]
    size: int
    digest: str


_decode = msgspec.json.Decoder(Claim).decode


def digest(body: bytes) -> str:
    """Return what a body is known by once it is whole again."""
    return blake2b(body, digest_size=16).hexdigest()


def write_claim(claim: Claim) -> tuple[str, bytes]:
    """Return *claim* as a header."""
    return HEADER, msgspec.json.encode(claim)


def chunk_header(name: str, number: int) -> Headers:
    """Return the headers of chunk *number* of the body *name*: for people only, a claim says all."""
    return [(CHUNK, f"{name}/{number}".encode())]


def read_claim(headers: Headers) -> Claim | None:
    """Return the claim among *headers*, None where the value is the body; raises `ValueError` for a broken one."""
    found = dict(headers).get(HEADER)
    return None if found is None else _decode(found)
