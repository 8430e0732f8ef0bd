"""One webhook on its way from ingest to the workers."""

from functools import cached_property
from hashlib import blake2b
from typing import Any, Final

import msgspec

from schemas.words import Platform

SCHEMA: Final = "1"  # of the headers; raised when a reader of today could not read them


class Defaults(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the connection's configuration said when the webhook came: a replay folds what was meant then."""

    unit: str | None = None
    agent: str | None = None
    batch: str | None = None
    metadata: dict[str, Any] = {}


class Envelope(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The exact body (secrets cut out) and what ingest knows of it.

    `received_at` is epoch milliseconds; `event_id` is the platform's delivery id or the natural key
    (call id, event type, status), without tenant and platform, never a hash of the body.
    """

    event_id: str
    platform: Platform
    connection: str
    tenant: str
    call_id: str
    event_type: str
    received_at: int
    content_type: str
    body: bytes
    traceparent: str = ""
    schema: str = SCHEMA
    defaults: Defaults = Defaults()

    @property
    def key(self) -> bytes:
        """Kafka's key: all events of one call share a partition."""
        return f"{self.tenant}/{self.platform}/{self.call_id}".encode("utf-8", "surrogatepass")

    @cached_property  # asked for the order of updates and for the raw event's key
    def digest(self) -> str:
        """Hash of the stored bytes (hex, 32 digits): tells versions of one event apart."""
        return blake2b(self.body, digest_size=16).hexdigest()
