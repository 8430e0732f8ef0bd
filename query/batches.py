"""Batches over HTTP: a page of them, or one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from query import cursors, filters, kinds, listing
from query.asked import Asked, json_response
from query.fields import compare
from query.metrics import ROWS
from query.problems import BadValue, NotFound
from query.views import instant
from schemas.batch import BatchQuery, BatchSum
from schemas.money import decimal_text
from schemas.query import NEWEST_FIRST, Condition, Field, Op
from storage.ports.query import BatchReader

_BOUNDS: Final = ("started_after", "started_before")
_OPTIONS: Final = ("limit", "cursor", *_BOUNDS)


class Batches:
    """The endpoints that read batches."""

    def __init__(self, *, batches: BatchReader, signing_key: bytes) -> None:
        """Ask *batches*; sign cursors with *signing_key*."""
        self._batches = batches
        self._key = signing_key

    async def list(self, asked: Asked) -> Response:
        """Answer with a page of batches, newest first."""
        given = asked.only(_OPTIONS)
        bounds = {name: given[name] for name in _BOUNDS if name in given}
        wanted = filters.read(bounds.items())
        question = cursors.question(tenant=asked.tenant.id, filter_=wanted, order=NEWEST_FIRST, of="batches")
        after = cursors.read(given["cursor"], question=question, key=self._key) if "cursor" in given else None
        query = BatchQuery(
            **{name: _time(name, text) for name, text in bounds.items()},
            limit=listing.limit(given.get("limit")),
            units=asked.caller.units,
        )
        page = await self._batches.page(asked.tenant.id, query, after=after)
        ROWS.labels("/v1/batches").inc(len(page.rows))
        onward = page.next and cursors.write(page.next, question=question, key=self._key)
        return json_response({"batches": [_shown(each) for each in page.rows], "next_cursor": onward})

    async def one(self, asked: Asked) -> Response:
        """Answer with one batch."""
        asked.only()
        found = await self._batches.one(asked.tenant.id, asked.part("id"), units=asked.caller.units)
        if found is None:
            raise NotFound("There is no such batch.")
        return json_response(_shown(found))


def _time(name: str, text: str) -> datetime:
    try:
        at = kinds.time(text)
    except kinds.Unfit as error:
        raise BadValue(f"{name!r} {error}.", field=name) from None
    # Both bounds let through what is at or above them, or below: the next whole millisecond serves either.
    snapped = compare(Field.STARTED_AT, Op.GTE, at)
    return snapped.value if isinstance(snapped, Condition) else at


def _shown(batch: BatchSum) -> Mapping[str, Any]:
    return {
        "id": batch.id,
        "name": batch.name,
        "count": batch.count,
        "outcomes": batch.outcomes,
        "cost": {currency: decimal_text(micros) for currency, micros in sorted(batch.cost.items())},
        "talk_s": batch.talk_s,
        "first_started_at": instant(batch.first_started_at),
        "last_started_at": instant(batch.last_started_at),
    }
