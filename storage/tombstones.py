"""What is kept of what was erased: keyed hashes that tell it when it comes again, and nothing else. Pure."""

import re
from collections.abc import Iterable, Mapping
from hmac import digest
from typing import Any, Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from runtime.remembered import remembered
from storage.numbers import e164
from storage.regions import international

EVERY_UNIT: Final = ""
"""Stands for all units where a number is erased for the whole tenant."""
_DIGITS: Final = re.compile(r"[0-9]+")
_NUMBERED: Final = ("from", "to", "customer_number", "from_e164", "to_e164", "customer_e164")
_HELD: Final = 16  # bytes of a hash: none is found by chance


@remembered(most=1024)  # a call names its numbers several times over, and a tenant's lines come again
def number_key(number: str) -> str:
    """Return what all spellings of *number* share: its digits without `00` and `(0)`; without digits, the text."""
    user = number.strip().removeprefix("sip:").removeprefix("tel:").partition("@")[0]
    digits = "".join(_DIGITS.findall(user.replace("(0)", "")))
    name = user.casefold() if any(map(str.isalnum, user)) else ""
    return digits.removeprefix("00") or name


def keys_of(document: Mapping[str, Any]) -> list[str]:
    """Return the keys of every number of a call."""
    numbers = [document.get(name) for name in _NUMBERED]
    numbers.append(document.get("customer", {}).get("number"))
    return sorted({number_key(number) for number in numbers if number} - {""})


def erased_keys(number: str, *, zone: str | None = None) -> list[str]:
    """Return the keys under which a call may hold *number*: as given, international, and national with a leading 0.

    What a national number is from abroad, the tenant's time *zone* tells.
    """
    keys = {number_key(number)}
    full = e164(number) or international(number, zone=zone)
    if full is not None:
        keys.add(full.removeprefix("+"))
        keys |= _national(full)
    return sorted(keys - {""})


def _national(full: str) -> set[str]:
    try:
        parsed = phonenumbers.parse(full)
    except NumberParseException:
        return set()
    spelled = phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)
    digits = "".join(_DIGITS.findall(spelled))
    # Without the leading 0 a national number could be another country's international one.
    return {digits} if digits.startswith("0") else set()


def call_mark(uid: str, *, key: bytes) -> str:
    """Return the tombstone of a call."""
    return _mark(("call", uid), key)


def number_mark(tenant: str, number: str, unit: str, *, key: bytes) -> str:
    """Return the tombstone of a number (its key) of one tenant, in one unit or in `EVERY_UNIT`."""
    return _mark(("number", tenant, number, unit), key)


def number_marks(document: Mapping[str, Any], *, key: bytes) -> list[str]:
    """Return the tombstones that would forbid *document* by one of its numbers."""
    units = {EVERY_UNIT, document.get("unit", {}).get("id") or EVERY_UNIT}
    tenant = document["tenant"]
    return [number_mark(tenant, number, unit, key=key) for number in keys_of(document) for unit in sorted(units)]


def _mark(words: Iterable[str], key: bytes) -> str:
    spelled = "\0".join(words).encode("utf-8", "surrogatepass")
    return digest(key, b"aftercall tombstone\0" + spelled, "sha256")[:_HELD].hex()
