"""Vapi: every customer chooses how their webhooks are signed, a secret in a header unless they say otherwise."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from ingest.errors import Forged
from ingest.proof import (
    ENCODINGS,
    check_mac,
    check_secret,
    check_time,
    instant_ms,
    key_of,
    keys_of,
    one_header,
)
from ingest.source import Received, Source
from ingest.vapi_report import CUTS, identify
from runtime.config import Options

ALGORITHMS: Final = ("sha256", "sha512", "sha1")
PLACEHOLDERS: Final = ("body", "timestamp", "method", "url", "svix-id")
_SPLIT: Final = re.compile(r"\{([^{}]*)\}")
_HMAC_OPTIONS: Final = frozenset(
    {
        "algorithm",
        "header",
        "timestamp_header",
        "prefix",
        "include_timestamp",
        "format",
        "encoding",
        "secret_base64",
        "message_id_header",
        "tolerance_s",
    },
)


def secret(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the header holds a secret; raise `Forged` if not."""
    check_secret(one_header(received.headers, options.header or "X-Vapi-Secret"), secrets)


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the signature covers what the customer's credential says; raise `Forged` or `Stale` if not."""
    given = one_header(received.headers, options.header or "x-signature")
    if not given.startswith(options.prefix):
        raise Forged(f"The signature does not begin with {options.prefix}.")
    pieces = _pieces(format_of(options))
    values = _values(pieces, received, options)
    check_mac(
        given[len(options.prefix) :],
        [values[piece] if placed else piece.encode() for piece, placed in pieces],
        keys_of(secrets) if options.secret_base64 else secrets,
        algorithm=options.algorithm,
        encode=ENCODINGS[options.encoding],
    )
    if "timestamp" in values:
        check_time(instant_ms(values["timestamp"].decode()), received, options)


def format_of(options: Options) -> str:
    """Return what is signed; without a format it is the body, with the timestamp before it unless that is left out."""
    return options.format or ("{timestamp}.{body}" if options.include_timestamp else "{body}")


@lru_cache(maxsize=64)
def _pieces(format_: str) -> tuple[tuple[str, bool], ...]:
    """Return *format_* as pieces, each literal (False) or the name of a placeholder (True)."""
    parts = _SPLIT.split(format_)  # literals at even places, names at odd ones
    return tuple((part, n % 2 == 1) for n, part in enumerate(parts) if part or n % 2)


def _values(pieces: Sequence[tuple[str, bool]], received: Received, options: Options) -> dict[str, bytes]:
    """Return the bytes of each placeholder that the format has; a header it needs must be there once."""
    headers = {"timestamp": options.timestamp_header, "svix-id": options.message_id_header or "webhook-id"}
    values = {"body": received.body, "method": received.method.encode(), "url": received.url.encode()}
    for piece, placed in pieces:
        if placed and piece in headers:
            values[piece] = one_header(received.headers, headers[piece]).encode()
    return values


def check(secrets: Sequence[bytes], options: Options) -> Iterator[str]:
    """Yield what is wrong with an hmac credential, each a sentence that names the known words."""
    if (options.scheme or "secret") != "hmac":
        return
    if options.algorithm not in ALGORITHMS:
        yield f"algorithm {options.algorithm!r} is unknown; known are {', '.join(ALGORITHMS)}"
    if options.encoding not in ENCODINGS:
        yield f"encoding {options.encoding!r} is unknown; known are {', '.join(ENCODINGS)}"
    names = {piece for piece, placed in _pieces(format_of(options)) if placed}
    for name in sorted(names - set(PLACEHOLDERS)):
        yield f"format has {{{name}}}; known are {', '.join(f'{{{known}}}' for known in PLACEHOLDERS)}"
    if "body" not in names:
        yield "format has no {body}: such a signature would fit any body"
    if options.secret_base64 and not all(map(key_of, secrets)):
        yield "secret_base64 is set, but a secret is not base64"


SOURCE: Final = Source(
    identify=identify,
    default_scheme="secret",
    schemes={"secret": secret, "native": secret, "hmac": signed},
    reads={"secret": frozenset({"header"}), "native": frozenset({"header"}), "hmac": _HMAC_OPTIONS},
    check=check,
    cut=CUTS,
)
