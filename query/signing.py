"""URLs that open one thing until a moment: the signature comes last and covers all before it."""

from datetime import UTC, datetime
from hmac import compare_digest, digest
from typing import Final

from starlette.requests import Request

from query.problems import BadSignature, Expired

_DOMAIN: Final = b"aftercall url\0"  # the signing key signs other things too
_SIGN: Final = "&signature="
_DIGITS: Final = 12  # of the second at which a URL expires


def signed(path: str, *, key: bytes, until: datetime) -> str:
    """Return *path* with its expiry and signature."""
    told = f"{path}?expires={int(until.timestamp())}"
    return told + _SIGN + _signature(told, key)


def check(request: Request, *, key: bytes, now: datetime) -> None:
    """Return if the URL is one that we signed and still holds; raise `BadSignature` or `Expired` if not."""
    query = request.scope["query_string"].decode("latin-1")
    told, sign, signature = query.rpartition(_SIGN)
    path: str = request.scope["path"]
    if not sign or not compare_digest(_signature(f"{path}?{told}", key).encode(), signature.encode()):
        raise BadSignature("This URL was changed; take it whole, as GET /v1/exports/{id} tells it.")
    expires = told.removeprefix("expires=")
    if len(expires) > _DIGITS or datetime.fromtimestamp(int(expires), UTC) <= now:
        raise Expired("This URL has expired; order the export again.")


def _signature(told: str, key: bytes) -> str:
    return digest(key, _DOMAIN + told.encode("utf-8", "surrogateescape"), "sha256").hex()[:32]
