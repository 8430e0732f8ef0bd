"""How often a key may ask: a bucket of one minute that begins with its first request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Final, NamedTuple

from query.problems import RateLimited
from runtime.config import Key

MINUTE: Final = timedelta(minutes=1)


class _Bucket(NamedTuple):
    until: datetime
    used: int


class Limits:
    """Counts each key's requests in this process; several processes each allow the whole rate."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin with empty buckets."""
        self._clock: Final = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: Key) -> dict[str, str]:
        """Count one request; return the headers that tell what is left, raise `RateLimited` when nothing is."""
        limit = key.requests_per_minute
        if limit is None:
            return {}
        now = self._clock()
        name = f"{key.tenant}\0{key.id}"
        bucket = self._buckets.get(name)
        if bucket is None or now >= bucket.until:
            bucket = _Bucket(now + MINUTE, 0)
        bucket = bucket._replace(used=min(bucket.used + 1, limit + 1))
        self._buckets[name] = bucket
        reset = str(max(1, ceil((bucket.until - now).total_seconds())))
        told = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(0, limit - bucket.used)),
            "RateLimit-Reset": reset,
        }
        if bucket.used > limit:
            raise RateLimited(
                f"This key may ask {limit} times a minute; ask again in {reset} s.",
                headers={**told, "Retry-After": reset},
            )
        return told
