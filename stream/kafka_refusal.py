"""Why Kafka does not let us in, and what to do: aiokafka's clients say only that they could not begin."""

import ssl
from collections.abc import Mapping
from typing import Final

from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import (
    IllegalSaslStateError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from stream.kafka_client import KafkaSettings, client_options

REFUSED_WITHIN_S: Final = 2.0
"""A broker that answers at all refuses sooner; one that does not must not keep us from the next attempt."""

REMEDIES: Final[Mapping[type[Exception], str]] = {
    SaslAuthenticationFailed: (
        "refuses our user or password: see that AFTERCALL_KAFKA_USERNAME and AFTERCALL_KAFKA_PASSWORD "
        "are of a user that it has for AFTERCALL_KAFKA_SASL_MECHANISM={mechanism}"
    ),
    UnsupportedSaslMechanismError: (
        "does not offer {mechanism}: set AFTERCALL_KAFKA_SASL_MECHANISM to one that its listener has"
    ),
    IllegalSaslStateError: (
        "asks for no user on this port: set AFTERCALL_KAFKA to the port that does, "
        "or AFTERCALL_KAFKA_SECURITY_PROTOCOL to PLAINTEXT or SSL"
    ),
    ssl.SSLCertVerificationError: (
        "shows a certificate that cannot be trusted ({reason}): set AFTERCALL_KAFKA_CA_FILE to the certificate "
        "of the authority that signed it, and name brokers in AFTERCALL_KAFKA as their certificates do"
    ),
}
"""What a broker's refusal means, and what to do about it."""


async def told(settings: KafkaSettings, *, error: Exception) -> str:
    """Return one sentence on why a client of *settings* ended in *error*, and on what to do."""
    cause = error
    try:
        await _try_again(settings)
    except Exception as met:  # noqa: BLE001  # whatever it is, it is what we tell
        cause = met
    if remedy := REMEDIES.get(type(cause)):
        reason = getattr(cause, "verify_message", "")
        return f"Kafka at {settings.bootstrap} {remedy.format(mechanism=settings.sasl_mechanism, reason=reason)}"
    return (
        f"Kafka at {settings.bootstrap} cannot be reached ({cause!r}): "
        "see that it runs, and that AFTERCALL_KAFKA and AFTERCALL_KAFKA_SECURITY_PROTOCOL are its listener's"
    )


async def _try_again(settings: KafkaSettings) -> None:
    """Make one more connection; raises what the first broker refuses us with, else how the last one failed."""
    options = client_options(settings) | {"request_timeout_ms": int(REFUSED_WITHIN_S * 1000)}
    failed: Exception | None = None
    for host, port, _ in collect_hosts(options.pop("bootstrap_servers"), randomize=False):
        try:
            connection = await create_conn(host, port, **options)
        except (KafkaError, OSError, TimeoutError) as error:
            if type(error) in REMEDIES:
                raise
            failed = error
        else:
            connection.close()
            return
    if failed is not None:
        raise failed
