"""Secrets that platforms put in their webhooks are cut out before anything is published or stored.

The body is opened only along the paths that a row names; every other value is carried over byte for byte.
"""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any, Final

import msgspec

CUT: Final = msgspec.Raw(b'"[cut]"')
EACH: Final = "*"
_DONE: Final = (msgspec.Raw(b"null"), CUT)

_Value = bytes | msgspec.Raw
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
        root.take(row)
    opened = root.as_envelope() or root.opened
    return lambda body: opened(body) or body


class _Place:
    """A node of the tree: what is cut here, and where it goes on."""

    def __init__(self) -> None:
        self.rows: list[Cut] = []
        self.below: dict[str, _Place] = {}

    def take(self, row: Cut) -> None:
        """Lay *row* out: a place for each step of its path."""
        place = self
        for step in row.path:
            place = place.below.setdefault(step, _Place())
        place.rows.append(row)

    def opened(self, value: _Value) -> bytes | None:
        """Return *value* with everything at and below this place cut; None where nothing is."""
        if EACH in self.below:
            with suppress(msgspec.ValidationError):  # an object where another row says there is one
                return self.below[EACH].cut_each(value)
        try:
            members = _members(value)
        except msgspec.ValidationError:
            return None  # a text or number where the platform sends an object: nothing that a row names is in it
        return _encode(members) if self.cut(members) else None

    def cut(self, members: _Members) -> bool:
        """Cut *members* of an object here and below; return whether there was anything."""
        changed = False
        for row in self.rows:
            changed |= _blank(members, row)
        for name in self.below.keys() & members.keys():
            if cut := self.below[name].opened(members[name]):
                members[name] = msgspec.Raw(cut)
                changed = True
        return changed

    def cut_each(self, array: _Value) -> bytes | None:
        """Return *array* with its elements cut; None where nothing is. Raises `ValidationError` if it is none."""
        held = memoryview(array).tobytes()
        left = self._most_in(held)
        elements = _elements(held) if left else []
        changed = False
        for n, element in enumerate(elements):
            may = self._most_in(memoryview(element).tobytes())
            if may and (cut := self.opened(element)):
                elements[n] = msgspec.Raw(cut)
                changed = True
            left -= may
            if not left:
                break  # of a hundred messages the first is the system's: the others are not opened
        return _encode(elements) if changed else None

    def _most_in(self, held: bytes) -> int:
        """Return how many elements of *held* can be concerned at most; none of them is passed over wrongly."""
        return len(held) if self._word is None else self._word.most_in(held)

    @cached_property
    def _word(self) -> "_Word | None":
        """The text that every row here is limited to; None where there is more to be found."""
        words = {row.where[1] if row.where else None for row in self.rows}
        word = words.pop() if len(words) == 1 and not self.below else None
        return _Word(word) if word else None

    def as_envelope(self) -> Callable[[bytes], bytes | None] | None:
        """Return `opened` for bodies with one member, which is read in the same pass; None where rows name more."""
        if self.rows or len(self.below) != 1:
            return None
        [(name, place)] = self.below.items()
        member = ("member", _Members, msgspec.field(name=name))
        decode = msgspec.json.Decoder(msgspec.defstruct("Body", [member], forbid_unknown_fields=True)).decode

        def opened(body: bytes) -> bytes | None:
            try:
                members: _Members = decode(body).member  # type: ignore[attr-defined]  # made at run time
            except msgspec.ValidationError:
                return self.opened(body)
            return _encode({name: members}) if place.cut(members) else None

        return opened


def _blank(members: _Members, row: Cut) -> bool:
    """Replace the values that *row* names, unless they are null or cut already; return whether there was one."""
    if row.where is not None and _text(members.get(row.where[0])) != row.where[1]:
        return False
    if row.keep is None:
        found = [name for name in row.names if name in members and members[name] not in _DONE]
    else:
        found = [name for name, value in members.items() if name not in row.keep and value not in _DONE]
    for name in found:
        members[name] = CUT
    return bool(found)


def _text(value: msgspec.Raw | None) -> Any:
    return None if value is None else msgspec.json.decode(value)


class _Word:
    r"""A text as it may stand in JSON: quoted, or with letters as escapes (`\u0061` is `a`)."""

    __slots__ = ("_escaped", "_quoted")

    def __init__(self, text: str) -> None:
        self._quoted: Final = _encode(text)
        digits = {f"{ord(letter):04x}"[2] for letter in text}
        self._escaped: Final = re.compile(rb"\\u00[%s]" % "".join(digits).encode())

    def most_in(self, held: bytes) -> int:
        """Return how often the text stands in *held* at most."""
        if self._escaped.search(held):
            return len(held)
        times, end = 0, len(held)
        while (end := held.rfind(self._quoted, 0, end)) >= 0:  # twice as fast as `count`
            times += 1
        return times
