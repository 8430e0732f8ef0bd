"""Twilio: `X-Twilio-Signature: <base64>` over the URL as Twilio called it and the form's parameters by name.

A customer may choose GET for any call-back: its parameters are the URL's query then.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from ingest.errors import Forged, Unreadable
from ingest.proof import check_same, macs, one_header, to_base64
from ingest.reading import LONGEST_ID, call_id_of, decoded, text_of
from ingest.schemes import without_secret
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.twilio import MOST_PARAMETERS, EventType, about, form, is_form, pairs

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
GET: Final = "GET"
SETTINGS: Final = "X-Twilio-Webhooks-Signature-Settings"
ALGORITHMS: Final = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
"""By the name in the settings of a signature; without settings it is the first, with the account's auth token."""
_PORTS: Final = {"https": 443, "http": 80}


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if URL and parameters (or URL and hash of a JSON body) are signed with a secret; raise `Forged` if not."""
    given = one_header(received.headers, "x-twilio-signature")
    algorithm = _algorithm(received)
    signed_parts = _signed_parts(received)
    expected = [
        to_base64(digest)
        for url in _spellings(_url(received))
        for digest in macs((url.encode("utf-8", "surrogateescape"), *signed_parts), secrets, algorithm=algorithm)
    ]
    check_same((given.encode(),), expected)


def _algorithm(received: Received) -> str:
    """Return the hash that the settings name, which come with Twilio's shared keys only."""
    if not received.headers.all(SETTINGS):
        return ALGORITHMS["HMAC_SHA1"]
    fields = dict(field.strip(" ").partition("=")[::2] for field in one_header(received.headers, SETTINGS).split(","))
    name = fields.get("algorithm", "HMAC_SHA1").strip(" ").upper()
    if name not in ALGORITHMS:
        raise Forged(f"The signature's algorithm is unknown; known are {', '.join(ALGORITHMS)}.")
    return ALGORITHMS[name]


def _url(received: Received) -> str:
    """Return the URL that is signed; by GET it tells all there is, so that `public_url` may not stand for its query."""
    if received.method != GET:
        return received.url
    return f"{received.url.partition('?')[0]}?{received.query.decode('latin-1')}"


def _signed_parts(received: Received) -> Sequence[bytes]:
    """Return what is signed behind the URL."""
    if received.method == GET:
        return ()
    return _form_parts(received.body) if received.content_type == FORM else _json_parts(received)


def _json_parts(received: Received) -> tuple[bytes, ...]:
    """Return nothing more to sign: the URL holds the hash of a JSON body."""
    try:
        hashes = parse_qs(urlsplit(received.url).query, max_num_fields=MOST_PARAMETERS).get("bodySHA256", [])
    except ValueError:
        raise Forged("The URL is none that Twilio could have called; set public_url.") from None
    if len(hashes) != 1 or not compare_digest(hashes[0].encode(), sha256(received.body).hexdigest().encode()):
        raise Forged("The URL does not hold this body's hash as bodySHA256.")
    return ()


def _form_parts(body: bytes) -> list[bytes]:
    """Return name and value of each parameter, sorted, equal ones once; the bytes as they were before the encoding."""
    try:
        return [name + value for name, value in sorted(set(pairs(body)))]
    except ValueError as error:
        raise Forged(f"This is {error}.") from None


def _spellings(url: str) -> Iterator[str]:
    """Yield *url* without and with its port: Twilio signs either."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forged("The URL is none that Twilio could have called; set public_url.") from None
    host = parts.netloc if port is None else parts.netloc.rpartition(":")[0]
    tail = url[len(f"{parts.scheme}://{parts.netloc}") :]
    yield f"{parts.scheme}://{host}{tail}"
    yield f"{parts.scheme}://{host}:{port or _PORTS.get(parts.scheme, 443)}{tail}"


def posted(received: Received, _secrets: Sequence[bytes], options: Options) -> Received:
    """Return the request as it would have come by POST."""
    if received.method != GET:
        return received
    return msgspec.structs.replace(received, body=without_secret(received.query, options), content_type=FORM)


_map: Final = msgspec.json.Decoder(dict[str, Any]).decode


def _parameters(body: bytes) -> dict[str, Any]:
    if not is_form(body):
        return decoded(_map, body)
    try:
        return dict(form(body))
    except ValueError as error:
        raise Unreadable(f"This is {error}.") from None


def identify(received: Received) -> Identity | None:
    """Return call and call-back; None for an account's webhook about anything but a call."""
    parameters = _parameters(received.body)
    kind, named = about(parameters), text_of(parameters.get("CallSid"))
    if named is None and kind is None and text_of(parameters.get("AccountSid")):
        return None
    if named is None and text_of(parameters.get("ConferenceSid")):
        return None
    call_id = call_id_of(parameters.get("CallSid"), "CallSid")
    name, *rest = _name(kind, parameters)
    natural = "/".join((call_id, name, *rest))
    return Identity(call_id=call_id, event_id=_delivery(received) or natural, event_type=".".join((name, *rest[-1:])))


def _name(kind: EventType | None, parameters: dict[str, Any]) -> Iterator[str]:
    """Yield what tells one call-back of a call from another."""
    yield kind or "unknown"
    if kind is EventType.RECORDING:
        yield text_of(parameters.get("RecordingSid")) or "unnamed"
        yield text_of(parameters.get("RecordingStatus")) or "unknown"
    elif kind is EventType.CALL:
        yield text_of(parameters.get("CallStatus")) or "unknown"


def _delivery(received: Received) -> str | None:
    """Return the delivery's id, the same when Twilio tries again."""
    given = received.headers.all("I-Twilio-Idempotency-Token")
    return text_of(given[0], limit=LONGEST_ID) if len(given) == 1 else None


SOURCE: Final = Source(
    identify=identify,
    schemes={"native": signed},
    content_types=frozenset({JSON, FORM}),
    methods=(GET, "POST"),
    unwrap=posted,
)
