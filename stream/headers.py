"""An envelope as headers and a body: the one form that Kafka's tools, the journal and the dead letters share."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import msgspec

from schemas.envelope import SCHEMA, Defaults, Envelope
from schemas.words import Platform
from stream.ports import Fault

Header = tuple[str, bytes]
Headers = list[Header]

TEXTS: Final = (
    "event_id",
    "platform",
    "connection",
    "tenant",
    "call_id",
    "event_type",
    "received_at",
    "content_type",
    "traceparent",
    "schema",
)
"""Each record carries these, each as UTF-8 text; `received_at` is epoch milliseconds in decimal."""

DEFAULTS: Final = ("unit", "agent", "batch")
METADATA: Final = "metadata"
"""What the connection's configuration said, only where it said something; metadata as JSON."""

KINDS: Final = 1024
"""Connections times event types whose headers are kept encoded."""

# A platform may send half of a surrogate pair as an id: it is carried, not refused.
_LENIENT: Final = "surrogatepass"
_NOTHING: Final = Defaults()


class Unreadable(Exception):
    """The headers are not an envelope's."""

    def __init__(self, fault: Fault) -> None:
        """Keep why."""
        super().__init__(fault)
        self.fault = fault


def to_headers(envelope: Envelope) -> Headers:
    """Return all of *envelope* but its body."""
    headers = [
        ("event_id", envelope.event_id.encode("utf-8", _LENIENT)),
        *_of_kind(envelope.platform, envelope.connection, envelope.tenant, envelope.event_type, envelope.content_type),
        ("call_id", envelope.call_id.encode("utf-8", _LENIENT)),
        ("received_at", b"%d" % envelope.received_at),
        ("traceparent", envelope.traceparent.encode("utf-8", _LENIENT)),
        ("schema", envelope.schema.encode("utf-8", _LENIENT)),
    ]
    if envelope.defaults != _NOTHING:
        headers += _defaults_to_headers(envelope.defaults)
    return headers


def size_of(headers: Headers) -> int:
    """Return how many bytes the values of *headers* are."""
    return sum(map(len, dict(headers).values()))


@lru_cache(maxsize=KINDS)
def _of_kind(platform: str, connection: str, tenant: str, event_type: str, content_type: str) -> tuple[Header, ...]:
    return (
        ("platform", str(platform).encode("utf-8", _LENIENT)),
        ("connection", connection.encode("utf-8", _LENIENT)),
        ("tenant", tenant.encode("utf-8", _LENIENT)),
        ("event_type", event_type.encode("utf-8", _LENIENT)),
        ("content_type", content_type.encode("utf-8", _LENIENT)),
    )


def from_headers(headers: Iterable[tuple[str, bytes]], body: bytes) -> Envelope:
    """Return the envelope that `to_headers` took apart; raise `Unreadable` for any others."""
    found = dict(headers)
    if found.get("schema", SCHEMA.encode()) != SCHEMA.encode():
        raise Unreadable(Fault.SCHEMA_UNKNOWN)
    try:
        texts: dict[str, Any] = {name: found[name].decode("utf-8", _LENIENT) for name in TEXTS}
        texts["platform"] = Platform(texts["platform"])
        texts["received_at"] = int(texts["received_at"])
        return Envelope(body=body, defaults=_defaults_from_headers(found), **texts)
    except KeyError as error:
        raise Unreadable(Fault.HEADERS_MISSING) from error
    except ValueError as error:
        raise Unreadable(Fault.HEADERS_MALFORMED) from error


def _defaults_to_headers(defaults: Defaults) -> Headers:
    named = [(name, getattr(defaults, name)) for name in DEFAULTS]
    headers = [(name, text.encode("utf-8", _LENIENT)) for name, text in named if text is not None]
    if defaults.metadata:
        headers.append((METADATA, _json(defaults.metadata)))
    return headers


def _json(value: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can say it in ASCII only
        return json.dumps(value).encode()


def _defaults_from_headers(found: dict[str, bytes]) -> Defaults:
    if found.keys().isdisjoint((*DEFAULTS, METADATA)):
        return _NOTHING
    texts: dict[str, Any] = {name: found[name].decode("utf-8", _LENIENT) for name in DEFAULTS if name in found}
    metadata = json.loads(found.get(METADATA, b"{}"))
    if not isinstance(metadata, dict):
        raise Unreadable(Fault.HEADERS_MALFORMED)
    return Defaults(metadata=metadata, **texts)
