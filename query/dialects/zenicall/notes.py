"""Zenicall's internal notes: what colleagues write on a call; only its author changes a note."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from query.dialects.dialect import Asked, Reply
from query.dialects.moments import seconds
from query.dialects.pages import Numbered
from query.dialects.zenicall import asking, values
from query.dialects.zenicall.asking import DEFAULT_SIZE, LARGEST_PAGE
from query.dialects.zenicall.calls import paged
from query.dialects.zenicall.items import Json, Style, call_id, user
from query.dialects.zenicall.refusals import NOTE, forbidden, invalid, missing
from schemas.call import Call
from schemas.register import Note

LONGEST: Final = 10_000
"""Characters of a note."""
MOST_SKIPPED: Final = 10**9
"""Rows before a page; nobody wrote as many notes, and the store takes no larger number."""


async def add(asked: Asked) -> Reply:
    """Write a note on a call."""
    told = values.body_of(asked.ask)
    content = _content(told)
    if told.get("call_log_id") is None:
        raise invalid(["body", "call_log_id"], "Field required", "missing")
    call = await asking.call_named(asked, told["call_log_id"], ["body", "call_log_id"])
    now = asked.ask.now
    note = Note(id=0, content=content, uid=call.uid, author=asked.key.id, created_at=now, updated_at=now)
    kept = await asked.shelf.put_note(note)
    return Reply(body=await _shown(asked, kept, call), status=201)


async def one(asked: Asked) -> Reply:
    """Answer with one note."""
    return Reply(body=await _shown(asked, *await _named(asked)))


async def change(asked: Asked) -> Reply:
    """Write one's note anew."""
    note, call = await _mine(asked)
    content = _content(values.body_of(asked.ask))
    changed = msgspec.structs.replace(note, content=content, updated_at=asked.ask.now)
    return Reply(body=await _shown(asked, await asked.shelf.put_note(changed), call))


async def remove(asked: Asked) -> Reply:
    """Remove one's note."""
    note, _ = await _mine(asked)
    await asked.shelf.remove_note(note.id)
    return Reply(body={"message": "Internal note deleted successfully"})


async def of_call(asked: Asked) -> Reply:
    """Answer with one page of a call's notes, newest first."""
    named = asked.ask.parts["call_log_id"]
    call = await asking.call_named(asked, named, ["path", "call_log_id"])
    return await _page(asked, uid=call.uid)


async def mine(asked: Asked) -> Reply:
    """Answer with one page of the key's own notes, newest first."""
    return await _page(asked, author=asked.key.id)


async def _page(asked: Asked, *, uid: str | None = None, author: str | None = None) -> Reply:
    page, size = _asked_page(asked)
    skip = min((page - 1) * size, MOST_SKIPPED)
    notes, total = await asked.shelf.notes(uid=uid, author=author, skip=skip, limit=size)
    calls = {each: await asked.shelf.get(each) for each in {note.uid for note in notes}}
    items = [await _shown(asked, note, calls[note.uid]) for note in notes]
    return Reply(body=paged(items, Numbered(page, size, total)))


def _asked_page(asked: Asked) -> Sequence[int]:
    page = values.count(asked.ask, "page", default=1)
    return page, values.count(asked.ask, "limit", default=DEFAULT_SIZE, most=LARGEST_PAGE)


async def _named(asked: Asked) -> tuple[Note, Call]:
    """Return the note of the path and its call, which must be the key's to see."""
    wanted = values.integer_or_uuid(["path", "note_id"], asked.ask.parts["note_id"])
    note = await asked.shelf.note(wanted) if isinstance(wanted, int) else None  # no note has a UUID
    call = await asked.shelf.get(note.uid) if note is not None else None
    if note is None or call is None:
        raise missing(NOTE)
    return note, call


async def _mine(asked: Asked) -> tuple[Note, Call]:
    note, call = await _named(asked)
    if note.author != asked.key.id:
        raise forbidden("Only its author changes a note")
    return note, call


def _content(told: dict[str, Any]) -> str:
    content = told.get("content")
    if content is None:
        raise invalid(["body", "content"], "Field required", "missing")
    if not isinstance(content, str):
        raise invalid(["body", "content"], "Input should be a valid string", "string_type")
    if not 1 <= len(content) <= LONGEST:
        raise invalid(["body", "content"], f"Value should have 1 to {LONGEST} characters", "string_length")
    return content


async def _shown(asked: Asked, note: Note, call: Call | None) -> Json:
    author = await asked.shelf.alias("user", note.author)
    return {
        "id": note.id,
        "content": note.content,
        "call_log_id": call_id(call, Style.of(asked)) if call else None,
        "created_by_user_id": author,
        "created_by": user(note.author, author),
        "created_at": seconds(note.created_at),
        "updated_at": seconds(note.updated_at),
    }
