"""Ruling 19: buckets as the clock on the wall shows them."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from query.buckets import Interval, between, following, of_slot, slots, start

ZONES = [
    "UTC",
    "Europe/Paris",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "America/Havana",
    "Antarctica/Troll",
]
_TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
_ANY = given(_TIMES, st.sampled_from(list(Interval)), st.sampled_from(ZONES).map(ZoneInfo))


@_ANY
def test_a_bucket_holds_what_it_begins_before_and_ends_after(at: datetime, interval: Interval, zone: ZoneInfo) -> None:
    begun = start(at, interval=interval, zone=zone)
    ended = following(begun, interval=interval, zone=zone)

    assert begun <= at < ended
    assert start(begun, interval=interval, zone=zone) == begun
    assert start(ended, interval=interval, zone=zone) == ended
    assert start(ended - timedelta(milliseconds=1), interval=interval, zone=zone) == begun


@_ANY
@example(datetime(2026, 3, 29, 1, tzinfo=UTC), Interval.DAY, ZoneInfo("Europe/Paris"))  # the clock is put forward now
def test_buckets_are_made_of_whole_slots(at: datetime, interval: Interval, zone: ZoneInfo) -> None:
    made_of = slots(interval=interval, zone=zone, near=at)
    ms = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    here = [each for each in made_of.stretches if (each.begin or ms) <= ms and (each.end is None or ms < each.end)]
    offset = here[0].offset if here else 0

    found = of_slot((ms + offset) // made_of.length, made_of, interval=interval, zone=zone)

    assert found == start(at, interval=interval, zone=zone)
    assert here == list(made_of.stretches[:1])


@pytest.mark.parametrize(
    ("zone", "interval", "at", "begins"),
    [
        ("Europe/Paris", Interval.DAY, "2026-03-29T12:00Z", "2026-03-28T23:00Z"),
        ("Europe/Paris", Interval.DAY, "2026-03-30T12:00Z", "2026-03-29T22:00Z"),
        ("Europe/Paris", Interval.HOUR, "2026-10-25T00:30Z", "2026-10-25T00:00Z"),
        ("Europe/Paris", Interval.HOUR, "2026-10-25T01:30Z", "2026-10-25T01:00Z"),
        ("Europe/Paris", Interval.WEEK, "2026-02-01T22:59Z", "2026-01-25T23:00Z"),
        ("Europe/Paris", Interval.WEEK, "2026-02-01T23:00Z", "2026-02-01T23:00Z"),
        ("Europe/Paris", Interval.MONTH, "2026-01-31T23:00Z", "2026-01-31T23:00Z"),
        ("Asia/Kathmandu", Interval.HOUR, "2026-01-31T10:20Z", "2026-01-31T10:15Z"),
        ("America/Sao_Paulo", Interval.DAY, "2010-10-17T12:00Z", "2010-10-17T03:00Z"),
    ],
)
def test_known_beginnings(zone: str, interval: Interval, at: str, begins: str) -> None:
    found = start(datetime.fromisoformat(at), interval=interval, zone=ZoneInfo(zone))

    assert found == datetime.fromisoformat(begins)


def test_a_day_of_a_clock_change_has_23_or_25_hours() -> None:
    paris = ZoneInfo("Europe/Paris")
    first, last = map(datetime.fromisoformat, ("2026-01-01T00:00Z", "2026-12-31T00:00Z"))

    days = between(first, last, interval=Interval.DAY, zone=paris)
    lengths = [(after - before) // timedelta(hours=1) for before, after in pairwise(days)]

    assert (lengths.count(23), lengths.count(25), set(lengths)) == (1, 1, {23, 24, 25})
