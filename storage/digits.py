"""Numbers in a text by their digits, however they are written: in groups, international, in another script's digits."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

GRAM: Final = 4  # digits; shorter runs are ordinary words
LONGEST_DIGITS: Final = 40  # of one number; longer runs are codes that nobody dials

_NUMBER: Final = re.compile(r"\d(?:[ \-.()+]*\d)*")
_ALL_OF_A_NUMBER: Final = re.compile(r"[+().\-]*\d[\d+().\-]*")  # a digit fits one part only: no run is tried twice
_OTHER_DIGIT: Final = re.compile(r"(?![0-9])\d")
_SEPARATORS: Final = str.maketrans("", "", " -.()+")
_COUNTRY_CODE: Final = range(1, 4)  # digits of a country code


def looks_like_number(text: str) -> bool:
    """Tell whether *text* is nothing but digits and what people write between them, without blanks."""
    return _ALL_OF_A_NUMBER.fullmatch(text) is not None


def digits_of(text: str) -> Iterator[tuple[int, int, Sequence[str]]]:
    """Yield each number of *text* with where it begins and ends: its digits, behind a plus the national ones too."""
    plain = _in_ascii(text)
    for match in _NUMBER.finditer(plain):
        digits = match[0].translate(_SEPARATORS)
        national = _national(digits) if plain.endswith("+", 0, match.start()) else ()
        yield match.start(), match.end(), (digits, *national)


def numbers(text: str) -> Iterator[str]:
    """Yield the spellings of each number in *text*, whatever stands in it; runs under four digits are none."""
    yield from (digits for *_, spelled in digits_of(text) for digits in spelled if len(digits) >= GRAM)


def spellings(number: str) -> Iterator[str]:
    """Yield a telephone number's digits, and where it is international its national spellings with a leading 0."""
    plain = _in_ascii(number).strip()
    digits = digits_in(plain)
    if len(digits) < GRAM:
        return
    yield digits
    if plain.startswith(("+", "00")):
        bare = digits.removeprefix("00") if plain.startswith("00") else digits
        yield from _national(bare)


def _national(digits: str) -> Iterator[str]:
    """Yield how international *digits* may be written at home: nothing tells how long the country's code is."""
    return (f"0{digits[code:]}" for code in _COUNTRY_CODE if len(digits) > code + 2)


def digits_in(text: str) -> str:
    """Return the digits of *text* as ASCII ones, all else left out."""
    return "".join(character for character in _in_ascii(text) if character.isascii() and character.isdigit())


def _in_ascii(text: str) -> str:
    """Return *text* with every script's decimal digits as ASCII ones."""
    return text if text.isascii() else _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text)
