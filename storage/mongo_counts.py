"""How many calls match, exactly, and in the least time."""

from typing import Final

from schemas.query import Filter
from storage.mongo import LONGEST_MS, Database, Document
from storage.mongo_covers import Units, Way, complement
from storage.mongo_filters import scope

LEFT_OUT: Final = Way("outcome", alone=False)
MOST_LEFT_OUT: Final = 200
"""Calls in progress of which each is looked at, twice; where there are more they are left out one by one."""
MANY: Final = 20_000
"""From so many calls on, two questions more cost less than looking at the outcome of each."""


class MongoCounts:
    """Counts calls, and knows about how many there were the last time."""

    def __init__(self, database: Database) -> None:
        """Count in *database*, whose indexes are there."""
        self._database = database
        self._last: dict[tuple[str, str | None], int] = {}

    async def total(self, tenant: str, filter_: Filter, *, units: Units, found: Way) -> int:
        """Return how many calls match.

        Of many calls, taking away what is left out costs less than leaving it out. As many are left out before as
        after the counting, so that the number is that of a moment in between.
        """
        name = (tenant, found.name)
        total = None
        if found.alone and self._last.get(name, 0) > MANY:
            total = await self._without(tenant, filter_, units=units, found=found)
        if total is None:
            total = await self._count(scope(tenant, filter_, units=units), found)
        self._last[name] = total
        return total

    async def _without(self, tenant: str, filter_: Filter, *, units: Units, found: Way) -> int | None:
        """Return the number by taking away, None where nothing is left out, too much, or other calls meanwhile."""
        parts = complement(filter_)
        if parts is None:
            return None
        unwanted = scope(tenant, parts.unwanted, units=units)
        before = await self._count(unwanted, LEFT_OUT, limit=MOST_LEFT_OUT)
        if before >= MOST_LEFT_OUT:
            return None
        everything = await self._count(scope(tenant, parts.everything, units=units), found)
        after = await self._count(unwanted, LEFT_OUT, limit=MOST_LEFT_OUT)
        return everything - before if after == before else None

    async def _count(self, seen: Document, found: Way, *, limit: int = 0) -> int:
        hint: Document = {} if found.name is None else {"hint": found.name}
        answer = await self._database.command("count", "calls", query=seen, limit=limit, maxTimeMS=LONGEST_MS, **hint)
        return int(answer["n"])
