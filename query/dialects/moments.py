"""Times as clients write them and as the dialects print them."""

from contextlib import suppress
from datetime import MINYEAR, UTC, date, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

DAY: Final = timedelta(days=1)
FIRST: Final = datetime.min.replace(tzinfo=UTC)
LAST: Final = datetime.max.replace(tzinfo=UTC)
"""Where the calendar ends: clients write 9999-12-31 where they mean no bound."""
_MS: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Span(NamedTuple):
    """From `start` on and before `end`; one instant or one day, told by what was written."""

    start: datetime
    end: datetime
    is_day: bool


def read(text: str, *, zone: tzinfo = UTC) -> Span | None:
    """Return what an ISO 8601 date or time means, in UTC; without a zone it is *zone*'s. None where it is neither."""
    text = text.strip()
    with suppress(ValueError):
        return day(date.fromisoformat(text), zone=zone)  # 20250701 too: a day however it is spelled
    try:
        at = datetime.fromisoformat(text)
        aware = _utc(at if at.tzinfo else at.replace(tzinfo=zone))
        return Span(aware, aware + min(_MS, LAST - aware), is_day=False)
    except ValueError:
        return None


def day(of: date, *, zone: tzinfo) -> Span:
    """Return a day of *zone*, however many hours it has."""
    return Span(_midnight(of, zone), LAST if of == date.max else _midnight(of + DAY, zone), is_day=True)


def day_around(at: datetime, *, zone: tzinfo) -> Span:
    """Return the day of *zone* in which *at* lies, the calendar's last or first where it lies beyond."""
    try:
        return day(at.astimezone(zone).date(), zone=zone)
    except OverflowError:
        return day(date.min if at.year == MINYEAR else date.max, zone=zone)


def _midnight(of: date, zone: tzinfo) -> datetime:
    return _utc(datetime(of.year, of.month, of.day, tzinfo=zone))


def _utc(at: datetime) -> datetime:
    """Return *at* in UTC, the calendar's end where it lies beyond that."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return FIRST if at.year == MINYEAR else LAST


def seconds(value: datetime | None) -> str | None:
    """Return a UTC time in whole seconds, cut, with Z: 2023-10-27T09:30:00Z."""
    return None if value is None else f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def epoch_ms(value: datetime) -> int:
    """Return epoch milliseconds."""
    return (value - _EPOCH) // _MS


def clock(total_s: float, *, hours: bool) -> str:
    """Return MM:SS, from an hour on or with *hours* HH:MM:SS; seconds are cut."""
    minutes, second = divmod(int(total_s), 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}" if hours or hour else f"{minute:02d}:{second:02d}"
