"""Numbers that a platform itself sent, which its own dialect gives back."""

from typing import Final

LARGEST: Final = 2**53
"""Beyond it a JSON number is not exact everywhere, and far beyond it is none at all."""


def figure(value: object) -> int | float | None:
    """Return *value* if it is a number that every client can read, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if abs(value) <= LARGEST else None
