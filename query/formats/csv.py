"""CSV by RFC 4180, in UTF-8; no cell is a formula."""

import re
from collections.abc import Callable, Iterator, Sequence
from types import NoneType
from typing import Any, Final

import msgspec

from query.formats.format import Columns, Rows

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_PLAIN: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|\+[0-9][0-9 ().-]*", re.ASCII)


class Csv:
    """A file that grows row by row, the names of the columns first."""

    def __init__(self, columns: Columns, *, header: bool = True) -> None:
        """Begin with the header, if there shall be one."""
        self._header = [_line(columns)] if header else []

    def add(self, rows: Rows) -> bytes:
        """Return the lines of *rows*."""
        lines = [*self._header, *map(_line, rows)]
        self._header.clear()
        return "".join(lines).encode()

    def finish(self) -> Iterator[bytes]:
        """Yield the header where there was no row."""
        yield self.add([])

    def close(self) -> None:
        """Nothing is held."""


def _line(row: Sequence[Any]) -> str:
    """Return a row's line, as the standard library's writer has it at twice the time."""
    line = ",".join([_CELLS[type(value)](value) for value in row])
    return f"{line}\r\n" if line else '""\r\n'  # an empty line would be no row


def _text(value: str) -> str:
    # A leading apostrophe is how spreadsheets are told that a text is no formula.
    return _quoted(f"'{value}" if value.startswith(_FORMULA) and not _PLAIN.fullmatch(value) else value)


def _quoted(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return f'"{text.replace(chr(34), chr(34) * 2)}"'
    return text


def _other(value: Any) -> str:
    if isinstance(value, int | float):
        return str(value)
    return _text(value) if isinstance(value, str) else _quoted(msgspec.json.encode(value).decode())


def _empty(_: None) -> str:
    return ""


def _flag(value: bool) -> str:  # noqa: FBT001 - a cell
    return "true" if value else "false"


class _Cells(dict[type, Callable[[Any], str]]):
    """How a value becomes a cell, by its very type: twice as quick as asking for one after the other."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        """Return how a value of no plain type becomes a cell."""
        return _other


_CELLS: Final = _Cells({NoneType: _empty, bool: _flag, int: str, float: repr, str: _text})
