"""Zenicall's answers about calls: lists, one, and its change."""

from collections.abc import Callable
from typing import Any, Final

from query.dialects.columns import shown
from query.dialects.dialect import Asked, Reply
from query.dialects.matching import every, of_unit
from query.dialects.pages import Numbered
from query.dialects.zenicall import asking, values
from query.dialects.zenicall.asking import NEWEST_FIRST, Listing
from query.dialects.zenicall.items import DETAILED, LISTED, rows
from query.dialects.zenicall.refusals import CALL, Place, invalid, missing
from query.dialects.zenicall.words import read
from schemas.call import Call
from schemas.edit import Patch
from schemas.query import Condition, Field, Op
from schemas.window import Window
from schemas.words import Workflow

LARGEST_NEW: Final = 50
DEFAULT_NEW: Final = 10
LONGEST_SUMMARY: Final = 65_535
"""Bytes of Zenicall's own column."""


async def by_clinic(asked: Asked) -> Reply:
    """Answer with one page of a clinic's calls."""
    named = asking.named_clinic(asked.ask.parts["clinic_id"], "path")
    return await _page(asked, named, lambda unit_id: asking.by_clinic(asked.ask, unit_id))


async def new(asked: Asked) -> Reply:
    """Answer with one page of a clinic's calls that nobody has looked at."""
    unseen = Condition(Field.WORKFLOW, Op.EQ, Workflow.NEW.value)

    def listing(unit_id: str) -> Listing:
        return Listing(
            filter=every([of_unit(unit_id), unseen]),
            sort=NEWEST_FIRST,
            page=values.count(asked.ask, "page", default=1),
            size=values.count(asked.ask, "limit", default=DEFAULT_NEW, most=LARGEST_NEW),
        )

    return await _page(asked, asking.named_clinic(asked.ask.one("clinic_id"), "query"), listing)


async def search(asked: Asked) -> Reply:
    """Answer with one page of what a search finds."""
    told = values.body_of(asked.ask)
    named = asking.named_clinic(told.get("clinic_id"), "body")
    return await _page(asked, named, lambda unit_id: asking.search(asked.ask, unit_id, told))


async def _page(asked: Asked, named: tuple[object, Place], listed: Callable[[str], Listing]) -> Reply:
    """Answer with one page of the list that is asked of a clinic."""
    listing = listed(await asking.clinic(asked, *named, afresh=False))
    skip = (listing.page - 1) * listing.size
    window = Window(sort=listing.sort, skip=skip, limit=listing.size)
    calls, total = await asked.shelf.page(listing.filter, window)
    if total == 0:
        await asking.clinic(asked, *named)
    items = [shown(LISTED, row) for row in await rows(asked, calls)]
    return Reply(body=paged(items, Numbered(listing.page, listing.size, total)))


def paged(items: list[dict[str, Any]], page: Numbered) -> dict[str, Any]:
    """Return a page of anything as Zenicall shows it."""
    return {"items": items, "total": page.total, "page": page.page, "limit": page.size, "pages": page.pages}


async def one(asked: Asked) -> Reply:
    """Answer with one call."""
    return await _detailed(asked, await asking.call_named(asked, *_named(asked)))


async def change(asked: Asked) -> Reply:
    """Change a call's status and summary."""
    call = await asking.call_named(asked, *_named(asked))
    fields = _changes(values.body_of(asked.ask))
    changed = await asked.shelf.edit(call, Patch(fields)) if fields else call
    if changed is None:
        raise missing(CALL)
    return await _detailed(asked, changed)


def _named(asked: Asked) -> tuple[str, list[str | int]]:
    return asked.ask.parts["call_log_id"], ["path", "call_log_id"]


def _changes(told: dict[str, Any]) -> dict[str, str]:
    """Return the edit that a body means; a status of null means none, a summary of null an empty one."""
    fields = {}
    if told.get("status") is not None:
        status = read(Workflow, told["status"])
        if status is None:
            raise invalid(["body", "status"], f"Input should be one of {', '.join(Workflow)}", "enum")
        fields["workflow"] = status.value
    if "summary" in told:
        summary = "" if told["summary"] is None else told["summary"]
        if not isinstance(summary, str):
            raise invalid(["body", "summary"], "Input should be a valid string", "string_type")
        if len(summary.encode("utf-8", "surrogatepass")) > LONGEST_SUMMARY:
            raise invalid(["body", "summary"], f"Value is longer than {LONGEST_SUMMARY} bytes", "string_too_long")
        fields["summary"] = summary
    return fields


async def _detailed(asked: Asked, call: Call) -> Reply:
    (row,) = await rows(asked, [call])
    return Reply(body=shown(DETAILED, row))
