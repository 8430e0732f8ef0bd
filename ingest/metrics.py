"""What ingest counts; labels come from closed sets only: platforms, and the fixed words of `ingest.errors`."""

from typing import Final, Self

import msgspec
from prometheus_client import Counter, Gauge, Histogram

from schemas.words import Platform

UNKNOWN: Final = "unknown"
"""The platform of a webhook to no connection."""
GONE: Final = "gone"
"""The reason where the sender went away before the body was whole."""

RECEIVED: Final = Counter("aftercall_received_total", "Webhooks that were made durable.", ["platform"])
IGNORED: Final = Counter("aftercall_ignored_total", "Webhooks acknowledged that tell nothing of a call.", ["platform"])
REFUSED: Final = Counter("aftercall_refused_total", "Webhooks not accepted.", ["platform", "reason"])
ACCEPT_SECONDS: Final = Histogram(
    "aftercall_accept_seconds",
    "From a webhook's headers to its being durable.",
    ["platform"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BODY_BYTES: Final = Histogram(
    "aftercall_body_bytes",
    "Bodies that were accepted, unpacked.",
    ["platform"],
    buckets=tuple(4**n * 1024 for n in range(9)),
)
IN_FLIGHT_BYTES: Final = Gauge("aftercall_in_flight_bytes", "Bodies held in memory now.", multiprocess_mode="livesum")
UNSIGNED_CONNECTIONS: Final = Gauge(
    "aftercall_unsigned_connections", "Connections whose scheme is none: anybody may send.", multiprocess_mode="livemax"
)


class Meters(msgspec.Struct, frozen=True):
    """One platform's counters, looked up once: a look-up by label costs more than counting."""

    received: Counter
    ignored: Counter
    seconds: Histogram
    bytes: Histogram

    @classmethod
    def of(cls, platform: Platform) -> Self:
        """Return the counters of *platform*."""
        return cls(
            received=RECEIVED.labels(platform),
            ignored=IGNORED.labels(platform),
            seconds=ACCEPT_SECONDS.labels(platform),
            bytes=BODY_BYTES.labels(platform),
        )

    def accepted(self, *, seconds: float, size: int) -> None:
        """Count an event that was made durable after *seconds*, its body of *size* bytes."""
        self.received.inc()
        self.seconds.observe(seconds)
        self.bytes.observe(size)
