"""Raw events in MongoDB: the body as it was received, what ingest knew of it, and when it goes."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import blake2b
from typing import Final

import msgspec

from schemas.call import call_key, call_uid
from schemas.envelope import Defaults, Envelope
from schemas.words import Platform
from storage.flatten import to_ms, to_time
from storage.mongo import Document
from storage.mongo_chunks import pieces
from storage.spelling import spelled_out

_AS_RECEIVED: Final = (
    "event_id", "event_type", "platform", "connection", "tenant", "call_id", "content_type", "traceparent", "schema",
)  # fmt: skip
_defaults: Final = msgspec.json.Decoder(Defaults).decode


def event_name(event: Envelope) -> str:
    """Return a raw event's `_id`: its call's uid, then a hash of the event id and of the bytes, so one a version."""
    version = blake2b(f"{event.event_id}\x00{event.digest}".encode("utf-8", "surrogatepass"), digest_size=16)
    return f"{uid_of(event)}:{version.hexdigest()}"


def raw_event(event: Envelope, *, days: int) -> Iterator[Document]:
    """Yield the documents that keep *event* for *days* from when it was received."""
    received = to_time(event.received_at)
    beside = {name: spelled_out(str(getattr(event, name))) for name in _AS_RECEIVED}
    expire_at = received + timedelta(days=days)
    for piece in pieces(event_name(event), event.body, received_at=received, last_at=received, **beside):
        piece["expire_at"] = expire_at
        if event.defaults != Defaults() and "tenant" in piece:
            piece["defaults"] = msgspec.json.encode(event.defaults)
        yield piece


def envelope(first: Document, body: bytes) -> Envelope:
    """Return the event that `raw_event` kept, as it was last received."""
    beside = {name: first[name] for name in _AS_RECEIVED}
    beside["platform"] = Platform(first["platform"])
    defaults = _defaults(first["defaults"]) if "defaults" in first else Defaults()
    return Envelope(**beside, received_at=to_ms(first["last_at"]), body=body, defaults=defaults)


def uid_of(event: Envelope) -> str:
    """Return the uid of the call that *event* tells of."""
    call_id: str = spelled_out(event.call_id)
    return call_uid(call_key(tenant=event.tenant, platform=event.platform, platform_call_id=call_id))
