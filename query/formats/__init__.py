"""Formats of an export: rows in, bytes out, a few rows at a time; one module and one row a format."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from query.formats import csv, jsonl, parquet, xlsx
from query.formats.format import Format

FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format("text/csv; charset=utf-8", csv.Csv),
    "jsonl": Format("application/jsonl; charset=utf-8", jsonl.JsonLines),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx.Xlsx),
    # An extra: there where pyarrow was installed.
    **({"parquet": Format("application/vnd.apache.parquet", parquet.Parquet)} if find_spec("pyarrow") else {}),
}
