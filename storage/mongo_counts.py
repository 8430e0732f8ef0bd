"""How many calls match, exactly, and in the least time."""

from typing import Final

from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from schemas.query import Filter
from storage.mongo import LONGEST_MS, Database, Document
from storage.mongo_covers import Complement, Units, Way, apart, complement
from storage.mongo_filters import scope

MANY: Final = 2_000
"""From so many calls on, a question in several parts costs less than looking at the outcome of each."""
SHARE: Final = 100
"""Of so many calls one may go on: each of those is fetched; where there are more, the outcome of all costs less."""
PLAINLY: Final = 50
"""Questions that are asked in one part after too many calls went on: having tried costs as much again."""
_NO_SNAPSHOT: Final = frozenset({72, 239, 246})
"""MongoDB's codes for a moment that it cannot read at: too long ago, before an index was there, before version 5."""


class MongoCounts:
    """Counts calls, and knows about how many there were the last time."""

    def __init__(self, database: Database) -> None:
        """Count in *database*, whose indexes are there."""
        self._database = database
        self._calls_at_once = database["calls"].with_options(read_concern=ReadConcern("snapshot"))
        self._last: dict[tuple[str, str | None], int] = {}
        self._plainly: dict[tuple[str, str | None], int] = {}

    async def total(self, tenant: str, filter_: Filter, *, units: Units, found: Way) -> int:
        """Return how many calls match.

        Of many calls, taking away what is left out costs less than leaving it out.
        """
        name = (tenant, found.name)
        total, last = None, self._last.get(name, 0)
        if (plainly := self._plainly.get(name, 0)) > 0:
            self._plainly[name] = plainly - 1
        elif found.alone and last > MANY and (parts := complement(filter_)) is not None:
            total = await self._without(tenant, parts, units=units, found=found, most=1 + last // SHARE)
            self._plainly[name] = PLAINLY if total is None else 0
        if total is None:
            total = await self._count(scope(tenant, filter_, units=units), found)
        self._last[name] = total
        return total

    async def _without(self, tenant: str, parts: Complement, *, units: Units, found: Way, most: int) -> int | None:
        """Return the number by taking away, None where *most* are left out, or nothing was read at one moment."""
        seen = [scope(tenant, each, units=units) for each in apart(parts.everything)]
        counts = [_counted(each, "all") for each in seen]
        counts.append(_counted(scope(tenant, parts.unwanted, units=units), "left_out", most=most))
        stages = [*counts[0], *({"$unionWith": {"coll": "calls", "pipeline": each}} for each in counts[1:])]
        try:
            rows = await self._calls_at_once.aggregate(stages, hint=found.name, maxTimeMS=LONGEST_MS)
            counted = await rows.to_list()
        except OperationFailure as error:
            if error.code in _NO_SNAPSHOT:
                return None
            raise
        left_out = sum(row.get("left_out", 0) for row in counted)
        return None if left_out >= most else sum(row.get("all", 0) for row in counted) - left_out

    async def _count(self, seen: Document, found: Way) -> int:
        hint: Document = {} if found.name is None else {"hint": found.name}
        answer = await self._database.command("count", "calls", query=seen, maxTimeMS=LONGEST_MS, **hint)
        return int(answer["n"])


def _counted(seen: Document, name: str, *, most: int | None = None) -> list[Document]:
    return [{"$match": seen}, *([] if most is None else [{"$limit": most}]), {"$count": name}]
