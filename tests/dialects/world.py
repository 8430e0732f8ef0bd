"""A world that hears recorded webhooks as ingest and workers do, and whose keys have dialect settings."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from typing_extensions import override

from ingest.errors import Refused
from ingest.platforms import SOURCES
from query.dialects.tanyi.signature import signature as tanyi_signature
from runtime.config import DialectSettings, Key
from schemas.envelope import Envelope
from schemas.update import CallUpdate
from schemas.words import Platform
from stream.ports import Partition, Record
from tests.pure.requests import received
from tests.query.world import START, World
from tests.webhooks import CONTENT_TYPES, FIXTURES, WEBHOOKS
from workers.pipeline import Understood, understand

SECRET: Final = "tanyi-secret"


class DialectWorld(World):
    """The tenants and keys of `World`, and those that only dialects know."""

    @override
    def _keys(self) -> tuple[Key, ...]:
        off = DialectSettings(off=("robotappel", "omicall", "toolzz", "tanyi", "zenicall"))
        return (*super()._keys(), self.key("switched-off", dialect=off), *self._with_settings())

    def _with_settings(self) -> tuple[Key, ...]:
        return (
            self.key("robot", dialect=DialectSettings(tanyi_secret=SECRET, tanyi_app_key="robot-app")),
            self.key("robot-other", tenant=self.other, dialect=DialectSettings(tanyi_secret=SECRET)),
            self.key("robot-export", scopes=("export",), dialect=DialectSettings(tanyi_secret=SECRET)),
            self.key("robot-slow", requests_per_minute=1, dialect=DialectSettings(tanyi_secret=SECRET)),
            self.key("robot-off", dialect=DialectSettings(tanyi_secret=SECRET, off=("tanyi",))),
            self.key("robot-unit", units=("1",), dialect=DialectSettings(tanyi_secret=SECRET)),
            self.key("robot-expired", expires_at=START, dialect=DialectSettings(tanyi_secret=SECRET)),
            self.key("robot-unread", dialect=DialectSettings(tanyi_secret=SECRET, tanyi_mark_read=False)),
            self.key("robot-app"),  # without a secret: no client of Tanyi's means it
            self.key("walker", requests_per_minute=10**6, dialect=DialectSettings(tanyi_secret=SECRET)),
            self.key("names", dialect=DialectSettings(zenicall_enums="names", zenicall_ids="uuid")),
        )

    def signed(self, key: str = "robot", **changes: str) -> dict[str, str]:
        """Return the headers that Tanyi's client sends for a key, signed now; *changes* break them."""
        known = next(each for each in self.config.keys if each.id == key)
        app_key, timestamp = known.dialect.tanyi_app_key or key, str(round(self.clock().timestamp() * 1000))
        told = {"app_key": app_key, "timestamp": timestamp, "version": "v1", "secret": SECRET} | changes
        signature = tanyi_signature(tenant_sign=known.tenant, **told)
        return {
            "appKey": told["app_key"],
            "timestamp": told["timestamp"],
            "version": told["version"],
            "signature": signature,
        }

    async def hear(self, *paths: Path | str) -> list[str]:
        """Store what recorded webhooks tell, in order, a second between two; return their calls' uids."""
        uids = []
        for n, path in enumerate(paths):
            update = self.heard(Path(path), n)
            if update is not None:
                await self.tell(update)
                uids.append(self.uid(update.platform_call_id, tenant=update.tenant, platform=update.platform))
        return uids

    async def hear_all(self) -> int:
        """Store what every recorded webhook tells; return how many told of a call."""
        updates = [update for n, path in enumerate(WEBHOOKS) if (update := self.heard(path, n)) is not None]
        await self.tell(*updates)
        return len(updates)

    def heard(self, path: Path, n: int = 0) -> CallUpdate | None:
        """Return what a webhook says of its call, None where it says nothing."""
        full = path if path.is_absolute() else FIXTURES / path
        platform, body = Platform(full.parent.name), full.read_bytes()
        content_type, at = CONTENT_TYPES[full.suffix], START + timedelta(seconds=n)
        try:
            identity = SOURCES[platform].identify(received(body, content_type=content_type, now=at))
        except Refused:
            return None
        if identity is None:
            return None
        envelope = Envelope(
            event_id=identity.event_id,
            platform=platform,
            connection="front-desk",
            tenant=self.acme,
            call_id=identity.call_id,
            event_type=identity.event_type,
            received_at=round(at.timestamp() * 1000),
            content_type=content_type,
            body=body,
        )
        return _update(envelope)


def _update(envelope: Envelope) -> CallUpdate | None:
    known = understand(Record(partition=Partition("recorded", 0), offset=0, envelope=envelope))
    return known.update if isinstance(known, Understood) else None
