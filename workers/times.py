"""Times as platforms write them, read into UTC with milliseconds; what is none is None."""

from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Final

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before voice bots; a zero or a counter taken for a time would be."""
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


def sane(time: datetime) -> datetime | None:
    """Return *time* (with a zone) in UTC, cut to milliseconds; None where no call can have been then."""
    time = time.astimezone(UTC)
    if not EARLIEST <= time < LATEST:
        return None
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def iso(text: str, *, zone: tzinfo = UTC) -> datetime | None:
    """Return an ISO 8601 time (`T` or a blank, any number of decimals); without a zone it is *zone*'s."""
    try:
        time = datetime.fromisoformat(text.strip())
        aware = time if time.tzinfo else time.replace(tzinfo=zone)
        return sane(aware)
    except (ValueError, OverflowError):
        return None


def iso_ms(text: str) -> int | None:
    """Return an ISO 8601 time as epoch milliseconds, of any year; without a zone it is UTC."""
    try:
        time = datetime.fromisoformat(text)
        return epoch_ms(time if time.tzinfo else time.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def rfc2822(text: str) -> datetime | None:
    """Return an RFC 2822 time ("Mon, 16 Nov 2026 08:00:25 +0000")."""
    try:
        time = parsedate_to_datetime(text)
        return sane(time if time.tzinfo else time.replace(tzinfo=UTC))
    except (ValueError, OverflowError, TypeError):
        return None


def unix(value: float | None, *, per_second: int) -> datetime | None:
    """Return an epoch in units of which a second has *per_second* (1, 1000, 10**9)."""
    if value is None or not isfinite(value) or abs(value) / per_second > 10**11:
        return None
    try:
        return sane(_EPOCH + timedelta(milliseconds=int(value * 1000 // per_second)))
    except OverflowError:
        return None


def epoch_ms(time: datetime) -> int:
    """Return *time* as epoch milliseconds."""
    return (time - _EPOCH) // _MILLISECOND


def between(start: datetime | None, end: datetime | None) -> float | None:
    """Return the seconds from *start* to *end*; None where one is unknown or the end comes first."""
    if start is None or end is None or end < start:
        return None
    return round((end - start).total_seconds(), 3)


def later(start: datetime | None, seconds: float | None) -> datetime | None:
    """Return *start* plus *seconds* (which may be negative)."""
    if start is None or seconds is None:
        return None
    try:
        return sane(start + timedelta(seconds=seconds))
    except OverflowError:
        return None
