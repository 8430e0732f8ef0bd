"""An exception as log lines may have it: its kinds and places, not its text, which may quote a body or a number."""

import sys
from collections.abc import Iterator
from traceback import format_tb
from types import TracebackType
from typing import TextIO

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
"""As `logging` hands it on."""


def told(exc_info: ExcInfo) -> str:
    """Return where the exception was raised, after those that led to it."""
    error = exc_info[1]
    return "" if error is None else "".join(_lines(error)).rstrip()


def write(out: TextIO, exc_info: ExcInfo) -> None:
    """Write the same to *out*."""
    out.write(told(exc_info))


def _lines(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before)
        yield "which led to\n"
    yield from format_tb(error.__traceback__)
    yield f"{_kind(error)}\n"
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _lines(inner)


def _kind(error: BaseException) -> str:
    """Return the exception's name, with the number that a database gives its errors."""
    kind, code = type(error), getattr(error, "code", None)
    name = kind.__qualname__ if kind.__module__ in sys.stdlib_module_names else f"{kind.__module__}.{kind.__qualname__}"
    return f"{name} (code {code})" if isinstance(code, int) else name
