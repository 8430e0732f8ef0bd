"""Where a page ended, made opaque: versioned, authenticated, bound to filters, order and tenant."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b
from hmac import compare_digest, digest
from typing import Any, Final

import msgspec

from query.problems import BadCursor
from schemas.query import All, Any_, Condition, Filter, Not, Order, Position

VERSION: Final = 1  # raised when the meaning of a position changes
LONGEST: Final = 8192  # characters; a position holds one id and one value
_PROOF: Final = 16  # bytes of the HMAC: 128 bits cannot be guessed
_DOMAIN: Final = b"aftercall cursor\0"  # the signing key signs other things too


class _Token(msgspec.Struct, frozen=True, array_like=True):
    question: bytes
    value: Any
    id: str


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(_Token).decode


def question(*, tenant: str, filter_: Filter, order: Order, of: str = "calls") -> bytes:
    """Return a digest of what a cursor is bound to."""
    spelled = [of, tenant, _spell(filter_), order.by.value, order.descending]
    return blake2b(_encode(spelled), digest_size=12).digest()


def write(position: Position, *, question: bytes, key: bytes) -> str:
    """Return *position* as text for a URL."""
    token = bytes([VERSION]) + _encode(_Token(question, position.value, position.id))
    return urlsafe_b64encode(_proof(token, key) + token).rstrip(b"=").decode()


def read(text: str, *, question: bytes, key: bytes) -> Position:
    """Return the position in *text*; raise `BadCursor` unless this question made it."""
    token = _proved(text, key)
    if token[0] != VERSION:
        raise BadCursor("The cursor is from another version; begin again without it.", field="cursor")
    held = _decode(token[1:])
    if held.question != question:
        raise BadCursor(
            "The cursor was made by a question with other filters or another order; begin again without it.",
            field="cursor",
        )
    return Position(tuple(held.value) if isinstance(held.value, list) else held.value, held.id)


def _proved(text: str, key: bytes) -> bytes:
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)) if len(text) <= LONGEST else b""
    except (binascii.Error, ValueError):
        raw = b""
    proof, token = raw[:_PROOF], raw[_PROOF:]
    # The last character may hide spare bits, and Python's decoder skips foreign ones: only our own spelling counts.
    ours = urlsafe_b64encode(raw).rstrip(b"=").decode() == text
    if not token or not ours or not compare_digest(proof, _proof(token, key)):
        raise BadCursor("The cursor is not one that we gave; begin again without it.", field="cursor")
    return token


def _proof(token: bytes, key: bytes) -> bytes:
    return digest(key, _DOMAIN + token, "sha256")[:_PROOF]


def _spell(filter_: Filter) -> list[Any]:
    match filter_:
        case Condition(field, op, value):
            return ["is", field.value, op.value, value]
        case All(parts):
            return ["all", *map(_spell, parts)]
        case Any_(parts):
            return ["any", *map(_spell, parts)]
        case Not(part):
            return ["not", _spell(part)]
