"""Secrets of `aftercall.toml`: a literal stands for itself, `env:NAME` for a variable of the environment."""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from runtime.config import Config, Connection, DialectSettings, Key
from runtime.config_checks import Fault
from runtime.config_lines import Place

ENV: Final = "env:"


def resolve(config: Config, environment: Mapping[str, str], *, of: Collection[str]) -> tuple[Config, list[Fault]]:
    """Return *config* with the secrets of the tables *of* looked up, and a fault for each that is not set."""
    lookup = _Lookup(environment)
    if "connections" in of:
        rows = tuple(_connection(row, index, lookup) for index, row in enumerate(config.connections))
        config = msgspec.structs.replace(config, connections=rows)
    if "keys" in of:
        keys = tuple(_key(row, index, lookup) for index, row in enumerate(config.keys))
        config = msgspec.structs.replace(config, keys=keys)
    return config, lookup.faults


class _Lookup:
    """The environment, and what was not in it; an empty variable counts as unset."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment: Final = environment
        self.faults: Final[list[Fault]] = []

    def __call__(self, secret: str, place: Place) -> str:
        if not secret.startswith(ENV):
            return secret
        name = secret.removeprefix(ENV)
        found = self._environment.get(name, "")
        if not found:
            self.faults.append(Fault(place, f"the environment variable {name} is not set."))
        return found or secret


def _connection(row: Connection, index: int, lookup: _Lookup) -> Connection:
    place = ("connections", index, "secrets")
    return msgspec.structs.replace(row, secrets=tuple(lookup(secret, place) for secret in row.secrets))


def _key(row: Key, index: int, lookup: _Lookup) -> Key:
    words = {
        name: lookup(word, ("keys", index, "dialect", name))
        for name in DialectSettings.__struct_fields__
        if isinstance(word := getattr(row.dialect, name), str)
    }
    return msgspec.structs.replace(row, dialect=msgspec.structs.replace(row.dialect, **words))
