"""Reads a few values out of JSON, every copy of a member that comes twice among them, and keeps nothing else."""

from typing import Any, Final

import msgspec


class Held:
    """The type of a value that is wanted, in the shape that `Seen` reads."""


_HELD: Final = Held()


class Seen:
    """Returns the values that *shape* types as `Held`, but null, in the order of the body.

    A decoder's fields keep the last copy of a member; what converts a value is called for each.
    """

    def __init__(self, shape: Any) -> None:
        """Make the decoder, once."""
        self._values: list[Any] = []
        self._decode: Final = msgspec.json.Decoder(shape, dec_hook=self._note).decode

    def __call__(self, body: bytes) -> list[Any]:
        """Return them as Python has them; raises `DecodeError` where *body* is of another shape or no JSON."""
        self._values = []
        self._decode(body)
        return self._values

    def _note(self, _kind: type, value: Any) -> Held:
        self._values.append(value)
        return _HELD
