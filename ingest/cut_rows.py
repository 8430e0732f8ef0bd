"""What is cut out, as rows: every platform's module has some."""

from typing import Final

import msgspec

WORD: Final = "[cut]"
CUT: Final = msgspec.Raw(f'"{WORD}"'.encode())
DONE: Final = (msgspec.Raw(), msgspec.Raw(b"null"), CUT)
"""Values that stay: absent, null, and cut already."""
EACH: Final = "*"

Members = dict[str, msgspec.Raw]
"""An object opened at one level."""


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """What is cut at one place: the members `names` of the object at `path` (`*`: each element of an array).

    `keep` turns it round: all members but these. `where` limits it to objects whose member equals a text
    (`("role", "system")`); `beside` are texts that it usually has in the others, told apart at no cost. Values become
    "[cut]"; a member that is absent or null stays as it is. `rare`: few bodies hold one, so that one look comes first.
    """

    path: tuple[str, ...]
    names: tuple[str, ...] = ()
    keep: tuple[str, ...] | None = None
    where: tuple[str, str] | None = None
    beside: tuple[str, ...] = ()
    rare: bool = False

    def below(self) -> "Cut":
        """Return the row as it is seen from the first step of its path."""
        return msgspec.structs.replace(self, path=self.path[1:])
