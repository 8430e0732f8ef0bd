"""Secrets that platforms put in their webhooks are cut out before anything is published or stored.

The body is opened only along the paths that a row names; every other value is carried over byte for byte.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

import msgspec

from ingest.cut_rare import look
from ingest.cut_rows import CUT, DONE, EACH, Cut, Members
from ingest.cut_seen import Held, Seen
from ingest.cut_texts import Texts, Unsure

__all__ = ["EACH", "Cut", "Cutter", "cut"]  # the rows live apart, so that both ways of cutting know them

_Value = bytes | msgspec.Raw
_members = msgspec.json.Decoder(Members).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode
_names = Seen(dict[Held, msgspec.Raw])


def cut(body: bytes, rows: Sequence[Cut]) -> bytes:
    """Return JSON *body* with each row's members replaced by "[cut]"; the very same bytes where there are none.

    A member that comes twice hides nothing: of its copies all are cut, or the last one, which readers take, is carried
    over alone.
    """
    return Cutter(rows)(body)


class Cutter:
    """Cuts *rows* out of body after body."""

    def __init__(self, rows: Sequence[Cut]) -> None:
        """Lay the rows out as a tree, once."""
        self._root: Final = _Place(rows)
        self.envelope: Final = self._root.only_member
        """The one member that all rows lie below, if there is one: `opened` reads it."""
        self._may_hold: Final = look(rows) if rows and all(row.rare for row in rows) else None

    def __call__(self, body: bytes, members: Members | None = None) -> bytes:
        """Return *body* cut; *members* are those of its envelope where they were opened already, and are used up."""
        if self._may_hold is not None and not self._may_hold(body):
            return body
        if members is not None and self.envelope is not None:
            if self._root.below[self.envelope].cut(members):
                return _encode({self.envelope: members})
            if len(body) == len(self.envelope) + len('{"":}') + _size(members):
                return body
        return self._root.opened(body) or body


def opened(body: bytes, envelope: str) -> Members | None:
    """Return what lies in the one member of *body*, read in one pass; None where there is more, or no object.

    Raises `DecodeError` where it is no JSON.
    """
    try:
        members: Members = _envelope(envelope)(body).member
    except msgspec.ValidationError:
        return None
    return members


@lru_cache(maxsize=64)
def _envelope(name: str) -> Callable[[bytes], Any]:
    member = ("member", Members, msgspec.field(name=name))
    return msgspec.json.Decoder(msgspec.defstruct("Envelope", [member], forbid_unknown_fields=True)).decode


class _Place:
    """A node of the tree: what is cut here, and where it goes on."""

    def __init__(self, rows: Sequence[Cut]) -> None:
        """Take those that end here, and give the others on."""
        self.rows: Final = [row for row in rows if not row.path]
        below: dict[str, list[Cut]] = defaultdict(list)
        for row in rows:
            if row.path:
                below[row.path[0]].append(row.below())
        self.below: Final = {name: _Place(inner) for name, inner in below.items()}
        self._texts: Texts | None = None
        with suppress(Unsure):
            self._texts = Texts(rows)

    @property
    def only_member(self) -> str | None:
        """The one name below this place, if it is a name and nothing is cut here."""
        names = list(self.below)
        return names[0] if len(names) == 1 and names[0] != EACH and not self.rows else None

    def opened(self, value: _Value) -> bytes | None:
        """Return *value* with everything at and below this place cut; None where nothing is."""
        if self._texts is not None:
            with suppress(Unsure):
                return self._texts.cut(memoryview(value).tobytes())
        if EACH in self.below:
            with suppress(msgspec.ValidationError):  # an object where another row says there is one
                return self._each(_elements(value))
        try:
            members = _members(value)
        except msgspec.ValidationError:
            return None  # a text or number where the platform sends an object: nothing that a row names is in it
        return _encode(members) if self.cut(members) or _lost(value, members) else None

    def cut(self, members: Members) -> bool:
        """Cut *members* of an object here and below; return whether there was anything."""
        changed = False
        for row in self.rows:
            changed |= _blank(members, row)
        for name, place in self.below.items():
            if name in members and (shorter := place.opened(members[name])):
                members[name] = msgspec.Raw(shorter)
                changed = True
        return changed

    def _each(self, elements: list[msgspec.Raw]) -> bytes | None:
        changed = False
        for n, element in enumerate(elements):
            if shorter := self.below[EACH].opened(element):
                elements[n] = msgspec.Raw(shorter)
                changed = True
        return _encode(elements) if changed else None


def _blank(members: Members, row: Cut) -> bool:
    """Replace the values that *row* names, unless they are null or cut already; return whether there was one."""
    if row.where is not None and _text(members.get(row.where[0])) != row.where[1]:
        return False
    if row.keep is None:
        found = [name for name in row.names if name in members and members[name] not in DONE]
    else:
        found = [name for name, value in members.items() if name not in row.keep and value not in DONE]
    for name in found:
        members[name] = CUT
    return bool(found)


def _text(value: msgspec.Raw | None) -> Any:
    return None if value is None else msgspec.json.decode(value)


def _lost(value: _Value, members: Members) -> bool:
    """Return whether a member of the object *value* came twice: *members* hold its last copy alone."""
    return len(memoryview(value)) != _size(members) and len(_names(value)) != len(members)


def _size(members: Members) -> int:
    """Return the bytes of an object with nothing but *members*: another is longer, or its names are not ASCII."""
    commas_and_braces = max(len(members), 1) + 1
    return commas_and_braces + sum(len(name) + len('"":') + len(value) for name, value in members.items())
