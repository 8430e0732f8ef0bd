"""The country that a time zone lies in, and what a national number is from abroad. Pure, from the zones' own table."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat


def international(number: str, *, zone: str | None) -> str | None:
    """Return national *number* as `+` and digits, None where *zone* tells no country or the number is none there."""
    region = _regions().get(zone or "")
    if region is None:
        return None
    try:
        parsed = phonenumbers.parse(number, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number_for_region(parsed, region):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


@cache
def _regions() -> Mapping[str, str]:
    """Return the country of each zone; the table names one, zones of several countries are not in it."""
    lines = files("tzdata.zoneinfo").joinpath("zone.tab").read_text().splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {zone: country for country, _, zone, *_ in rows}
