"""Times as clients write them and as the dialects print them."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

DAY = timedelta(days=1)


class Span(NamedTuple):
    """From `start` on and before `end`; one instant or one day, told by what was written."""

    start: datetime
    end: datetime
    is_day: bool


def read(text: str, *, zone: tzinfo = UTC) -> Span | None:
    """Return what an ISO 8601 date or time means, in UTC; without a zone it is *zone*'s. None where it is neither."""
    text = text.strip()
    try:
        if len(text) == len("2025-07-01"):
            return day(date.fromisoformat(text), zone=zone)
        at = datetime.fromisoformat(text)
        aware = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
        return Span(aware, aware + timedelta(milliseconds=1), is_day=False)
    except (ValueError, OverflowError):
        return None


def day(of: date, *, zone: tzinfo) -> Span:
    """Return a day of *zone*, however many hours it has."""
    first, after = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (of, of + DAY))
    return Span(first.astimezone(UTC), after.astimezone(UTC), is_day=True)


def seconds(value: datetime | None) -> str | None:
    """Return a UTC time in whole seconds, cut, with Z: 2023-10-27T09:30:00Z."""
    return None if value is None else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def epoch_ms(value: datetime) -> int:
    """Return epoch milliseconds."""
    return (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def clock(total_s: float, *, hours: bool) -> str:
    """Return MM:SS, from an hour on or with *hours* HH:MM:SS; seconds are cut."""
    minutes, second = divmod(int(total_s), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}" if hours or hour else f"{minute:02d}:{second:02d}"
