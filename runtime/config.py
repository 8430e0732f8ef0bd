"""The shapes of `aftercall.toml`: tenants, connections and keys, typed and complete."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from typing_extensions import override

from schemas.words import Platform

Positive = Annotated[int, msgspec.Meta(ge=1)]
Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]  # a century: the dates so long ago and so far ahead exist
Minutes = Annotated[int, msgspec.Meta(le=10_080)]  # a week: a seen request is remembered for so long
Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class UnitConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tenant's clinic, shop or department."""

    id: str
    name: str | None = None
    created_at: Aware | None = None
    updated_at: Aware | None = None


class Tenant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One customer of ours; nothing of theirs is ever seen by another."""

    id: str
    name: str | None = None
    time_zone: str | None = None
    """Where it is None: UTC, and in Toolzz' dialect that of its own service."""
    retention_days: Days | None = None
    raw_days: Days = 30
    units: tuple[UnitConfig, ...] = ()


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a sender proves who it is; which options a scheme reads is told in `docs/configuration.md`."""

    scheme: str | None = None
    also: str | None = None
    tolerance_s: Positive | None = None
    header: str | None = None
    param: str | None = None
    public_url: str | None = None
    max_body_mb: Positive | None = None
    algorithm: str = "sha256"
    timestamp_header: str = "x-timestamp"
    prefix: str = ""
    include_timestamp: bool = True
    format: str | None = None
    encoding: str = "hex"
    secret_base64: bool = False
    message_id_header: str | None = None
    api_key: str | None = None


class Connection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sender: which platform, whose tenant, which secrets (any may match)."""

    id: str
    tenant: str
    platform: Platform
    secrets: tuple[str, ...] = ()
    options: Options = Options()
    path: str | None = None
    unit: str | None = None
    agent: str | None = None
    batch: str | None = None
    metadata: dict[str, Any] = {}

    @property
    def unsigned(self) -> bool:
        """Whether anybody may send who knows the URL."""
        return self.options.scheme == "none" and not self.options.also

    @override
    def __repr__(self) -> str:
        """Leave the secrets out: a connection may end up in a traceback."""
        return f"Connection(id={self.id!r}, tenant={self.tenant!r}, platform={self.platform!r})"


class DialectSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key's settings for the five call-history APIs."""

    tanyi_secret: str | None = None
    tanyi_app_key: str | None = None
    tanyi_tenant_sign: str | None = None
    tanyi_window_minutes: Minutes = 15
    tanyi_mark_read: bool = True
    zenicall_enums: str = "labels"
    zenicall_ids: str = "integer"
    omicall_limit_30_minutes: bool = False
    robotappel_tokens: int | None = None
    off: tuple[str, ...] = ()

    @override
    def __repr__(self) -> str:
        """Leave the secret out."""
        return "DialectSettings(...)"


class Key(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An API key: whose calls it opens and what it may do; only the token's SHA-256 is kept."""

    id: str
    tenant: str
    token_sha256: str
    scopes: tuple[str, ...] = ("read",)
    requests_per_minute: Positive | None = None
    units: tuple[str, ...] | None = None
    expires_at: Aware | None = None
    dialect: DialectSettings = DialectSettings()

    @property
    def app_key(self) -> str | None:
        """What Tanyi's clients name it by; None of a key that has no secret to sign with."""
        return self.dialect.tanyi_secret and (self.dialect.tanyi_app_key or self.id)


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file, secrets resolved."""

    tenants: tuple[Tenant, ...] = ()
    connections: tuple[Connection, ...] = ()
    keys: tuple[Key, ...] = ()
