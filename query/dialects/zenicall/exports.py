"""Zenicall's exports: a clinic's calls as CSV, Excel or JSON, ordered, previewed, or at once."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from query.dialects.dialect import Asked, Reply
from query.dialects.moments import seconds
from query.dialects.named_units import unit_named
from query.dialects.zenicall import asking, values
from query.dialects.zenicall.export_files import (
    DATES,
    DEFAULTS,
    FIELDS,
    FORMATS,
    Recipe,
    exported,
    file_of,
    written,
)
from query.dialects.zenicall.items import Style, clinic_shown
from query.dialects.zenicall.refusals import EXPORT, invalid, missing

DIALECT: Final = "zenicall"
SAMPLE: Final = 5
MEASURED: Final = 1000
"""Rows of which a file's size is taken; that of a longer one is estimated by them."""
LONGEST_NAME: Final = 100
LONGEST_DATES: Final = 50
MOST: Final = 2**31 - 1
FILTERS: Final = (
    *("caller_first_name", "caller_last_name", "caller_phone_number"),
    *("reason_for_call", "start_date", "end_date", "status", "status[]"),
)
QUICK: Final[Mapping[str, str]] = {"csv": "csv", "excel": "excel", "simple-csv": "csv", "custom-name": "csv"}
"""The quick files and their formats."""
UNITS: Final = ((2**30, "GB"), (2**20, "MB"), (2**10, "KB"))
_UNFIT: Final = re.compile(r"[^\w .()-]+")


async def order(asked: Asked) -> Reply:
    """Order a file; answer with where it can be fetched for a day."""
    told = values.body_of(asked.ask)
    recipe = _recipe(asked, told, await asking.clinic_of_body(asked, told))
    total = await _total(asked, recipe)
    size = await _size(asked, recipe, total)
    export_id, url, expires_at = await asked.shelf.order_file(dialect=DIALECT, recipe=msgspec.msgpack.encode(recipe))
    return Reply(
        body={
            "export_id": export_id,
            "filename": recipe.filename,
            "format": recipe.format,
            "total_records": total,
            "file_size_bytes": size,
            "clinic_id": await clinic_shown(asked, recipe.unit_id),
            "fields_included": recipe.fields,
            "filters_applied": recipe.filters,
            "download_url": url,
            "expires_at": seconds(expires_at),
            "generated_at": seconds(asked.ask.now),
            "generated_by": asked.key.id,
        }
    )


async def preview(asked: Asked) -> Reply:
    """Tell what a file would hold."""
    told = values.body_of(asked.ask)
    recipe = _recipe(asked, told, await asking.clinic_of_body(asked, told))
    total = await _total(asked, recipe)
    sample = [row async for row in exported(recipe, asked.shelf, limit=min(SAMPLE, total))] if total else []
    return Reply(
        body={
            "clinic_id": await clinic_shown(asked, recipe.unit_id),
            "total_records": total,
            "fields_to_include": recipe.fields,
            "estimated_file_size": _spelled(await _size(asked, recipe, total)),
            "filters_summary": _summary(recipe.filters),
            "sample_data": sample,
        }
    )


async def download(asked: Asked) -> Reply:
    """Answer with an ordered file."""
    kept = await asked.shelf.ordered(asked.ask.parts["export_id"])
    if kept is None or kept.dialect != DIALECT:
        raise missing(EXPORT)
    recipe = msgspec.msgpack.decode(kept.recipe, type=Recipe)
    if asked.caller.units is not None and recipe.unit_id not in asked.caller.units:
        raise missing(EXPORT)
    return Reply(body=file_of(recipe, asked.shelf))


async def quick(asked: Asked) -> Reply:
    """Answer with a file of a clinic's calls at once."""
    kind = asked.ask.parts["kind"]
    if kind not in QUICK:
        raise invalid(["path", "kind"], f"Input should be one of {', '.join(QUICK)}", "enum")
    unit_id = await asking.clinic(asked, asked.ask.parts["clinic_id"], ["path", "clinic_id"])
    told = {"format": QUICK[kind]}
    if kind == "custom-name":
        told = {"format": asked.ask.one("format") or "csv", "filename": asked.ask.one("filename") or ""}
        if not told["filename"]:
            raise invalid(["query", "filename"], "Field required", "missing")
    return Reply(body=file_of(_recipe(asked, told, unit_id, where="query"), asked.shelf))


