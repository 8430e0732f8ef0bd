"""Telnyx: Ed25519 over `{timestamp}|{body}`; the configured secret is the portal's public key."""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ingest.errors import Forged
from ingest.proof import check_time, instant_ms, one_header
from ingest.reading import LONGEST_ID, call_id_of, decoded, kind_of, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.telnyx import EventType

SIGNATURE: Final = "telnyx-signature-ed25519"
TIMESTAMP: Final = "telnyx-timestamp"
OWN: Final = b"seed:"
"""Begins a private key of ours, in base64, for senders other than Telnyx: the demo, a test."""
_SIGNATURE_BYTES: Final = 64
_KEYS: Final = 256  # public keys kept ready


class _Payload(msgspec.Struct):
    call_session_id: Any = None


class _Event(msgspec.Struct):
    event_type: Any = None
    id: Any = None
    payload: _Payload | None = None


class _Body(msgspec.Struct):
    data: _Event


_peek: Final = msgspec.json.Decoder(_Body).decode


@lru_cache(maxsize=_KEYS)
def _key(secret: bytes) -> Ed25519PublicKey | None:
    try:
        if secret.startswith(OWN):
            return Ed25519PrivateKey.from_private_bytes(b64decode(secret.removeprefix(OWN), validate=True)).public_key()
        return Ed25519PublicKey.from_public_bytes(b64decode(secret, validate=True))
    except (ValueError, binascii.Error):
        return None


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the private half of a configured key signed time and body; raise `Forged` or `Stale` if none did."""
    stamp, signature = one_header(received.headers, TIMESTAMP), _bytes(one_header(received.headers, SIGNATURE))
    message = stamp.encode() + b"|" + received.body
    if not any(_holds(secret, signature, message) for secret in secrets):
        raise Forged("The signature does not match.")
    check_time(instant_ms(stamp), received, options)


def _bytes(text: str) -> bytes:
    """Return what base64 *text* says; another spelling of the same bytes is no signature."""
    try:
        signature = b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Forged("The signature is not base64.") from None
    if len(signature) != _SIGNATURE_BYTES or b64encode(signature) != text.encode():
        raise Forged("The signature is not 64 bytes in base64.")
    return signature


def _holds(secret: bytes, signature: bytes, message: bytes) -> bool:
    key = _key(secret)
    if key is None:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def check(secrets: Sequence[bytes], options: Options) -> Iterator[str]:
    """Yield what is wrong with the keys."""
    if (options.scheme or "native") == "native" and not all(map(_key, secrets)):
        yield "a secret is not the portal's public key (32 bytes in base64)"


def identify(received: Received) -> Identity | None:
    """Return the session, under which all legs are one call, and the event's own id, the same over attempts."""
    event = decoded(_peek, received.body).data
    kind = kind_of(event.event_type, "data.event_type")
    session = event.payload and event.payload.call_session_id
    if kind not in set(EventType) and text_of(session) is None:
        return None
    call_id = call_id_of(session, "data.payload.call_session_id")
    return Identity(call_id, text_of(event.id, limit=LONGEST_ID) or f"{call_id}/{kind}", kind)


SOURCE: Final = Source(identify=identify, schemes={"native": signed}, check=check)
