"""Fold letters for search: case, diacritics and width go, everything that separates words becomes a blank."""

import unicodedata
from typing import Final

DENSE: Final = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Myanmar
    "\u1780-\u17ff"  # Khmer
    "\u3005-\u3007\u3021-\u3029"  # ideographic iteration mark, numerals
    "\u3041-\u30ff\u31f0-\u31ff"  # kana
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han
    "\U0001b000-\U0001b16f"  # more kana
    "\U00020000-\U0003134f"  # Han extensions
)
"""Characters of scripts that put no blanks between words, as the inside of a character class."""

_DROPPED: Final = (
    (0x0300, 0x036F),  # combining diacritical marks
    (0x0483, 0x0489),  # Cyrillic
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic signs
    (0x064B, 0x065F),  # Arabic vowels, hamza above and below
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
"""Marks that are diacritics; others (Thai and Indic vowels, kana's voicing) are letters in all but name."""

_ALIKE: Final = {"đ": "d", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "ـ": ""}
"""Letters that Unicode does not take apart though people do; the Arabic tatweel only stretches a word."""


class _Fold(dict[int, str]):
    """A translation table that learns each character when it first meets it."""

    def __missing__(self, code: int) -> str:
        # A symbol separates as it stands: taken apart first, ™ would become two letters of the word before it.
        apart = unicodedata.normalize("NFKD", chr(code)).casefold() if _of_words(chr(code)) else " "
        self[code] = folded = "".join(map(_folded, apart))
        return folded


def _of_words(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _folded(character: str) -> str:
    if any(low <= ord(character) <= high for low, high in _DROPPED):
        return ""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if character in _ALIKE:
        return _ALIKE[character]
    return character if _of_words(character) else " "


_TABLE: Final = _Fold()


_ASCII: Final = "".join(_TABLE[code] for code in range(128)).encode().ljust(256)
"""The same for ASCII, one byte each: most texts are, and bytes are translated fifty times quicker."""


def fold(text: str) -> str:
    """Return *text* folded; two spellings of the same word fold to the same letters."""
    if text.isascii():
        return text.encode().translate(_ASCII).decode()
    return text.translate(_TABLE)
