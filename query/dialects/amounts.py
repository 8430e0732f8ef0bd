"""Money as the dialects print it: numbers and decimal strings of micro-units, never converted."""

from decimal import ROUND_HALF_EVEN, Decimal

from schemas.money import MICROS


def number(micros: int) -> int | float:
    """Return units as a JSON number, an integer where it is whole: 90000 is 0.09."""
    return micros // MICROS if micros % MICROS == 0 else micros / MICROS


def text(micros: int, *, decimals: int) -> str:
    """Return units as text, half to even: 132500 with five decimals is "0.13250"."""
    return str((Decimal(micros) / MICROS).quantize(_places(decimals), ROUND_HALF_EVEN))


def _places(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)
