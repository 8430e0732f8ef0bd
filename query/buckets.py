"""Time buckets as a wall clock in a zone sees them, right across clock changes. Pure."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum, unique
from functools import cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from schemas.report import Slots, Stretch

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_MS: Final = timedelta(milliseconds=1)
_STEP: Final = timedelta(days=5)  # clocks are changed more seldom
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1900, 2100  # of calls
_QUARTER: Final = timedelta(minutes=15)


@unique
class Interval(StrEnum):
    """How long a bucket is; weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def start(at: datetime, *, interval: Interval, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the bucket that holds *at* begins."""
    return _STARTS[interval](at.astimezone(zone), zone)


def following(begun: datetime, *, interval: Interval, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the bucket after the one that begins at *begun* begins."""
    if interval is Interval.HOUR:
        return start(begun + _HOUR, interval=interval, zone=zone)
    inside = begun.astimezone(zone).replace(tzinfo=None)
    if interval is Interval.MONTH:
        ahead = inside.replace(day=1) + timedelta(days=32)
        return _utc(ahead.replace(day=1, hour=0, minute=0, second=0, microsecond=0), zone)
    days = 7 if interval is Interval.WEEK else 1
    return _utc((inside + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0), zone)


def between(first: datetime, last: datetime, *, interval: Interval, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the beginnings of the buckets from the one that holds *first* to the one that holds *last*."""
    begun = start(first, interval=interval, zone=zone)
    while begun <= last:
        yield begun
        try:
            begun = following(begun, interval=interval, zone=zone)
        except (OverflowError, ValueError):  # the year 9999 has no next
            return


def _hour(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the beginning of the hour on the wall: the hour that comes twice is two buckets."""
    at = local.astimezone(UTC)
    begun = at - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    # Where clocks are put by half an hour, the hour begins when they were.
    changed = begun.astimezone(zone).utcoffset() != local.utcoffset()
    return _jump(begun, at, zone) if changed else begun


def _day(local: datetime, zone: ZoneInfo) -> datetime:
    return _utc(local.replace(tzinfo=None, fold=0, hour=0, minute=0, second=0, microsecond=0), zone)


def _week(local: datetime, zone: ZoneInfo) -> datetime:
    return _day(local.replace(tzinfo=None) - timedelta(days=local.weekday()), zone)


def _month(local: datetime, zone: ZoneInfo) -> datetime:
    return _day(local.replace(day=1), zone)


def _utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which *zone*'s wall shows *wall* or later: midnight does not exist everywhere."""
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    # Skipped: the clocks jumped over it, so the day begins where they landed.
    return _jump(at - _DAY, at + _DAY, zone)


def _jump(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant between *low* and *high* at which *zone*'s offset changes."""
    old = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == old else (low, middle)
    return high.replace(microsecond=0)


_STARTS: Final[dict[Interval, Callable[[datetime, ZoneInfo], datetime]]] = {
    Interval.HOUR: _hour,
    Interval.DAY: _day,
    Interval.WEEK: _week,
    Interval.MONTH: _month,
}


def slots(*, interval: Interval, zone: ZoneInfo, near: datetime) -> Slots:
    """Return what a report's buckets are made of: hours (or quarters) in UTC, else days on the zone's own clock.

    *near* is where most calls are.
    """
    if interval is Interval.HOUR:
        return Slots(_ms(_slot(zone)))
    at = _ms(near - _EPOCH)
    return Slots(_ms(_DAY), tuple(sorted(_stretches(zone), key=partial(_away, at))))


def _away(at: int, stretch: Stretch) -> int:
    first = at if stretch.begin is None else stretch.begin
    last = at if stretch.end is None else stretch.end - 1
    return max(first - at, at - last, 0)


def of_slot(number: int, made_of: Slots, *, interval: Interval, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which the bucket that holds a slot begins."""
    if not made_of.stretches:
        return start(_EPOCH + number * made_of.length * _MS, interval=interval, zone=zone)
    wall = _EPOCH.replace(tzinfo=None) + number * _DAY
    if interval is Interval.WEEK:
        wall -= wall.weekday() * _DAY
    return _utc(wall.replace(day=1) if interval is Interval.MONTH else wall, zone)


def _ms(time: timedelta) -> int:
    return time // _MS


@cache
def _stretches(zone: ZoneInfo) -> tuple[Stretch, ...]:
    """Return all stretches between two changes of a zone's clock; the first and the last go on for ever."""
    at, last = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    changes = [at]
    while at < last:
        after = at + _STEP
        if after.astimezone(zone).utcoffset() != at.astimezone(zone).utcoffset():
            changes.append(_jump(at, after, zone))
        at = after
    begins = [_ms(change - _EPOCH) for change in changes]
    offsets = [_ms(change.astimezone(zone).utcoffset() or timedelta()) for change in changes]
    return tuple(map(Stretch, [None, *begins[1:]], [*begins[1:], None], offsets))


@cache
def _slot(zone: ZoneInfo) -> timedelta:
    """Return the longest slot, aligned in UTC, of which all buckets of *zone* are made: an hour or a quarter.

    Since 1972 every zone's clock has differed from UTC by whole quarters.
    """
    months = (datetime(year, month, 1, tzinfo=zone) for year in range(1972, 2038) for month in range(1, 13))
    whole = all((each.utcoffset() or timedelta()) % _HOUR == timedelta() for each in months)
    return _HOUR if whole else _QUARTER
