"""A value that does not print."""

from typing import Final

from typing_extensions import override

HIDDEN: Final = "***"


class Secret:
    """Text that shows as `***` wherever it is printed, logged or put in an error; `reveal` gives it away."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Keep *text* out of sight."""
        self._text: Final = text

    def reveal(self) -> str:
        """Return the text itself, for the library that needs it."""
        return self._text

    @override
    def __repr__(self) -> str:
        """Tell nothing."""
        return HIDDEN

    @override
    def __eq__(self, other: object) -> bool:
        """Compare by text, for settings that are compared as wholes."""
        return isinstance(other, Secret) and other._text == self._text

    @override
    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self._text)
