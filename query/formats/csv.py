"""CSV by RFC 4180, in UTF-8; no cell is a formula."""

import csv
import re
from collections.abc import Callable, Iterator
from io import StringIO
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
        self._header: list[Rows] = [[columns]] if header else []

    def add(self, rows: Rows) -> bytes:
        """Return the lines of *rows*."""
        text = StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        for header in self._header:
            writer.writerows(header)
        self._header.clear()
        writer.writerows([_CELLS[type(value)](value) for value in row] for row in rows)
        return text.getvalue().encode()

    def finish(self) -> Iterator[bytes]:
        """Yield the header where there was no row."""
        yield self.add([])

    def close(self) -> None:
        """Nothing is held."""


def _same(value: Any) -> Any:
    return value


def _text(value: str) -> str:
    # A leading apostrophe is how spreadsheets are told that a text is no formula.
    return f"'{value}" if value.startswith(_FORMULA) and not _PLAIN.fullmatch(value) else value


def _other(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    return _text(value) if isinstance(value, str) else msgspec.json.encode(value).decode()


def _empty(_: None) -> str:
    return ""


def _flag(value: bool) -> str:  # noqa: FBT001 - a cell
    return "true" if value else "false"


class _Cells(dict[type, Callable[[Any], Any]]):
    """How a value becomes a cell, by its very type: twice as quick as asking for one after the other."""

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        """Return how a value of no plain type becomes a cell."""
        return _other


_CELLS: Final = _Cells({NoneType: _empty, bool: _flag, int: _same, float: _same, str: _text})
