"""How every Kafka client of ours connects: brokers, encryption, who we are."""

import ssl
from typing import Any, Final

import msgspec
from typing_extensions import override

from stream.ports import Unusable

REQUEST_S: Final = 4.0
"""A request that takes longer is taken for lost: shorter than any sender waits."""

CONNECT_S: Final = 5.0
"""A broker that accepts connections and says nothing (SIGSTOP, a dead proxy) is given up after this."""

ENCRYPTED: Final = ("SSL", "SASL_SSL")
PROTOCOLS: Final = ("PLAINTEXT", "SASL_PLAINTEXT", *ENCRYPTED)
MECHANISMS: Final = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


class KafkaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`AFTERCALL_KAFKA` and `AFTERCALL_KAFKA_*`; `prefix` goes before topics and groups."""

    bootstrap: str
    prefix: str = ""
    security: str = "PLAINTEXT"
    sasl_mechanism: str = "PLAIN"
    sasl_username: str | None = None
    sasl_password: str | None = None
    ssl_ca: str | None = None
    compression: str | None = None
    """None, or `zstd` where the network or the brokers' disks are dearer than this machine's cores."""

    @override
    def __repr__(self) -> str:
        """Say where, never who with what."""
        return f"KafkaSettings({self.bootstrap!r}, security={self.security!r})"


def client_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return what every aiokafka client takes; raise `Unusable` for settings that cannot work."""
    _check(settings)
    options: dict[str, Any] = {
        "bootstrap_servers": [server.strip() for server in settings.bootstrap.split(",")],
        "request_timeout_ms": int(REQUEST_S * 1000),
        "security_protocol": settings.security,
        "client_id": "aftercall",
    }
    if settings.security in ENCRYPTED:
        options["ssl_context"] = _ssl_context(settings)
    if settings.security.startswith("SASL"):
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.sasl_password
    return options


def _check(settings: KafkaSettings) -> None:
    if settings.security not in PROTOCOLS:
        raise Unusable(f"AFTERCALL_KAFKA_SECURITY_PROTOCOL is {settings.security!r}: use one of {', '.join(PROTOCOLS)}")
    if not settings.security.startswith("SASL"):
        return
    if settings.sasl_mechanism not in MECHANISMS:
        raise Unusable(
            f"AFTERCALL_KAFKA_SASL_MECHANISM is {settings.sasl_mechanism!r}: use one of {', '.join(MECHANISMS)}"
        )
    if settings.sasl_username is None or settings.sasl_password is None:
        raise Unusable(
            "AFTERCALL_KAFKA_SECURITY_PROTOCOL asks for SASL: set AFTERCALL_KAFKA_USERNAME and AFTERCALL_KAFKA_PASSWORD"
        )


def _ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ssl_ca)
    except OSError as error:
        raise Unusable(f"AFTERCALL_KAFKA_CA_FILE cannot be read: {error}") from error
