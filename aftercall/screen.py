"""What people read: one console on stdout, tables as wide as they need where nobody's terminal limits them."""

import sys
from typing import Final

from rich.console import Console

WIDE: Final = 160  # columns; a pipe has none of its own and would get 80


def screen() -> Console:
    """Return the console that verbs print on; numbers and URLs are not coloured, lines are not broken."""
    width = None if sys.stdout.isatty() else WIDE
    return Console(highlight=False, soft_wrap=True, markup=False, width=width)
