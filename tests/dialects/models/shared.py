"""What several dialects mean alike: text without case and accents, a start for each call, numbers, pages."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from schemas.call import Call
from schemas.words import Outcome
from tests.dialects.models.calls import EDGES, MS
from tests.query.model import key

FULL: Final = timedelta(days=1)


class Page(NamedTuple):
    """The rows of one page, by the ids that the dialect shows, and how many match."""

    ids: list[Any]
    total: int


def plain(text: str | None) -> str:
    """Return *text* without case and diacritics."""
    apart = unicodedata.normalize("NFD", text or "")
    return "".join(each for each in apart if not unicodedata.combining(each)).casefold()


def has(part: str, *texts: Any) -> bool:
    """Say whether *part* is in one of *texts*."""
    return any(plain(part) in plain(text) for text in texts if text is not None)


def begun(call: Call) -> datetime:
    """Return the start that a dialect prints."""
    return call.started_at or call.created_at


def ended(calls: Sequence[Call]) -> list[Call]:
    """Return the calls that a list may show."""
    return [call for call in calls if call.outcome is not Outcome.IN_PROGRESS]


def cut(rows: Sequence[Any], page: int, size: int) -> Page:
    """Return a page of *rows*."""
    return Page(list(rows[(page - 1) * size : page * size]), len(rows))


def by(value: Callable[[Call], Any], calls: Sequence[Call], *, descending: bool = True) -> list[Call]:
    """Return *calls* in order of *value*, absent ones least, ties by `_id`."""
    return sorted(
        calls,
        key=lambda call: (value(call) is not None, value(call) if value(call) is not None else 0, key(call)),
        reverse=descending,
    )


def first_of(text: str, zone: tzinfo = UTC) -> datetime:
    """Return the first moment that a date or a time means."""
    if len(text) == len("2026-02-01"):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=zone)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def past(text: str, zone: tzinfo = UTC) -> datetime:
    """Return the first moment after all that a date or a time means."""
    if len(text) != len("2026-02-01"):
        return first_of(text, zone) + MS
    after = date.fromisoformat(text) + FULL
    return datetime(after.year, after.month, after.day, tzinfo=zone)


def _spelled(at: datetime) -> st.SearchStrategy[str]:
    zoned = at.astimezone(UTC).isoformat(timespec="milliseconds")
    whole = at.astimezone(UTC).isoformat(timespec="seconds")
    return st.sampled_from([zoned, zoned.removesuffix("+00:00"), zoned.replace("+00:00", "Z"), whole, zoned[:10]])


MOMENTS: Final = st.sampled_from([each + n * MS for each in EDGES for n in (-1, 0, 1)]).flatmap(_spelled)
PAGES: Final = st.sampled_from([1, 1, 2, 3])
SIZES: Final = st.sampled_from([1, 2, 3, 100])


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects with any of *members*."""
    return st.fixed_dictionaries({}, optional=members)
