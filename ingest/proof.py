"""The pieces that platforms' proofs are made of: one header, one of several secrets, MACs, instants, signed tokens.

Every comparison looks at every secret and takes as long for a wrong one as for a right one. What the sender gave is
never decoded before it is compared: base64 and hex have several spellings of the same bytes, a proof has one.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, Final

import jwt

from ingest.errors import Forged, Stale, Unsigned
from ingest.headers import Headers
from ingest.source import Received
from runtime.config import Options

TOLERANCE_S: Final = 300  # either way, unless the platform's page or `tolerance_s` says otherwise
MILLISECONDS_FROM: Final = 10**11  # as seconds it is the year 5138, as milliseconds 1973
_LONGEST_INSTANT: Final = 15  # digits: beyond it no datetime exists
_KEPT: Final = 1024  # keys and start states kept: more secrets than any configuration we know has
_HS256_BYTES: Final = 32

Encode = Callable[[bytes], bytes]


def to_hex(digest: bytes) -> bytes:
    """Return lower-case hex."""
    return digest.hex().encode()


def to_base64(digest: bytes) -> bytes:
    """Return standard base64 with its padding."""
    return b64encode(digest)


@lru_cache(maxsize=_KEPT)
def key_of(secret: bytes) -> bytes | None:
    """Return the key that base64 *secret* stands for, its `whsec_` taken off; None where it is no base64, or empty."""
    try:
        return b64decode(secret.removeprefix(b"whsec_"), validate=True) or None
    except ValueError:
        return None


def keys_of(secrets: Sequence[bytes]) -> list[bytes]:
    """Return the keys that *secrets* stand for; one that is no base64 opens nothing."""
    return [key for key in map(key_of, secrets) if key]


ENCODINGS: Final[dict[str, Encode]] = {"hex": to_hex, "base64": to_base64}


def one_header(headers: Headers, name: str) -> str:
    """Return the only value of *name*, ASCII and not empty; raise `Unsigned` where there is none, else `Forged`."""
    try:
        value = headers.get(name)
    except KeyError:
        raise Forged(f"The header {name} came twice.") from None
    if not value:
        raise Unsigned(f"The header {name} is missing.")
    if not value.isascii():
        raise Forged(f"The header {name} holds characters that no proof has.")
    return value


def check_same(given: Iterable[bytes], expected: Iterable[bytes]) -> None:
    """Return if one of *given* is one of *expected*; raise `Forged` if none is."""
    wanted = list(expected)
    found = False
    for text in given:
        for other in wanted:
            found |= hmac.compare_digest(text, other)
    if not found:
        raise Forged("The proof does not match.")


def check_secret(given: str, secrets: Sequence[bytes]) -> None:
    """Return if *given* is one of *secrets*; raise `Unsigned` where it is empty, `Forged` where it is another."""
    if not given:
        raise Unsigned("The secret is missing.")
    check_same((given.encode("utf-8", "surrogateescape"),), secrets)


@lru_cache(maxsize=_KEPT)
def _start(secret: bytes, algorithm: str) -> "hmac.HMAC":
    return hmac.new(secret, digestmod=algorithm)


def macs(parts: Sequence[bytes], secrets: Sequence[bytes], *, algorithm: str = "sha256") -> list[bytes]:
    """Return the HMAC of the joined *parts* under each secret; nothing is copied, keys are prepared once."""
    digests = []
    for secret in secrets:
        mac = _start(secret, algorithm).copy()
        for part in parts:
            mac.update(part)
        digests.append(mac.digest())
    return digests


def check_mac(
    given: str | Iterable[str],
    parts: Sequence[bytes],
    secrets: Sequence[bytes],
    *,
    algorithm: str = "sha256",
    encode: Encode = to_hex,
) -> None:
    """Return if *given*, or one of several, is the HMAC of *parts* under one of *secrets*; else raise `Forged`."""
    texts = (given,) if isinstance(given, str) else given
    check_same([text.encode() for text in texts], map(encode, macs(parts, secrets, algorithm=algorithm)))


def instant_ms(text: str) -> int:
    """Return the epoch milliseconds that decimal *text* means, seconds below 10¹¹; raise `Forged` if it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_INSTANT):
        raise Forged("The timestamp is no whole number of seconds or milliseconds.")
    value = int(text)
    return value if value >= MILLISECONDS_FROM else value * 1000


def check_time(at_ms: int, received: Received, options: Options, *, tolerance_s: int = TOLERANCE_S) -> None:
    """Return if *at_ms* is within the tolerance of now, before or after; raise `Stale` if not."""
    allowed = tolerance_s if options.tolerance_s is None else options.tolerance_s
    if abs(received.now.timestamp() * 1000 - at_ms) > allowed * 1000:
        raise Stale(f"The signature is of another time: more than {allowed} s from now.")


def jwt_claims(token: str, secrets: Sequence[bytes]) -> dict[str, Any]:
    """Return the claims of an HS256 *token* that one of *secrets* signed, times unchecked; else raise `Forged`.

    Its signature must be in canonical base64url: the last character has bits that a lenient decoder throws away.
    """
    claims: dict[str, Any] | None = None
    for secret in secrets:
        # HMAC fills keys up with zeros, so this is the same key; PyJWT warns of short ones, but vendors choose them.
        key = secret.ljust(_HS256_BYTES, b"\0")
        try:
            claims = jwt.decode(token, key, algorithms=["HS256"], options=_UNTIMED)
        except (jwt.PyJWTError, ValueError, RecursionError):
            continue
    if claims is None or not _canonical(token):
        raise Forged("The token is not signed with this connection's secret.")
    return claims


_UNTIMED: Final[Any] = {
    "verify_exp": False,  # PyJWT would look at the wall clock; time is passed in here
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def _canonical(token: str) -> bool:
    signature = token.rpartition(".")[2].encode()
    return jwt.utils.base64url_encode(jwt.utils.base64url_decode(signature)) == signature
