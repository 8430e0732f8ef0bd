"""A request's headers as the server gave them."""

from collections.abc import Iterable
from typing import Final


class Headers:
    """Case-insensitive look-up over ASGI's list of byte pairs; nothing is decoded until it is asked for."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep *pairs*, whose names are lower case as ASGI promises."""
        self._pairs: Final = list(pairs)

    def get(self, name: str) -> str | None:
        """Return the only value of *name* (latin-1), None where it is absent; a doubled header raises `KeyError`.

        A proof that comes twice proves nothing: which one would the next reader believe?
        """
        values = self.all(name)
        if len(values) > 1:
            raise KeyError(name)
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """Return every value of *name*, in order."""
        wanted = name.lower().encode("latin-1", "replace")
        return [value.decode("latin-1") for key, value in self._pairs if key == wanted]
