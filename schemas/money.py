"""Amounts as int64 micro-units of a currency, taken from decimal text: never a float, never converted."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

import msgspec

from schemas.words import CostPart

MICROS: Final = 1_000_000
LARGEST: Final = 2**63 - 1  # BSON's and most clients' largest integer
_EXPONENT: Final = 40  # beyond it no amount fits 64 bits, and Decimal would build huge integers


class Amount(msgspec.Struct, frozen=True, omit_defaults=True):
    """Micro-units of the cost's currency, and the text they were taken from."""

    micros: int
    raw: str


class Cost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a call cost: total in micro-units, ISO 4217 currency, and what it was paid for."""

    micros: int
    currency: str
    raw: str
    parts: dict[CostPart, Amount] = {}


def micros(text: str, *, scale: int = 1) -> int | None:
    """Return *text* (a decimal number of units / *scale*) in micro-units, half to even; None if it is no amount.

    `scale=100` reads cents: `micros("11.9", scale=100)` is 119000.
    """
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount.adjusted()) > _EXPONENT:
        return None if not amount.is_finite() or amount.adjusted() > 0 else 0
    value = int((amount * MICROS / scale).to_integral_value(ROUND_HALF_EVEN))
    return value if -LARGEST <= value <= LARGEST else None


def decimal_text(value: int) -> str:
    """Return *value* micro-units as a decimal string with six decimals: 132500 is "0.132500"."""
    whole, part = divmod(abs(value), MICROS)
    return f"{'-' if value < 0 else ''}{whole}.{part:06d}"