def _recipe(asked: Asked, told: Mapping[str, Any], unit_id: str, *, where: str = "body") -> Recipe:
    """Return what a body or a query asks for; refuse what is wrong in it."""
    limit = told.get("limit")
    name = values.choice([where, "format"], told.get("format"), list(FORMATS), default="csv")
    nested = told.get("filters")
    given = {**(nested if isinstance(nested, dict) else {}), **told}
    recipe = Recipe(
        tenant=asked.tenant,
        style=Style.of(asked),
        unit_id=unit_id,
        filters={each: given[each] for each in FILTERS if given.get(each) not in (None, "", [])},
        order={each: told.get(each) for each in ("order_by", "order_direction")},
        format=name,
        fields=_fields(told.get("fields")),
        limit=None if limit is None else _limit(limit),
        filename=_filename(asked, told, unit_id, ending=FORMATS[name].ending),
        header=values.flag(told, "include_headers", default=True),
        dates=_dates(told, asked.ask.now),
    )
    asking.sort(recipe.order, "body")
    asking.filters(recipe.filters)
    return recipe


def _limit(value: object) -> int:
    return values.in_bounds(values.integer(["body", "limit"], value), ["body", "limit"], most=MOST)


def _fields(value: object) -> tuple[str, ...]:
    if value in (None, []):
        return DEFAULTS
    if not isinstance(value, list):
        raise invalid(["body", "fields"], "Input should be a valid list", "list_type")
    for n, name in enumerate(value):
        if name not in FIELDS:
            raise invalid(["body", "fields", n], f"Input should be one of {', '.join(FIELDS)}", "enum")
    return tuple(dict.fromkeys(value))


def _dates(told: Mapping[str, Any], now: datetime) -> str:
    """Return the format of times, if it is one."""
    dates = values.text(told, "date_format") or DATES
    try:
        fits = len(dates) <= LONGEST_DATES and bool(now.strftime(dates))
    except ValueError:
        fits = False
    if not fits:
        raise invalid(["body", "date_format"], "Input should be a format of dates", "value_error")
    return dates


def _filename(asked: Asked, told: Mapping[str, Any], unit_id: str, *, ending: str) -> str:
    """Return the file's name: letters, digits and a few signs, so that every system takes it."""
    pretty = values.flag(told, "pretty_filename", default=False)
    clinic = unit_named(unit_id, asked.tenant).name or unit_id
    default = f"Call Logs {clinic}" if pretty else "call_logs_export"
    whole = unicodedata.normalize("NFC", values.text(told, "filename") or default)
    name = _UNFIT.sub("_", whole)[:LONGEST_NAME]
    stamped = values.flag(told, "include_timestamp", default=True)
    stamp = f"{asked.ask.now:{' %Y-%m-%d %H.%M' if pretty else '_%Y%m%d_%H%M%S'}}" if stamped else ""
    return f"{name}{stamp}.{ending}"


async def _total(asked: Asked, recipe: Recipe) -> int:
    found = await asked.shelf.count(recipe.filter)
    return found if recipe.limit is None else min(found, recipe.limit)


async def _size(asked: Asked, recipe: Recipe, total: int) -> int:
    """Return the bytes of the file, of a long one as its first rows promise."""
    taken = max(1, min(total, MEASURED))
    size = 0
    async for piece in written(recipe, asked.shelf, limit=taken):
        size += len(piece)
    return size * max(1, total) // taken


def _spelled(size: int) -> str:
    unit, name = next(((unit, name) for unit, name in UNITS if size >= unit), (1, "B"))
    return f"{size / unit:.1f} {name}" if unit > 1 else f"{size} {name}"


def _summary(filters: Mapping[str, Any]) -> str:
    if not filters:
        return "No filters applied"
    told = {name: ", ".join(map(str, value)) if isinstance(value, list) else value for name, value in filters.items()}
    return "; ".join(f"{name}: {value}" for name, value in told.items())
