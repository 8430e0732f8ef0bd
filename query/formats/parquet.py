"""Parquet with typed columns; an extra that needs pyarrow, written to a temporary file."""

from collections.abc import Iterator
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any, Final

import msgspec

from query.formats.format import FLAGS, INTEGERS, SECONDS, TIMES, Columns, Rows

PIECE: Final = 256 * 1024
GROUP: Final = 20_000  # rows of a row group: readers skip by them, and memory holds one


class Parquet:
    """A file that is whole only at its end."""

    def __init__(self, columns: Columns) -> None:
        """Begin with the schema of *columns*."""
        # Imported where it is used: the extra may not be installed.
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow.parquet import ParquetWriter  # noqa: PLC0415

        self._arrow = pa
        self._schema = pa.schema([(name, _type(pa, name)) for name in columns])
        self._file = TemporaryFile()  # noqa: SIM115 - `close` gives it back
        self._writer = ParquetWriter(self._file, self._schema, compression="zstd")
        self._rows: list[list[Any]] = []
        self._columns = columns

    def add(self, rows: Rows) -> bytes:
        """Write *rows*; nothing is told yet."""
        self._rows += [[_value(name, value) for name, value in zip(self._columns, row, strict=True)] for row in rows]
        if len(self._rows) >= GROUP:
            self._flush()
        return b""

    def finish(self) -> Iterator[bytes]:
        """Yield the file."""
        self._flush()
        self._writer.close()
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def close(self) -> None:
        """Remove the temporary file."""
        self._writer.close()
        self._file.close()

    def _flush(self) -> None:
        if self._rows:
            values = [list(column) for column in zip(*self._rows, strict=True)]
            arrays = [self._arrow.array(each, field.type) for each, field in zip(values, self._schema, strict=True)]
            self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
            self._rows = []


def _type(arrow: Any, column: str) -> Any:
    if column in TIMES:
        return arrow.timestamp("ms", tz="UTC")
    if column in INTEGERS:
        return arrow.int64()
    if column in SECONDS:
        return arrow.float64()
    return arrow.bool_() if column in FLAGS else arrow.string()


def _value(column: str, value: Any) -> Any:
    if value is None:
        return None
    if column in TIMES:
        return datetime.fromisoformat(value)
    if column in INTEGERS | SECONDS | FLAGS or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()
