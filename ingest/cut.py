"""Secrets that platforms put in their webhooks are cut out before anything is published or stored.

The body is opened only along the paths that a row names; every other value is carried over byte for byte.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import msgspec

CUT: Final = msgspec.Raw(b'"[cut]"')
EACH: Final = "*"
_NULL: Final = msgspec.Raw(b"null")

_Members = dict[str, msgspec.Raw]
_members = msgspec.json.Decoder(_Members).decode
_elements = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What is cut at one place: the members `names` of the object at `path` (`*`: each element of an array).

    `keep` turns it round: all members but these. `where` limits it to objects whose member equals a text
    (`("role", "system")`). Values become "[cut]"; a member that is absent or null stays as it is.
    """

    path: tuple[str, ...]
    names: tuple[str, ...] = ()
    keep: tuple[str, ...] | None = None
    where: tuple[str, str] | None = None


def cut(body: bytes, rows: Sequence[Cut]) -> bytes:
    """Return JSON *body* with each row's members replaced by "[cut]"; the very same bytes where there are none."""
    return cutter(tuple(rows))(body)


@lru_cache(maxsize=64)
def cutter(rows: tuple[Cut, ...]) -> Callable[[bytes], bytes]:
    """Return the function that cuts *rows*, laid out as a tree once."""
    root = _Place()
    for row in rows:
        root.at(row.path).rows.append(row)
    return lambda body: root.opened(body) or body


class _Place:
    """A node of the tree: what is cut here, and where it goes on."""

    def __init__(self) -> None:
        self.rows: list[Cut] = []
        self.below: dict[str, _Place] = {}

    def at(self, path: Sequence[str]) -> "_Place":
        """Return the place at *path* below this one, made where it is missing."""
        place = self
        for step in path:
            place = place.below.setdefault(step, _Place())
        return place

    def opened(self, value: bytes | msgspec.Raw) -> bytes | None:
        """Return *value* with everything at and below this place cut; None where nothing is."""
        try:
            return self._array(value) if EACH in self.below else self._object(value)
        except msgspec.ValidationError:
            return None  # a text or number where the platform sends an object: nothing that a row names is in it

    def _object(self, value: bytes | msgspec.Raw) -> bytes | None:
        members = _members(value)
        changed = False
        for row in self.rows:
            changed |= _blank(members, row)
        for name, place in self.below.items():
            if name in members and (shorter := place.opened(members[name])):
                members[name] = msgspec.Raw(shorter)
                changed = True
        return _encode(members) if changed else None

    def _array(self, value: bytes | msgspec.Raw) -> bytes | None:
        each = self.below[EACH]
        elements = _elements(value)
        changed = False
        for n, element in enumerate(elements):
            if shorter := each.opened(element):
                elements[n] = msgspec.Raw(shorter)
                changed = True
        return _encode(elements) if changed else None


def _blank(members: _Members, row: Cut) -> bool:
    """Replace the values that *row* names, unless they are null or cut already; return whether there was one."""
    if row.where is not None and _text(members.get(row.where[0])) != row.where[1]:
        return False
    names = row.names if row.keep is None else members.keys() - row.keep
    found = [name for name in names if name in members and members[name] not in (_NULL, CUT)]
    for name in found:
        members[name] = CUT
    return bool(found)


def _text(value: msgspec.Raw | None) -> Any:
    return None if value is None else msgspec.json.decode(value)
