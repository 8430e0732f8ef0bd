"""`aftercall.toml` read as a whole: every fault names its line and what is known there."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from runtime.config import Config, Connection, DialectSettings, Key, Options, Tenant, UnitConfig
from runtime.config_checks import Check, Fault, check
from runtime.config_lines import Place, line_of
from runtime.config_secrets import resolve
from runtime.errors import Misconfigured
from runtime.nearest import suggestion
from schemas.words import Platform

LARGEST_FILE: Final = 16_000_000  # bytes; tens of thousands of connections, and no device file read for ever

TABLES: Final[Mapping[str, type[msgspec.Struct]]] = {
    "": Config,
    "tenants": Tenant,
    "units": UnitConfig,
    "connections": Connection,
    "options": Options,
    "keys": Key,
    "dialect": DialectSettings,
}


def read(
    path: Path,
    environment: Mapping[str, str],
    *,
    secrets_of: Collection[str] = ("connections", "keys"),
    checks: Sequence[Check] = (),
) -> Config:
    """Return the configuration in the file at *path*; raises `Misconfigured` with every fault that was found.

    `env:NAME` is looked up in *environment* for the tables *secrets_of* only: a worker is not given the others.
    """
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE).decode()
    except FileNotFoundError:
        raise Misconfigured(
            f"There is no {path}. `aftercall up` writes a starter; AFTERCALL_CONFIG or --config names another file."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path} cannot be read: {error}.") from None
    return parse(text, environment, name=str(path), secrets_of=secrets_of, checks=checks)


def parse(
    text: str,
    environment: Mapping[str, str],
    *,
    name: str = "aftercall.toml",
    secrets_of: Collection[str] = ("connections", "keys"),
    checks: Sequence[Check] = (),
) -> Config:
    """Return the configuration that *text* holds; see `read`."""
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, arrays nested without end
        raise Misconfigured(_syntax(str(error), name)) from None
    try:
        config = msgspec.convert(tables, Config)
    except msgspec.ValidationError as error:
        raise _misconfigured([_explain(str(error), tables)], text=text, name=name) from None
    config, missing = resolve(config, environment, of=secrets_of)
    faults = [*missing, *check(config, checks=checks)]
    if faults:
        raise _misconfigured(faults, text=text, name=name)
    return config


def _misconfigured(faults: Iterable[Fault], *, text: str, name: str) -> Misconfigured:
    placed = [(line_of(text, fault.place) or 1, fault) for fault in faults]
    placed.sort(key=lambda pair: pair[0])
    return Misconfigured(*(f"{name}:{line}: {_named(fault)}" for line, fault in placed))


def _named(fault: Fault) -> str:
    table = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.place[:-1]).lstrip(".")
    return f"{table}: {fault.sentence}" if table else fault.sentence


def _syntax(error: str, name: str) -> str:
    match = re.search(r"^(.*?) \(at line (\d+), column (\d+)\)$", error)
    if not match:
        return f"{name}: {error}."
    return f"{name}:{match[2]}: {match[1]} (column {match[3]})."


def _explain(error: str, tables: Mapping[str, Any]) -> Fault:
    """Turn msgspec's sentence into ours: the place as a place, and the words that are known there."""
    what, _, path = error.partition(" - at ")
    place = _place(path.strip("`"))
    owner = next((part for part in reversed(place) if isinstance(part, str)), "")
    if match := re.search(r"unknown field `(.*)`", what):
        known = TABLES[owner].__struct_encode_fields__ if owner in TABLES else ()
        return Fault((*place, match[1]), f"unknown key {match[1]!r}{suggestion(match[1], known)}")
    if match := re.search(r"missing required field `(.*)`", what):
        return Fault((*place, match[1]), f"the key {match[1]!r} is missing.")
    if owner == "platform":
        word = str(_at(tables, place))
        return Fault(place, f"unknown platform {word!r}{suggestion(word, list(Platform))}")
    return Fault(place, f"{owner}: {what.replace('`', '')}.")


def _place(path: str) -> Place:
    parts = re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path)
    return tuple(int(index) if index else name for name, index in parts)


def _at(tables: Any, place: Place) -> Any:
    for part in place:
        tables = tables[part]
    return tables
