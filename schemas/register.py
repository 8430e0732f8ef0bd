"""Small things that dialects keep beside calls: notes of colleagues, receivers, orders of files."""

from datetime import datetime

import msgspec


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """An internal note on a call, written by a key; a new one has the id 0."""

    id: int
    content: str
    uid: str
    author: str
    created_at: datetime
    updated_at: datetime


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A registered receiver; nothing is sent to it yet."""

    kind: str
    url: str
    events: tuple[str, ...] | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An ordered file of a dialect: what it needs to write it when it is fetched, and until when."""

    id: str
    tenant: str
    key: str
    dialect: str
    recipe: bytes
    expires_at: datetime
    units: tuple[str, ...] | None = None
