"""Telephone numbers in E.164 form, where the digits alone tell it. Pure."""

import re
from typing import Final

from runtime.remembered import remembered
from storage.regions import international

_SPELLING: Final = str.maketrans("", "", " -.()/\u00a0\u202f\u2011")
_COUNTRY_TOLD: Final = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")  # ITU-T E.164: at most 15 digits; 7 in the smallest
_ADDRESS: Final = re.compile(r"(?:sips?|tel):(\+[^@;]+)(?:[@;].*)?", re.IGNORECASE)  # what a trunk calls a number
_BARE: Final = re.compile(r"([1-9][0-9]{7,14})")  # fewer than 8 digits are a short code or an extension


@remembered(most=1024)  # a call names its numbers several times over, and a tenant's lines come again
def e164(number: str | None, *, zone: str | None = None) -> str | None:
    """Return *number* as `+` and digits; None where its country is not told (a national number, an extension).

    Where its sender sends national numbers, their country is the one that the time *zone* lies in.
    """
    if not number:
        return None
    address = _ADDRESS.fullmatch(number)
    bare = (address[1] if address else number).translate(_SPELLING)
    known = _COUNTRY_TOLD.fullmatch(bare) or (_BARE.fullmatch(bare) if zone is None else None)
    return f"+{known[1]}" if known else international(bare, zone=zone)


def spellings(number: str | None, *, zone: str | None = None) -> list[str]:
    """Return *number* as received, without its punctuation where digits are left, and in E.164 form, each once."""
    if not number:
        return []
    bare = number.translate(_SPELLING)
    forms = (number, bare if bare.isascii() and bare.removeprefix("+").isdecimal() else None, e164(number, zone=zone))
    return [form for form in dict.fromkeys(forms) if form]
