"""What the worker tells Prometheus; labels are platforms and reasons, never anything a sender wrote."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from schemas.envelope import Envelope
from stream.ports import Batch
from workers.pipeline import Understood

NO_PLATFORM: Final = "none"
"""The label's value for a record without an envelope."""

CONSUMED: Final = Counter(
    "aftercall_consumed_total", "Records read from the stream, again after a crash.", ["platform"]
)
STORED: Final = Counter("aftercall_stored_total", "Events folded into their calls.", ["platform"])
UNKNOWN_TYPE: Final = Counter(
    "aftercall_unknown_type_total", "Events of a type nobody knows, kept raw only.", ["platform"]
)
SET_ASIDE: Final = Counter("aftercall_set_aside_total", "Records put among the dead letters.", ["platform", "reason"])
BATCH_RECORDS: Final = Histogram(
    "aftercall_batch_records", "Records of one batch.", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
)
BATCH_SECONDS: Final = Histogram(
    "aftercall_batch_seconds",
    "Seconds from having a batch to having committed it.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
NORMALISE_SECONDS: Final = Histogram(
    "aftercall_normalise_seconds",
    "Seconds of understanding one event.",
    ["platform"],
    buckets=(0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1),
)
STORE_SECONDS: Final = Histogram(
    "aftercall_store_seconds",
    "Seconds of keeping, folding and writing some events.",
    buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STORE_ERRORS: Final = Counter("aftercall_store_errors_total", "Times that store or dead letters did not answer.")
END_TO_END_SECONDS: Final = Histogram(
    "aftercall_end_to_end_seconds",
    "Seconds from an event's arrival to its being stored.",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400),
)
WAITING: Final = Gauge(
    "aftercall_worker_waiting", "1 while the worker waits for its store.", multiprocess_mode="livemax"
)


def platform(envelope: Envelope | None) -> str:
    """Return the label that *envelope* counts under."""
    return NO_PLATFORM if envelope is None else envelope.platform


def count_stored(understood: Iterable[Understood]) -> None:
    """Count events that were kept, those that made no call apart."""
    for one in understood:
        (UNKNOWN_TYPE if one.update is None else STORED).labels(one.envelope.platform).inc()


def count_batch(batch: Batch, *, now: datetime) -> None:
    """Count a batch that was committed at *now*."""
    BATCH_RECORDS.observe(len(batch.records))
    for record in batch.records:
        CONSUMED.labels(platform(record.envelope)).inc()
        if record.envelope is not None:
            END_TO_END_SECONDS.observe(max(0.0, now.timestamp() - record.envelope.received_at / 1000))
