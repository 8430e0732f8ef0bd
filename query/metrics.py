"""What the query process tells Prometheus; routes are templates and statuses numbers, never anything a caller wrote."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

REQUESTS: Final = Counter(
    "aftercall_query_requests_total", "Requests answered, by route and status.", ["route", "status"]
)
SECONDS: Final = Histogram(
    "aftercall_query_seconds",
    "Seconds from a request's arrival to the start of its answer, by route.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
EXPORTED: Final = Counter("aftercall_query_exported_rows_total", "Rows written for exports, by format.", ["format"])
LIVE: Final = Gauge("aftercall_query_live_readers", "Connections that watch calls as they change.")
ROWS: Final = Counter(
    "aftercall_query_rows_total", "Calls, batches, events and report rows given, by route.", ["route"]
)
