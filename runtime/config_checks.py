"""What no type can say about `aftercall.toml`: names that must exist, names that must not exist twice."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from zoneinfo import available_timezones

from runtime.config import Config, Connection, Key, Tenant
from runtime.config_lines import Place
from runtime.nearest import suggestion

# Tenants stand in Kafka's keys between `/` and in a call's `_id` between `:`.
TENANT: Final = re.compile(r"[^\s/:\x00-\x1f]{1,64}")
# Connections are the last part of a URL, and a metric's label.
CONNECTION: Final = re.compile(r"[A-Za-z0-9._~-]{1,64}")
SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
SCOPES: Final = ("read", "write", "export", "erase")
DIALECT_WORDS: Final = {
    "zenicall_enums": ("labels", "names"),
    "zenicall_ids": ("integer", "uuid"),
    "off": ("omicall", "robotappel", "tanyi", "toolzz", "zenicall"),
}
"""The words that a setting of a key's `dialect` table takes."""
OURS: Final = ("/webhooks", "/v1", "/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/dialects")


class Fault(NamedTuple):
    """One thing that is wrong, and where."""

    place: Place
    sentence: str


Check = Callable[[Config], Iterable[Fault]]
"""What a package asks of the configuration beside the rows below: ingest knows which proofs there are."""


def check(config: Config, *, checks: Sequence[Check] = ()) -> list[Fault]:
    """Return every contradiction in *config*, those that the other *checks* find too."""
    return [fault for row in (*CHECKS, *checks) for fault in row(config)]


def _ids(config: Config) -> Iterator[Fault]:
    tables: Sequence[tuple[str, Sequence[Tenant | Connection | Key]]] = (
        ("tenants", config.tenants),
        ("connections", config.connections),
        ("keys", config.keys),
    )
    for table, rows in tables:
        yield from _twice(table, "id", [row.id for row in rows])


def _twice(table: str, field: str, values: Sequence[str | None]) -> Iterator[Fault]:
    many = {value for value, times in Counter(values).items() if value is not None and times > 1}
    seen: set[str | None] = set()
    for index, value in enumerate(values):
        if value in many and value in seen:
            shown = "" if field == "token_sha256" else f" {value!r}"
            yield Fault((table, index, field), f"{field}{shown} is there twice in [[{table}]]; each needs its own.")
        seen.add(value)


def _once(config: Config) -> Iterator[Fault]:
    yield from _twice("connections", "path", [row.path for row in config.connections])
    yield from _twice("keys", "token_sha256", [row.token_sha256.lower() for row in config.keys])
    yield from _twice("keys", "tanyi_app_key", [row.app_key for row in config.keys])


def _tenants(config: Config) -> Iterator[Fault]:
    known = {tenant.id for tenant in config.tenants}
    owned: Sequence[tuple[str, Sequence[Connection | Key]]] = (
        ("connections", config.connections),
        ("keys", config.keys),
    )
    for table, rows in owned:
        for index, row in enumerate(rows):
            if row.tenant not in known:
                place = (table, index, "tenant")
                yield Fault(place, f"there is no tenant {row.tenant!r}{suggestion(row.tenant, known)}")


def _spelling(config: Config) -> Iterator[Fault]:
    for index, tenant in enumerate(config.tenants):
        if not TENANT.fullmatch(tenant.id):
            yield Fault(("tenants", index, "id"), "a tenant's id has 1 to 64 characters, no blank, / or :.")
    for index, connection in enumerate(config.connections):
        if not CONNECTION.fullmatch(connection.id):
            yield Fault(("connections", index, "id"), "a connection's id has 1 to 64 of A-Z a-z 0-9 . _ ~ -.")


def _zones(config: Config) -> Iterator[Fault]:
    known = available_timezones()  # looks through the machine's files each time
    for index, tenant in enumerate(config.tenants):
        if tenant.time_zone is not None and tenant.time_zone not in known:
            place = ("tenants", index, "time_zone")
            yield Fault(place, f"there is no time zone {tenant.time_zone!r}; write one like Europe/Paris or UTC.")


def _paths(config: Config) -> Iterator[Fault]:
    for index, connection in enumerate(config.connections):
        path, place = connection.path, ("connections", index, "path")
        if path is None:
            continue
        if not path.startswith("/") or re.search(r"[\s?#{}]", path):
            yield Fault(place, f"path {path!r} is no path; it begins with / and has no blank, ? or #.")
        elif any(path == own or path.startswith(own + "/") for own in OURS):
            yield Fault(place, f"path {path!r} is one of ours; these are taken: {' '.join(OURS)}.")


def _keys(config: Config) -> Iterator[Fault]:
    for index, key in enumerate(config.keys):
        if not SHA256.fullmatch(key.token_sha256):
            place = ("keys", index, "token_sha256")
            yield Fault(place, "token_sha256 is 64 hex digits; `aftercall keys add` makes token and hash.")
        for scope in key.scopes:
            if scope not in SCOPES:
                yield Fault(("keys", index, "scopes"), f"there is no scope {scope!r}{suggestion(scope, SCOPES)}")


def _dialects(config: Config) -> Iterator[Fault]:
    for index, key in enumerate(config.keys):
        for setting, known in DIALECT_WORDS.items():
            told = getattr(key.dialect, setting)
            for word in told if isinstance(told, tuple) else (told,):
                if word not in known:
                    place = ("keys", index, "dialect", setting)
                    yield Fault(place, f"{setting} takes no {word!r}{suggestion(word, known)}")


def _secrets(config: Config) -> Iterator[Fault]:
    for index, connection in enumerate(config.connections):
        place = ("connections", index, "secrets")
        if not connection.secrets and not connection.unsigned:
            yield Fault(
                place, 'secrets are missing; give one, or write options.scheme = "none" to take unsigned webhooks.'
            )
        if not all(connection.secrets):
            yield Fault(place, "a secret is empty: anybody could know it.")


CHECKS: Final[Sequence[Check]] = (
    _ids,
    _once,
    _tenants,
    _spelling,
    _zones,
    _paths,
    _keys,
    _dialects,
    _secrets,
)
