"""OMICall's access tokens: signed, not stored, so that they outlive a restart and end with their key. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime, timedelta
from hmac import compare_digest, digest
from typing import Final

import msgspec

from runtime.config import Key

LIVES: Final = timedelta(hours=24)  # as the vendor's
PREFIX: Final = "omi1."
"""What tells an access token from a key that is sent as it is."""
_DOMAIN: Final = b"aftercall omicall token\0"  # the signing key signs other things too
_MARK: Final = 16  # characters of the key's digest: a key with a new token has new access tokens


class Access(msgspec.Struct, frozen=True, array_like=True):
    """What a token says: whose, of which spelling of the key, and until which epoch second."""

    tenant: str
    key: str
    mark: str
    until: int

    def opens(self, key: Key) -> bool:
        """Tell whether this is still the key that the token was given for."""
        return (self.tenant, self.key, self.mark) == (key.tenant, key.id, _mark(key))


def token(key: Key, *, now: datetime, signing_key: bytes) -> str:
    """Return a token for *key* from now on."""
    access = Access(key.tenant, key.id, _mark(key), int((now + LIVES).timestamp()))
    told = PREFIX + urlsafe_b64encode(msgspec.json.encode(access)).decode().rstrip("=")
    return f"{told}.{_signature(told, signing_key)}"


def access(text: str, *, signing_key: bytes) -> Access | None:
    """Return what a token says, whether or not it still holds; None of one that we did not sign."""
    told, _, signature = text.rpartition(".")
    # The signature covers the text itself, so that nothing of a stranger's is decoded.
    if not compare_digest(_signature(told, signing_key).encode(), signature.encode("utf-8", "surrogateescape")):
        return None
    try:
        body = told.removeprefix(PREFIX)
        return msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Access)
    except (Error, msgspec.DecodeError, ValueError):
        return None


def _mark(key: Key) -> str:
    return key.token_sha256.lower()[:_MARK]


def _signature(told: str, signing_key: bytes) -> str:
    return digest(signing_key, _DOMAIN + told.encode("utf-8", "surrogateescape"), "sha256").hex()
