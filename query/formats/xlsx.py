"""Excel's workbook with real numbers and dates (UTC); written to a temporary file, flat in memory."""

from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, Final

import msgspec
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from query.formats.format import TIMES, Columns, Rows

MOST_ROWS: Final = 1_048_576  # of a sheet: Excel's; what is more goes on in the next
LONGEST_TEXT: Final = 32_767  # of a cell: Excel's; what is longer is cut
FIRST_YEAR: Final = 1900  # Excel knows no earlier date
PIECE: Final = 256 * 1024
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": False,
}


class Xlsx:
    """A workbook that is whole only at its end."""

    def __init__(self, columns: Columns, *, header: bool = True, times: frozenset[str] = TIMES) -> None:
        """Begin with an empty sheet, the columns' names in its first row if there shall be one; *times* hold dates."""
        self._columns = columns
        self._header = header
        self._times = times
        self._file = TemporaryFile()  # noqa: SIM115 - `close` gives it back
        self._book = Workbook(self._file, _OPTIONS)
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self._next_sheet()

    def add(self, rows: Rows) -> bytes:
        """Write *rows*; nothing is told yet."""
        for row in rows:
            if self._row >= MOST_ROWS:
                self._next_sheet()
            for place, (column, value) in enumerate(zip(self._columns, row, strict=True)):
                _write(self._sheet, self._row, place, self._value(column, value), self._date)
            self._row += 1
        return b""

    def finish(self) -> Iterator[bytes]:
        """Yield the workbook."""
        self._book.close()
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def close(self) -> None:
        """Remove the temporary files."""
        if not self._book.fileclosed:
            self._book.close()
        self._file.close()

    def _next_sheet(self) -> None:
        self._sheet: Worksheet = self._book.add_worksheet()
        for place, column in enumerate(self._columns if self._header else ()):
            self._sheet.write_string(0, place, column)
        self._row = int(self._header)

    def _value(self, column: str, value: Any) -> Any:
        if column in self._times and isinstance(value, str):
            at = datetime.fromisoformat(value).replace(tzinfo=None)
            return at if at.year >= FIRST_YEAR else value
        return value


def _write(sheet: Worksheet, row: int, place: int, value: Any, date: Format) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(row, place, value)
        case int() | float():
            sheet.write_number(row, place, value)
        case datetime():
            sheet.write_datetime(row, place, value, date)
        case str():
            sheet.write_string(row, place, value[:LONGEST_TEXT])
        case _:
            sheet.write_string(row, place, msgspec.json.encode(value).decode()[:LONGEST_TEXT])
