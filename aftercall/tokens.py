"""Secrets and tokens that we make: long enough, from the system's source of randomness."""

import base64
import hashlib
import secrets
from typing import Final, NamedTuple

from schemas.words import Platform

BYTES: Final = 24  # 192 bits: nobody guesses it, and it is still short enough to paste


class Token(NamedTuple):
    """A key's token, told once, and what is kept of it."""

    text: str
    sha256: str


def make_token() -> Token:
    """Return a new API token; the prefix lets secret scanners know it."""
    text = f"ac_{secrets.token_urlsafe(BYTES)}"
    return Token(text, hashlib.sha256(text.encode()).hexdigest())


def make_dialect_secret() -> str:
    """Return a secret that a client of a dialect signs with."""
    return secrets.token_urlsafe(BYTES)


def make_secret(platform: Platform) -> str:
    """Return a secret in the form that *platform* signs with."""
    match platform:
        case Platform.STANDARD:
            return "whsec_" + base64.b64encode(secrets.token_bytes(BYTES)).decode()
        case Platform.DAILY:
            return base64.b64encode(secrets.token_bytes(32)).decode()
        case Platform.TELNYX:  # until the portal's public key is put in its place, only we can sign
            return "seed:" + base64.b64encode(secrets.token_bytes(32)).decode()
        case _:
            return secrets.token_urlsafe(BYTES)
