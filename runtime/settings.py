"""`AFTERCALL_*`: what a process is told by its environment, typed, frozen and complete before anything starts."""

import re
from collections.abc import Mapping
from enum import StrEnum, unique
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec

from runtime.errors import Misconfigured
from runtime.nearest import nearest, suggestion
from runtime.secret import Secret

PREFIX: Final = "AFTERCALL_"

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Megabytes = Annotated[int, msgspec.Meta(ge=16)]  # less than a few bodies of the largest kind is no journal

# Kubernetes gives every pod such variables for a Service that is named like us.
SERVICE_LINK: Final = re.compile(r"_SERVICE_(HOST|PORT)(_\w+)?$|_PORT_\d+_(TCP|UDP)(_\w+)?$")


@unique
class SecurityProtocol(StrEnum):
    """How the broker is spoken to."""

    PLAINTEXT = "PLAINTEXT"
    SSL = "SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"
    SASL_SSL = "SASL_SSL"


@unique
class SaslMechanism(StrEnum):
    """How we prove to the broker who we are."""

    PLAIN = "PLAIN"
    SCRAM_SHA_256 = "SCRAM-SHA-256"
    SCRAM_SHA_512 = "SCRAM-SHA-512"


@unique
class Compression(StrEnum):
    """What batches are packed with on their way to the broker."""

    NONE = "none"
    ZSTD = "zstd"


@unique
class LogLevel(StrEnum):
    """The least grave line that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field a variable; `docs/operations.md` has a line on each."""

    config: Path = Path("aftercall.toml")
    data: Path = Path("aftercall-data")
    kafka: str | None = None
    kafka_security_protocol: SecurityProtocol = SecurityProtocol.PLAINTEXT
    kafka_sasl_mechanism: SaslMechanism = SaslMechanism.PLAIN
    kafka_username: str | None = None
    kafka_password: Secret | None = None
    kafka_ca_file: Path | None = None
    kafka_compression: Compression = Compression.NONE
    mongo_url: Secret | None = None
    host: str = "127.0.0.1"
    port: Port | None = None
    """None: the process's own (8080 ingest and up, 8081 query, 8082 worker); 0: any free one."""
    journal_mb: Megabytes = 4096
    public_url: str | None = None
    cors_origins: tuple[str, ...] = ()
    dialect_cors_origins: tuple[str, ...] = ("*",)
    """Their clients run in pages that we do not know, as they do at the vendors'."""
    trusted_proxies: tuple[str, ...] = ()
    signing_key: Secret | None = None
    log_level: LogLevel = LogLevel.INFO


LISTS: Final = frozenset({"cors_origins", "dialect_cors_origins", "trusted_proxies"})
NUMBERS: Final = {"port": "a whole number from 0 to 65535", "journal_mb": "a whole number of at least 16"}
WORDS: Final[Mapping[str, type[StrEnum]]] = {
    "kafka_security_protocol": SecurityProtocol,
    "kafka_sasl_mechanism": SaslMechanism,
    "kafka_compression": Compression,
    "log_level": LogLevel,
}
ORIGIN: Final = re.compile(r"\*|https?://[^/\s]+")
KNOWN: Final = tuple(PREFIX + name.upper() for name in Settings.__struct_fields__)


def load(environment: Mapping[str, str]) -> Settings:
    """Return the settings that *environment* holds; raises `Misconfigured` naming every variable that is wrong."""
    given = {name: value for name, value in environment.items() if name.startswith(PREFIX) and value.strip()}
    unknown = [_unknown(name) for name in sorted(given.keys() - set(KNOWN))]
    if unknown:
        raise Misconfigured(*unknown)
    fields = {name.removeprefix(PREFIX).lower(): value.strip() for name, value in given.items()}
    try:
        settings = msgspec.convert(
            {name: _split(value) if name in LISTS else value for name, value in fields.items()},
            Settings,
            strict=False,  # "8080" is a number here
            dec_hook=_decode,
        )
    except msgspec.ValidationError as error:
        raise Misconfigured(_wrong(str(error), fields)) from None  # the chain would print what may be a secret
    _check(settings)
    return settings


def _decode(kind: type, value: Any) -> Any:
    return kind(value)  # Path and Secret, the only kinds msgspec does not know


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _unknown(name: str) -> str:
    if SERVICE_LINK.search(name):
        return _service_link(name)
    # Without the prefix, which would make every name look alike.
    close = nearest(name.removeprefix(PREFIX), Settings.__struct_fields__)
    hint = f"; did you mean {PREFIX}{close.upper()}?" if close else "."
    return f"{name} is no setting{hint} Known: {', '.join(KNOWN)}."


def _service_link(name: str) -> str:
    return f"{name} comes from a Kubernetes service link: set enableServiceLinks: false in the pod's spec."


def _wrong(error: str, fields: Mapping[str, str]) -> str:
    what, _, place = error.partition(" - at ")
    name = place.strip("`").removeprefix("$.").split("[")[0]
    if name == "port" and fields[name].startswith("tcp://"):
        return _service_link(f"{PREFIX}PORT")
    if name in NUMBERS:
        return f"{PREFIX}{name.upper()}: {fields[name]!r} is not {NUMBERS[name]}."
    if name in WORDS:
        return f"{PREFIX}{name.upper()}: {fields[name]!r} is none of its words{suggestion(fields[name], WORDS[name])}"
    return f"{PREFIX}{name.upper()}: {what.replace('`', '')}."


def _check(settings: Settings) -> None:
    """Raise `Misconfigured` where settings contradict each other."""
    faults = []
    if settings.kafka_security_protocol.startswith("SASL") and not (
        settings.kafka_username and settings.kafka_password
    ):
        faults.append(
            f"{PREFIX}KAFKA_SECURITY_PROTOCOL={settings.kafka_security_protocol} needs "
            f"{PREFIX}KAFKA_USERNAME and {PREFIX}KAFKA_PASSWORD."
        )
    if settings.kafka_ca_file and not settings.kafka_ca_file.is_file():
        faults.append(f"{PREFIX}KAFKA_CA_FILE: there is no file {settings.kafka_ca_file}.")
    if settings.public_url and not re.match(r"https?://[^/]", settings.public_url):
        faults.append(f"{PREFIX}PUBLIC_URL: begin it with https:// or http:// and the host's name.")
    faults += [
        f"{PREFIX}{name.upper()}: {origin!r} is no origin; write https://app.example.com, nothing behind it, or *."
        for name in ("cors_origins", "dialect_cors_origins")
        for origin in getattr(settings, name)
        if not ORIGIN.fullmatch(origin)
    ]
    if faults:
        raise Misconfigured(*faults)
