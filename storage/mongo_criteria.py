"""Criteria in MongoDB."""

from datetime import datetime
from typing import Final

import msgspec

from schemas.edit import Criterion
from storage.mongo import LONGEST_MS, Database, answering
from storage.mongo_chunks import all_of

MOST: Final = 1_000
"""Criteria of one tenant that are listed: a person scores by tens."""


class MongoCriteria:
    """What calls are scored by."""

    def __init__(self, database: Database) -> None:
        """Keep them in *database*."""
        self._criteria = database["criteria"]

    async def criteria(self, tenant: str) -> list[Criterion]:
        """Return all criteria, oldest first."""
        with answering():
            rows = (
                await self._criteria.find({**all_of(tenant), "tenant": tenant}, max_time_ms=LONGEST_MS)
                .limit(MOST)
                .to_list()
            )
        return sorted((msgspec.convert(row, Criterion) for row in rows), key=lambda each: (each.created_at, each.id))

    async def put(self, tenant: str, criterion: Criterion) -> None:
        """Keep *criterion*, in place of one with the same id."""
        row = msgspec.to_builtins(criterion, builtin_types=(datetime,)) | {"tenant": tenant}
        with answering():
            await self._criteria.replace_one({"_id": f"{tenant}:{criterion.id}"}, row, upsert=True)

    async def remove(self, tenant: str, criterion_id: str) -> bool:
        """Remove a criterion; return whether there was one."""
        with answering():
            gone = await self._criteria.delete_one({"_id": f"{tenant}:{criterion_id}", "tenant": tenant})
        return gone.deleted_count > 0
