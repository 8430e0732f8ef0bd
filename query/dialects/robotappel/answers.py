"""RobotAppel's answers: each asks the shelf in native terms and shows what came in the dialect's shape."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from query.dialects import columns
from query.dialects.dialect import Asked, Reply
from query.dialects.pages import Numbered
from query.dialects.robotappel import batches, bodies, files, refusals, words
from query.dialects.robotappel.bodies import Reader
from query.dialects.robotappel.calls import COLUMNS, plain
from schemas.call import Call
from schemas.edit import Patch
from schemas.query import All, Condition, Field, Filter, Op
from schemas.window import TalkSum, Window
from schemas.words import Platform

PRICE: Final = 5  # tokens of every request that is answered
NAME: Final = "robotappel"
_NOTHING: Final = TalkSum(group=(), count=0, talk_s=0.0, talked=0)

Answer = Callable[[Asked], Awaitable[Any]]


def paid(answer: Answer) -> Callable[[Asked], Awaitable[Reply]]:
    """Return *answer* as a request that costs tokens: booked first, given back where it is refused."""

    async def reply(asked: Asked) -> Reply:
        balance = asked.key.dialect.robotappel_tokens
        if balance is None:
            return Reply(body=await answer(asked), headers={"X-Token-Cost": str(PRICE)})
        left = await asked.shelf.spend(PRICE, balance=balance)
        if left is None:
            raise refusals.spent(asked.ask)
        try:
            body = await answer(asked)
        except BaseException:
            await asked.shelf.spend(-PRICE, balance=balance)
            raise
        return Reply(body=body, headers={"X-Token-Cost": str(PRICE), "X-Token-Balance": str(left)})

    return reply


async def history(asked: Asked) -> Any:
    """Answer with a page of calls, and the sums of all that match."""
    body = Reader(asked.ask.body)
    paged, wanted, call_id = body.paged(), bodies.calls_filter(body), body.text("callId")
    body.done(asked.ask)
    wanted = All([wanted, await _one_call(asked, call_id)]) if call_id else wanted
    skip = (paged.page - 1) * paged.limit
    window = Window(sort=files.NEWEST_FIRST, skip=skip, limit=paged.limit, own=Platform.ROBOTAPPEL, said=True)
    total, calls = await asyncio.gather(_total(asked, wanted), asked.shelf.window(wanted, window))
    numbered = Numbered(paged.page, paged.limit, total.count)
    return {
        "total": total.count,
        "calls": [_shown(asked, call) for call in calls],
        "page": paged.page,
        "limit": paged.limit,
        "totalPages": numbered.pages,
        "averageCallDuration": batches.average(total),
        "total_call_time": plain(total.talk_s),
    }


async def _one_call(asked: Asked, call_id: str) -> Filter:
    call = await asked.shelf.find(call_id)
    return words.NO_CALL if call is None else Condition(Field.UID, Op.EQ, call.uid)


async def _total(asked: Asked, wanted: Filter) -> TalkSum:
    return next(iter(await asked.shelf.sums(wanted)), _NOTHING)


async def export(asked: Asked) -> Any:
    """Answer with the URL of a file of the calls that match."""
    names, body = bodies.header(asked.ask), Reader(asked.ask.body)
    bodies.calls_filter(body)
    body.done(asked.ask)
    return await _ordered(asked, files.Recipe(header=tuple(names), body=asked.ask.body))


async def export_by_id(asked: Asked) -> Any:
    """Answer with the URL of a file of the calls that are named."""
    names, body = bodies.header(asked.ask), Reader(asked.ask.body)
    ids = bodies.ids(body)
    body.done(asked.ask)
    return await _ordered(asked, files.Recipe(header=tuple(names), ids=tuple(ids)))


async def _ordered(asked: Asked, recipe: files.Recipe) -> Any:
    _, url, _ = await asked.shelf.order_file(dialect=NAME, recipe=msgspec.msgpack.encode(recipe))
    return {"url": url}


async def batch_status(asked: Asked) -> Any:
    """Answer with one batch."""
    found = await asked.shelf.batches(Condition(Field.BATCH, Op.EQ, asked.ask.parts["id"]))
    if not found:
        raise refusals.missing(asked.ask, "Batch")
    return columns.shown(batches.columns(asked.tenant.id), found[0])


async def batch_history(asked: Asked) -> Any:
    """Answer with a page of batches, newest first."""
    body = Reader(asked.ask.body)
    paged, name, state, direction = body.paged(), body.text("batchName"), body.text("status"), body.text("direction")
    body.done(asked.ask)
    skip = (paged.page - 1) * paged.limit
    if name is None and state is None and direction is None:
        found, total = await asked.shelf.latest_batches(skip=skip, limit=paged.limit)
    else:
        every, _ = await asked.shelf.latest_batches()
        chosen = [batch for batch in every if batches.chosen(batch, name=name, state=state, direction=direction)]
        found, total = chosen[skip:][: paged.limit], len(chosen)
    numbered = Numbered(paged.page, paged.limit, total)
    shown = batches.columns(asked.tenant.id)
    return {
        "total": total,
        "batches": [columns.shown(shown, batch) for batch in found],
        "page": paged.page,
        "limit": paged.limit,
        "totalPages": numbered.pages,
    }


async def call_info(asked: Asked) -> Any:
    """Answer with one call."""
    return _shown(asked, await _found(asked, asked.ask.parts["callId"]))


async def average_duration(asked: Asked) -> Any:
    """Answer with the mean talk of all calls."""
    return {"averageCallDuration": batches.average(await _total(asked, words.EVERY_CALL))}


async def add_note(asked: Asked) -> Any:
    """Put a note on a call, in place of the one that was there; answer with the call."""
    body = Reader(asked.ask.body)
    text = bodies.note(body)
    body.done(asked.ask)
    call = await _found(asked, asked.ask.parts["callSid"])
    edited = await asked.shelf.edit(call, Patch({"note": text}))
    if edited is None:
        raise refusals.missing(asked.ask, "Call")
    return _shown(asked, edited)


async def _found(asked: Asked, call_id: str) -> Call:
    call = await asked.shelf.find(call_id)
    if call is None:
        raise refusals.missing(asked.ask, "Call")
    return call


def _shown(asked: Asked, call: Call) -> Any:
    return {**columns.shown(COLUMNS, call), "record_url": asked.shelf.whole_url(call.recording.full)}
