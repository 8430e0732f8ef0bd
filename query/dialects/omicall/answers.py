"""OMICall's answers: each asks the shelf in native terms and shows what came in the dialect's shape."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from query import changes
from query.dialects import columns
from query.dialects.columns import Column
from query.dialects.dialect import Asked, Refused, Reply
from query.dialects.omicall import questions, reports, scores
from query.dialects.omicall.envelope import failed, success
from query.dialects.omicall.items import ITEM, SEARCHED
from query.dialects.omicall.questions import Paged
from query.dialects.omicall.values import Row
from query.dialects.pages import Numbered
from query.problems import InvalidChange
from schemas.call import Call
from schemas.edit import Patch
from schemas.query import All, Filter
from schemas.window import Sort, SortBy, Window
from schemas.words import Platform

NEWEST_FIRST: Final = Sort(SortBy.CREATED_AT)
LISTED_SIZE: Final = 50
SEARCHED_SIZE: Final = 20
PAUSE_S: Final = 30 * 60  # between two first pages of one question, where the key is bound so
_PAGING: Final = frozenset({"page", "size"})


async def listed(asked: Asked) -> Reply:
    """Answer with a page of calls, the newest first."""
    ask = asked.ask
    within = questions.window(ask.one("from_date"), ask.one("to_date"))
    paged = questions.paged(ask.one("page"), ask.one("size"), default=LISTED_SIZE)
    wanted = All([within, questions.calls(questions.of_query(ask), questions.LISTED)])
    await _paused(asked, paged)
    page, items = await _page(asked, wanted, paged, ITEM)
    return success(
        {
            "items": items,
            "page_number": page.page,
            "page_size": page.size,
            "total_items": page.total,
            "total_pages": page.pages,
            "has_next": page.has_next,
            "next_page": page.next if page.total else 1,
            "has_previous": page.has_previous,
            "previous_page": page.previous,
        }
    )


async def searched(asked: Asked) -> Reply:
    """Answer with a page of calls in more detail; the question is in the body."""
    ask, body = asked.ask, questions.body_of(asked.ask)
    if body.get("user_uuids") is None:
        raise failed("data_is_required", "Send `user_uuids`; an empty list is everybody.")
    within = questions.window(body.get("from_date"), body.get("to_date"))
    page_, size = (ask.one(name) or body.get(name) for name in ("page", "size"))
    paged = questions.paged(page_, size, default=SEARCHED_SIZE)
    wanted = All([within, questions.calls(questions.of_body(body), questions.SEARCHED)])
    page, items = await _page(asked, wanted, paged, SEARCHED)
    return success(
        {
            "items": items,
            "pageNumber": page.page,
            "pageSize": page.size,
            "totalItems": page.total,
            "totalPages": page.pages,
            "hasNext": page.has_next,
            "nextPage": page.next if page.total else 1,
            "hasPrevious": page.has_previous,
            "previousPage": page.previous,
        }
    )


async def detail(asked: Asked) -> Reply:
    """Answer with one call."""
    return _item(asked, await _found(asked, asked.ask.parts["transaction_id"]))


async def change(asked: Asked) -> Reply:
    """Put tags or a note on a call; what is not given stays."""
    body = questions.body_of(asked.ask)
    given = {name: body[key] for key, name in (("tag", "tags"), ("note", "note")) if key in body}
    if not given:
        raise failed("request_body_required", "Send `tag`, `note` or both.")
    if not _typed(**given):
        raise failed("data_invalid", "`tag` is a list of texts, `note` a text.")
    call = await _found(asked, asked.ask.parts["transaction_id"])
    edited = await asked.shelf.edit(call, _patch(given))
    if edited is None:
        raise _missing()
    return _item(asked, edited)


async def report(asked: Asked) -> Reply:
    """Answer with sums by direction and disposition."""
    ask = asked.ask
    within = questions.window(ask.one("from_date"), ask.one("to_date"), longest=questions.LONGEST_REPORT)
    wanted = All([within, questions.calls(questions.of_query(ask), questions.REPORTED)])
    return success(reports.report(await asked.shelf.sums(wanted, by=reports.GROUPS)))


async def criteria(asked: Asked) -> Reply:
    """Answer with what calls are scored by."""
    known = await asked.shelf.criteria()
    return success([scores.criterion(each, tenant=asked.tenant.id) for each in known])


async def add_evaluation(asked: Asked) -> Reply:
    """Score a call for a user, in place of the same user's scores."""
    body = questions.body_of(asked.ask)
    return await _evaluated(asked, asked.ask.parts["transaction_id"], body.get("user_uuid"), body)


async def add_evaluation_3(asked: Asked) -> Reply:
    """Score a call as the third version asks."""
    body = questions.body_of(asked.ask)
    named = body.get("transactionId")
    if not isinstance(named, str) or not named:
        raise failed("data_is_required", "Send `transactionId`.")
    return await _evaluated(asked, named, body.get("agentId"), body)


async def _evaluated(asked: Asked, call_id: str, user: object, body: Mapping[str, Any]) -> Reply:
    told = body.get("evaluation")
    if user is None or user == "" or told is None:
        raise failed("data_is_required", "Send the user and `evaluation`.")
    if isinstance(user, bool) or not isinstance(user, str | int):
        raise failed("data_invalid", "The user is named by a text.")
    call = await _found(asked, call_id)
    known = await asked.shelf.criteria()
    evaluation = scores.read(told, str(user), call=call, criteria=known, at=asked.ask.now)
    evaluated = await asked.shelf.evaluate(call, evaluation)
    if evaluated is None:
        raise _missing()
    return _item(asked, evaluated)


async def _page(
    asked: Asked, wanted: Filter, paged: Paged, shown: Sequence[Column[Row]]
) -> tuple[Numbered, Sequence[Mapping[str, Any]]]:
    skip = (paged.page - 1) * paged.size
    window = Window(sort=NEWEST_FIRST, skip=skip, limit=paged.size, own=Platform.OMICALL)
    calls, total = await asked.shelf.page(wanted, window)
    items = [columns.shown(shown, Row(call=call, base_url=asked.ask.base_url)) for call in calls]
    return Numbered(paged.page, paged.size, total), items


async def _paused(asked: Asked, paged: Paged) -> None:
    """Refuse the first page of a question that was asked within half an hour, where the key is bound so."""
    if paged.page != 1 or not asked.key.dialect.omicall_limit_30_minutes:
        return
    question = sorted((name, value) for name, value in asked.ask.parameters if name not in _PAGING)
    name = sha256(msgspec.json.encode(question)).hexdigest()
    if not await asked.shelf.once(f"omicall:{asked.key.id}:{name}", seconds=PAUSE_S):
        raise failed("limit_request_30_minute", "The same question may be asked every 30 minutes.")


async def _found(asked: Asked, call_id: str) -> Call:
    call = await asked.shelf.find(call_id)
    if call is None:
        raise _missing()
    return call


def _typed(*, tags: object = (), note: object = "") -> bool:
    listed = isinstance(tags, list | tuple) and all(isinstance(each, str) for each in tags)
    return listed and isinstance(note, str)


def _patch(given: Mapping[str, Any]) -> Patch:
    try:
        return changes.read(given)
    except InvalidChange as problem:
        raise failed("data_invalid", problem.detail) from None


def _item(asked: Asked, call: Call) -> Reply:
    return success(columns.shown(ITEM, Row(call=call, base_url=asked.ask.base_url)))


def _missing() -> Refused:
    return failed("resource_not_found", "There is no such call.")
