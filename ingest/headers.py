"""A request's headers as the server gave them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final


class Headers:
    """Case-insensitive look-up over ASGI's list of byte pairs; nothing is decoded until it is asked for."""

    __slots__ = ("_last", "_pairs")

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep *pairs*, whose names are lower case as ASGI promises."""
        self._pairs: Final = list(pairs)
        self._last: Final = dict(self._pairs)

    def get(self, name: str) -> str | None:
        """Return the only value of *name* (latin-1), None where it is absent; a doubled header raises `KeyError`.

        A proof that comes twice proves nothing: which one would the next reader believe?
        """
        value = self._last.get(_key(name))
        if value is None:
            return None
        if len(self._last) != len(self._pairs) and len(self.all(name)) > 1:
            raise KeyError(name)
        return value.decode("latin-1")

    def all(self, name: str) -> list[str]:
        """Return every value of *name*, in order."""
        wanted = _key(name)
        return [value.decode("latin-1") for key, value in self._pairs if key == wanted]

    def last(self, name: bytes) -> bytes | None:
        """Return the last value of *name* (lower case) undecoded, for headers that prove nothing."""
        return self._last.get(name)


@lru_cache(maxsize=256)
def _key(name: str) -> bytes:
    return name.lower().encode("latin-1", "replace")
