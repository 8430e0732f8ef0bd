"""Who asks: the key behind a token, whether it still holds, and what it may do."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum, unique
from hashlib import sha256
from math import inf
from typing import Final

import msgspec

from query.problems import KeyExpired, KeyMissing, KeyUnknown, ScopeMissing
from runtime.config import Config, Key, Tenant

_CHALLENGE: Final = {"WWW-Authenticate": "Bearer"}


@unique
class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    WRITE = "write"
    EXPORT = "export"
    ERASE = "erase"


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A valid key and its tenant."""

    key: Key
    tenant: Tenant

    @property
    def units(self) -> tuple[str, ...] | None:
        """The only units the key sees; None: all."""
        return self.key.units

    def must(self, scope: Scope) -> None:
        """Return if the key has *scope*; raise `ScopeMissing` if not."""
        if scope.value not in self.key.scopes:
            raise ScopeMissing(f"This key lacks the scope {scope.value!r}; ask for one that has it.", scope=scope.value)


NOBODY: Final = Caller(key=Key(id="", tenant="", token_sha256="", scopes=()), tenant=Tenant(id=""))
"""Who asks where no key is needed; owns nothing and may do nothing."""


def callers(config: Config) -> list[Caller]:
    """Return every key of *config* with its tenant."""
    tenants = {tenant.id: tenant for tenant in config.tenants}
    return [Caller(key=key, tenant=tenants.get(key.tenant) or Tenant(id=key.tenant)) for key in config.keys]


class Keyring:
    """The keys of the configuration in force, by the SHA-256 of their tokens."""

    def __init__(self, config: Callable[[], Config], clock: Callable[[], datetime]) -> None:
        """Look at *config* on each use: it may have been reloaded."""
        self._config: Final = config
        self._clock: Final = clock
        self._of: Config | None = None
        self._callers: dict[str, Caller] = {}

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """Return who sent *headers*; raise `KeyMissing`, `KeyUnknown` or `KeyExpired`."""
        token = _token(headers)
        # Looking up a digest tells nothing by its timing: nobody can choose a token by its SHA-256.
        caller = self._current().get(sha256(token.encode("utf-8", "surrogateescape")).hexdigest())
        if caller is None:
            raise KeyUnknown("This key is unknown; `aftercall keys list` shows those that exist.", headers=_CHALLENGE)
        expires = caller.key.expires_at
        if expires is not None and self._clock() >= expires:
            raise KeyExpired("This key has expired; ask for a new one.", headers=_CHALLENGE)
        return caller

    def left_s(self, key: Key) -> float:
        """Return for how many seconds *key* still holds; none where it was changed or taken out since it was shown."""
        caller = self._current().get(key.token_sha256.lower())
        if caller is None or caller.key != key:
            return 0.0
        return inf if key.expires_at is None else (key.expires_at - self._clock()).total_seconds()

    def _current(self) -> Mapping[str, Caller]:
        config = self._config()
        if config is not self._of:
            self._callers = {caller.key.token_sha256.lower(): caller for caller in callers(config)}
            self._of = config
        return self._callers


def _token(headers: Mapping[str, str]) -> str:
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    token = bearer.strip() if scheme.lower() == "bearer" else ""
    token = token or headers.get("x-api-key", "").strip()
    if not token:
        raise KeyMissing("Send the key as `Authorization: Bearer TOKEN` or as `X-API-Key: TOKEN`.", headers=_CHALLENGE)
    return token
