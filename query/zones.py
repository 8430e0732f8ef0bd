"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone, None where there is none of this name; never looks at a path outside the zones' own."""
    return ZoneInfo(name) if name in _names() else None
