"""Proofs that any platform can be given, beside its own: a secret in a header, in the URL, or none at all."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import unquote_plus, unquote_to_bytes

from ingest.errors import Forged, Unsigned
from ingest.proof import check_same, check_secret, one_header
from ingest.source import Proof, Received
from runtime.config import Options

DEFAULT_HEADER: Final = "X-Webhook-Secret"
SECRET_PARAMS: Final = ("key", "secret")
_MOST_PARAMS: Final = 100  # of a query are looked at; no sender has more


def header(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the header is a secret."""
    check_secret(one_header(received.headers, options.header or DEFAULT_HEADER), secrets)


def bearer(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the bearer token is a secret."""
    check_secret(_credentials(received, "bearer"), secrets)


def basic(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if user and password, joined by a colon, are a secret."""
    given = _credentials(received, "basic").encode("latin-1")
    check_same((given,), map(b64encode, secrets))


def path(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the last part of the path is a secret."""
    check_secret(received.path_secret or "", secrets)


def query(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if a parameter of the query is a secret; a plus sign is one, or a blank."""
    wanted = (options.param,) if options.param else SECRET_PARAMS
    given = [value for name, value in _params(received.query) if name in wanted]
    if len(given) > 1:
        raise Forged("The secret came twice.")
    if not given or not given[0]:
        raise Unsigned("The secret is missing.")
    check_same((unquote_to_bytes(given[0]), unquote_to_bytes(given[0].replace("+", " "))), secrets)


def without_secret(query_string: bytes, options: Options) -> bytes:
    """Return *query_string* less the parameters that `query` reads: what else it tells may be kept, a proof may not."""
    wanted = (options.param,) if options.param else SECRET_PARAMS
    parts = query_string.split(b"&")
    return b"&".join(part for part in parts if unquote_plus(part.partition(b"=")[0].decode("latin-1")) not in wanted)


def none(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return: whoever knows the URL may send. Written out in the configuration, shown by a metric and `doctor`."""


SCHEMES: Final[Mapping[str, Proof]] = {
    "header": header,
    "bearer": bearer,
    "basic": basic,
    "path": path,
    "query": query,
    "none": none,
}

READS: Final[Mapping[str, frozenset[str]]] = {
    "native": frozenset({"tolerance_s"}),
    "header": frozenset({"header"}),
    "query": frozenset({"param"}),
}


def _credentials(received: Received, scheme: str) -> str:
    """Return what follows *scheme* in `Authorization`; the scheme's letters may be of any case."""
    word, _, credentials = one_header(received.headers, "authorization").partition(" ")
    if word.lower() != scheme:
        raise Unsigned(f"The header Authorization is not of the form {scheme.capitalize()} ….")
    return credentials.strip(" ")


def _params(query_string: bytes) -> list[tuple[str, str]]:
    """Return names, decoded, and values as they came."""
    pairs = query_string.decode("latin-1").split("&", _MOST_PARAMS)
    return [(unquote_plus(name), value) for name, _, value in (pair.partition("=") for pair in pairs[:_MOST_PARAMS])]
