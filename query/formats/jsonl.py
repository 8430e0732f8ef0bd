"""One JSON object a line."""

from collections.abc import Iterator

import msgspec

from query.formats.format import Columns, Rows

_encode = msgspec.json.Encoder().encode_lines


class JsonLines:
    """A file that grows line by line."""

    def __init__(self, columns: Columns) -> None:
        """Name the members by *columns*."""
        self._columns = columns

    def add(self, rows: Rows) -> bytes:
        """Return the lines of *rows*."""
        return _encode([dict(zip(self._columns, row, strict=True)) for row in rows])

    def finish(self) -> Iterator[bytes]:
        """Yield nothing: each line is whole."""
        yield b""

    def close(self) -> None:
        """Nothing is held."""
