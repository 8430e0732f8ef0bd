"""Lines of CSV: what the standard library writes, byte for byte."""

import csv
import io
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from query.formats.csv import Csv

ODD = st.text(st.sampled_from("a ,;\"'\r\n\0\x85\u2028é电")).map(lambda text: f"x{text}")
"""Texts that begin like no formula."""
CELLS = st.none() | st.booleans() | st.integers() | st.floats() | ODD | st.lists(ODD) | st.dictionaries(ODD, ODD)


def plain(value: Any) -> Any:
    """Return what the standard library is given for a cell."""
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).lower()
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value


@given(rows=st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width))))
def test_rows_are_written_as_the_standard_library_writes_them(rows: list[list[Any]]) -> None:
    expected = io.StringIO(newline="")
    csv.writer(expected, lineterminator="\r\n").writerows([[plain(value) for value in row] for row in rows])

    assert Csv(["a"], header=False).add(rows) == expected.getvalue().encode()


def test_an_empty_cell_alone_is_still_a_row() -> None:
    assert Csv(["a,b"]).add([[None], [""], ["x"]]) == b'"a,b"\r\n""\r\n""\r\nx\r\n'
