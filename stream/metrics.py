"""What the streams count; labels come from the closed set of adapters only."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

STREAMS: Final = ("kafka", "journal", "spool")
"""The closed set behind the label `stream`; `spool` is the journal that stands behind Kafka."""

PUBLISHED: Final = Counter("aftercall_published_total", "Events made durable.", ["stream"])
UNPUBLISHED: Final = Counter("aftercall_unpublished_total", "Events that could not be made durable.", ["stream"])
PUBLISH_SECONDS: Final = Histogram(
    "aftercall_publish_seconds",
    "From the oldest event of a group to its durability.",
    ["stream"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
GROUP_EVENTS: Final = Histogram(
    "aftercall_publish_group_events",
    "Events made durable together.",
    ["stream"],
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
)
WAITING_BYTES: Final = Gauge(
    "aftercall_publish_waiting_bytes", "Bodies that wait for durability.", ["stream"], multiprocess_mode="livesum"
)
JOURNAL_BYTES: Final = Gauge(
    "aftercall_journal_bytes", "What the journal holds on disk.", ["stream"], multiprocess_mode="livesum"
)
JOURNAL_BOUND_BYTES: Final = Gauge(
    "aftercall_journal_bound_bytes", "What the journal may hold.", ["stream"], multiprocess_mode="livesum"
)
JOURNAL_AGE_SECONDS: Final = Gauge(
    "aftercall_journal_age_seconds", "Age of the oldest event not consumed.", ["stream"], multiprocess_mode="livemax"
)
DEAD_DROPPED: Final = Counter("aftercall_dead_dropped_total", "Dead letters given up because of the journal's bound.")

SPOOLED: Final = Counter("aftercall_spooled_total", "Events that went to the spool because Kafka did not take them.")
DRAINED: Final = Counter("aftercall_drained_total", "Spooled events that were moved to Kafka.")
BREAKER_OPEN: Final = Gauge(
    "aftercall_breaker_open", "1 while events go straight to the spool.", multiprocess_mode="livemax"
)
PRODUCERS_MADE: Final = Counter("aftercall_kafka_producers_total", "Kafka producers made, the first one included.")
OFFSETS_LOST: Final = Counter(
    "aftercall_kafka_offsets_lost_total", "Times a position was no longer in Kafka: events may have expired unread."
)
REVOKED_UNDONE: Final = Counter(
    "aftercall_kafka_revoked_undone_total", "Batches that were still in hand when their partition had to be given up."
)

LAG_EVENTS: Final = Gauge(
    "aftercall_lag_events", "Records that wait behind the committed position.", multiprocess_mode="livesum"
)
LAG_SECONDS: Final = Gauge("aftercall_lag_seconds", "Age of the oldest record that waits.", multiprocess_mode="livemax")
LAG_RETENTION_RATIO: Final = Gauge(
    "aftercall_lag_retention_ratio",
    "Age of the oldest record that waits, over what the stream keeps; at 1 records are lost.",
    multiprocess_mode="livemax",
)


class PublishMetrics:
    """What one publisher counts, a group at a time."""

    def __init__(self, stream: str) -> None:
        """Count for *stream*, one of `STREAMS`."""
        self._published = PUBLISHED.labels(stream)
        self._unpublished = UNPUBLISHED.labels(stream)
        self._seconds = PUBLISH_SECONDS.labels(stream)
        self._events = GROUP_EVENTS.labels(stream)
        self._waiting = WAITING_BYTES.labels(stream)

    def published(self, events: int, *, seconds: float) -> None:
        """Count *events* made durable together, the oldest of which waited for *seconds*."""
        self._published.inc(events)
        self._events.observe(events)
        self._seconds.observe(seconds)

    def refused(self, events: int) -> None:
        """Count *events* that could not be made durable."""
        if events:
            self._unpublished.inc(events)

    def waiting(self, size: int) -> None:
        """Set how many bytes wait now."""
        self._waiting.set(size)
