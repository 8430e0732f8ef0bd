"""What an edit and an evaluation make of a stored document. Pure; the same for every store."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from schemas.call import Evaluation
from schemas.edit import Entry, Patch
from schemas.words import Platform
from storage.document import KEPT, Document, Identity, shown
from storage.flatten import whole_ms
from storage.fold import unpack
from storage.parts import Parts
from storage.searched import searched

FOUND_BY: Final = frozenset({"summary", "note", "title", "tags"})
"""What people write that a call is found by."""


class Edited(NamedTuple):
    """A document after an edit, and what of it was seen to change."""

    document: Document
    entries: list[Entry]


def edited(document: Document, patch: Patch, *, by: str, at: datetime, parts: Iterable[Parts] = ()) -> Edited | None:
    """Return *document*, said in *parts*, with *patch* laid over it by the key *by*; None: nothing changed."""
    before = document.get("edits", {})
    after = patch.laid_over(before)
    if after == before:
        return None
    changed = _rewritten(document, {"edits": after, "edited_at": whole_ms(at), "updated_by": by}, at=at)
    if FOUND_BY.intersection(patch.fields):
        changed["text"] = searched(changed, parts)
    names = [name for name in patch.fields if _seen(document, name) != _seen(changed, name)]
    entries = [
        Entry(at=whole_ms(at), key=by, field=name, before=_seen(document, name), after=_seen(changed, name))
        for name in names
    ]
    return Edited(changed, entries)


def evaluated(document: Document, evaluation: Evaluation, *, at: datetime) -> Document:
    """Return *document* with *evaluation* added, in place of one with the same id."""
    plain = msgspec.to_builtins(evaluation, builtin_types=(datetime,))
    others = [one for one in document.get("evaluations", ()) if one["id"] != evaluation.id]
    return _rewritten(document, {"evaluations": [*others, plain]}, at=at)


def _rewritten(document: Document, changes: Mapping[str, Any], *, at: datetime) -> Document:
    written = {**{name: document[name] for name in KEPT if name in document}, **changes}
    identity = Identity(
        document["_id"],
        document["uid"],
        document["tenant"],
        Platform(document["platform"]),
        document["platform_call_id"],
    )
    facts = shown(unpack(document["registers"]), identity=identity, written=written)
    rest = {
        "registers": document["registers"],
        "text": document["text"],
        "updated_at": whole_ms(at),
        "revision": document["revision"] + 1,
    }
    return {**identity.fields(), **facts, **written, **rest}


def _seen(document: Document, name: str) -> Any:
    """Return what a reader sees of an editable field."""
    if name == "tags":
        return [tag["name"] for tag in document.get("tags", ())]
    return document.get(name)
