"""Connections made ready to receive: what is the same for every webhook of a sender is worked out once."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

import msgspec

from ingest import metrics
from ingest.cut import Cut, Cutter
from ingest.errors import UnknownConnection
from ingest.metrics import Meters
from ingest.platforms import SOURCES
from ingest.schemes import SCHEMES
from ingest.source import Proof, Received, Source
from runtime.config import Config, Connection, Options
from schemas.envelope import Defaults
from schemas.words import Platform

PREFIX: Final = "/webhooks/"
MEGABYTE: Final = 2**20
_SLASHES: Final = re.compile("/{2,}")
_DIALECT: Final = re.compile(r"^/dialects/\w+(?=/)")


class Door(msgspec.Struct, frozen=True, kw_only=True):
    """One connection: who may come in, how much they may bring, what is cut out, what is stamped in."""

    connection: Connection
    source: Source
    proofs: Sequence[Proof]
    secrets: Sequence[bytes]
    limit: int
    cut: Cutter | None
    defaults: Defaults
    takes_path: bool
    methods: Sequence[str]
    meters: Meters

    @property
    def options(self) -> Options:
        """How the sender proves who it is."""
        return self.connection.options

    def prove(self, received: Received) -> None:
        """Return if every proof that the connection demands holds; raise `Forged` or `Stale` if one does not."""
        for proof in self.proofs:
            proof(received, self.secrets, self.connection.options)


def scheme_names(connection: Connection, source: Source) -> Sequence[str]:
    """Return the names of the proofs that *connection* demands: its scheme or the platform's, and `also`."""
    options = connection.options
    return [options.scheme or source.default_scheme, *([options.also] if options.also else [])]


def door(connection: Connection, source: Source) -> Door:
    """Return *connection* made ready; raise `KeyError` for a scheme that `check_connections` would have told of."""
    names = scheme_names(connection, source)
    known = {**SCHEMES, **source.schemes}
    return Door(
        connection=connection,
        source=source,
        proofs=[known[name] for name in names],
        secrets=[secret.encode() for secret in connection.secrets if secret],
        limit=(connection.options.max_body_mb or source.max_body_mb) * MEGABYTE,
        cut=_cutter(source.cut) if source.cut else None,
        defaults=Defaults(
            unit=connection.unit,
            agent=connection.agent,
            batch=connection.batch,
            metadata=connection.metadata,
        ),
        takes_path="path" in names,
        methods=source.methods,
        meters=Meters.of(connection.platform),
    )


@cache  # its decoders take 15 ms to make, and all connections of a platform have the same rows
def _cutter(rows: tuple[Cut, ...]) -> Cutter:
    return Cutter(rows)


class Doors:
    """All connections by id and by alias path."""

    def __init__(self, connections: Sequence[Connection], *, sources: Mapping[Platform, Source] = SOURCES) -> None:
        """Make each of *connections* ready."""
        doors = [door(connection, sources[connection.platform]) for connection in connections]
        self._by_id: Final = {door.connection.id: door for door in doors}
        self._by_path: Final = {door.connection.path: door for door in doors if door.connection.path}

    def find(self, path: str) -> tuple[Door, str | None]:
        """Return the door at *path*, and the secret behind it if there is one; raise `UnknownConnection`."""
        if path.startswith(PREFIX):
            name, slash, secret = path[len(PREFIX) :].partition("/")
            found = self._by_id.get(name)
        else:
            found, slash, secret = self._aliased(path)
            if found is None and self._by_path:
                found, slash, secret = self._aliased(_plain(path))
        if found is None or (secret and not found.takes_path):
            raise UnknownConnection("There is no such connection.")
        return found, secret if slash else None

    def _aliased(self, path: str) -> tuple[Door | None, str, str]:
        """Return the door that has *path*, or all of it but a last part."""
        if (found := self._by_path.get(path)) is not None:
            return found, "", ""
        alias, slash, secret = path.rpartition("/")
        return self._by_path.get(alias), slash, secret

    def alias(self, path: str, method: str) -> bool:
        """Return whether *path* is a connection's own one and takes *method*: other methods may be somebody else's."""
        try:
            return method in self.find(path)[0].methods
        except UnknownConnection:
            return False


def _plain(path: str) -> str:
    """Return an alias path as it was configured, of one that a product's own client spells in its way.

    Its base URL may end in a slash, or name the dialect of the product (`/dialects/zenicall/api/…`).
    """
    return _DIALECT.sub("", _SLASHES.sub("/", path))


class DoorsNow:
    """The doors of the configuration as it is now."""

    def __init__(self, config: Callable[[], Config]) -> None:
        """Make the first ones ready."""
        self._config: Final = config
        self._take(config())

    def __call__(self) -> Doors:
        """Return them, made anew where the configuration is another than before."""
        config = self._config()
        if config is not self._seen:
            self._take(config)
        return self._doors

    def _take(self, config: Config) -> None:
        self._doors = Doors(config.connections)
        self._seen = config
        metrics.UNSIGNED_CONNECTIONS.set(sum(connection.unsigned for connection in config.connections))
