"""Full text in any language, as pure functions: what is indexed of a call, what a question asks, whether both meet.

A word is a run of letters, digits and marks. Case, diacritics and width are folded away; scripts without blanks
(Chinese, Japanese, Thai, …) are found by any part; numbers by any run of four digits, however they are written.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Final

import msgspec

from storage.columns import LONGEST
from storage.digits import GRAM, LONGEST_DIGITS, digits_in, looks_like_number, numbers, spellings
from storage.folding import DENSE, fold

LONGEST_WORD: Final = 64  # characters; what is longer is indexed by its beginning and verified in full
REMEMBERED: Final = 20_000  # words of at most `LONGEST_WORD` whose terms are kept at hand, some 5 MB

_TOKEN: Final = re.compile(rf"[{DENSE}]+|[^\s{DENSE}]+")
_STARTS_DENSE: Final = re.compile(rf"[{DENSE}]").match
_ANY_DENSE: Final = re.compile(rf"[{DENSE}]").search
_QUERY_PART: Final = re.compile(r'(?P<not>-?)"(?P<phrase>[^"]*)"?|(?P<word>\S+)')
_ANY_DIGIT: Final = re.compile(r"\d").search
_DECIMALS: Final = "0123456789"
WORD, PAIR, CHAR, DIGITS = "w", "2", "1", "#"
"""First letters of index terms, so that kinds never meet."""
_LINE_END: Final = "\0"  # a token while texts are taken apart together: folding leaves none of it


class Indexed(msgspec.Struct, frozen=True):
    """A call's text made ready: terms for the index, folded words and digits to verify candidates against.

    `words` holds one line a field or turn, tokens between single blanks, each line beginning and ending with one;
    `digits` one number a line.
    """

    terms: AbstractSet[str]
    words: str
    digits: str


class Phrase(msgspec.Struct, frozen=True):
    """Tokens that must stand beside each other in one field; a lone word is a phrase of one."""

    tokens: tuple[str, ...]

    @property
    def needle(self) -> str:
        """The text to look for in `Indexed.words`; open where a dense token may be a part of a longer one."""
        left = "" if is_dense(self.tokens[0]) else " "
        right = "" if is_dense(self.tokens[-1]) else " "
        return f"{left}{' '.join(self.tokens)}{right}"

    @property
    def terms(self) -> frozenset[str]:
        """Index terms that every match has."""
        return frozenset(term for token in self.tokens for term in _query_terms(token))

    @property
    def exact(self) -> bool:
        """Whether having the terms is the same as matching, so that nothing need be verified."""
        if len(self.tokens) != 1:
            return False
        token = self.tokens[0]
        return len(token) <= (2 if is_dense(token) else LONGEST_WORD)


class Digits(msgspec.Struct, frozen=True):
    """A run of at least four digits, looked for in every number."""

    run: str

    @property
    def needle(self) -> str:
        """The digits to look for in `Indexed.digits`."""
        return self.run

    @property
    def terms(self) -> frozenset[str]:
        """Index terms that every match has."""
        return frozenset(_grams(self.run))

    @property
    def exact(self) -> bool:
        """Whether having the terms is the same as matching."""
        return len(self.run) == GRAM


Part = Phrase | Digits


class TextQuery(msgspec.Struct, frozen=True):
    """What a text asks: every part of `wanted` is there, none of `unwanted`. Nothing wanted: all other calls."""

    wanted: tuple[Part, ...]
    unwanted: tuple[Part, ...] = ()
    wordless: bool = False
    """Of separators only: it finds nothing, as a word does that nobody said."""


def is_dense(token: str) -> bool:
    """Tell whether *token* is of a script without blanks; a token never mixes."""
    return _STARTS_DENSE(token) is not None


def tokens(text: str) -> list[str]:
    """Return *text*'s folded words, in order; a run of a dense script is one token."""
    return _split(fold(text))


def _split(folded: str) -> list[str]:
    # Splitting at blanks is ten times quicker than the pattern, which only dense scripts need.
    return _TOKEN.findall(folded) if _has_dense(folded) else folded.split()


def _has_dense(text: str) -> bool:
    return not text.isascii() and _ANY_DENSE(text) is not None


def _has_digit(text: str) -> bool:
    # Looking for each by itself is twenty times quicker than a pattern for any of them.
    return any(map(text.__contains__, _DECIMALS)) if text.isascii() else _ANY_DIGIT(text) is not None


def spans(text: str, phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Yield where *phrase* begins and ends in the original *text*; of a dense script only the part that was asked."""
    folded, origin = _folded_with_origin(text)
    for match in _pattern(phrase.tokens).finditer(folded):
        yield origin[match.start()], origin[match.end() - 1] + 1


def _pattern(wanted: Sequence[str]) -> re.Pattern[str]:
    """Return what finds these tokens in folded text, each whole but for the open ends of a dense script."""
    left = "" if is_dense(wanted[0]) else rf"(?<![^\s{DENSE}])"
    right = "" if is_dense(wanted[-1]) else rf"(?![^\s{DENSE}])"
    between = (r"\s+" if is_dense(one) == is_dense(other) else r"\s*" for one, other in pairwise(wanted))
    rest = "".join(gap + re.escape(token) for gap, token in zip(between, wanted[1:], strict=True))
    return re.compile(f"{left}{re.escape(wanted[0])}{rest}{right}")


def _folded_with_origin(text: str) -> tuple[str, Sequence[int]]:
    if text.isascii():
        return fold(text), range(len(text))
    pieces = [fold(character) for character in text]
    origin = [at for at, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), origin


def index(*, texts: Iterable[str], phones: Iterable[str]) -> Indexed:
    """Return what is kept to find a call by its *texts* (fields and turns) and telephone numbers."""
    said, called = list(texts), list(phones)
    lines = [line for text in (*said, *called) if (line := fold(text)) and not line.isspace()]
    found = _split(f" {_LINE_END} ".join(lines))  # all at once: a call has dozens of texts, most of them short
    words = f" {' '.join(found)} ".replace(f" {_LINE_END} ", " \n ") if found else ""
    digits = {run[:LONGEST_DIGITS] for run in _spelled(said, called)}
    terms = _terms(found, dense=_has_dense(words))
    terms.discard(WORD + _LINE_END)
    terms.update(gram for run in digits for gram in _grams(run))
    return Indexed(terms, words, "\n".join(sorted(digits)))


def _spelled(texts: Sequence[str], phones: Iterable[str]) -> Iterator[str]:
    """Yield every spelling of the numbers that are said in *texts*, and of *phones*."""
    said = "\n".join(texts)  # no number goes across lines
    if _has_digit(said):
        yield from numbers(said)
    for phone in phones:
        yield from spellings(phone)


class _WordTerms(dict[str, str]):
    """The term of each word that was met lately: nearly all words of a call were in the calls before it, too."""

    def __missing__(self, token: str) -> str:
        if len(token) > LONGEST_WORD:  # it may be a recording in letters: not to be kept
            return WORD + token[:LONGEST_WORD]
        if len(self) >= REMEMBERED:
            self.clear()
        self[token] = term = WORD + token
        return term


_TERM_OF: Final = _WordTerms()


def _terms(found: Sequence[str], *, dense: bool) -> set[str]:
    if dense:
        return {term for token in set(found) for term in _text_terms(token)}
    return set(map(_TERM_OF.__getitem__, found))


def parse(question: str) -> TextQuery:
    """Return what *question* asks; every character is text but `"` around a phrase and `-` before a word."""
    wanted: list[Part] = []
    unwanted: list[Part] = []
    number: list[str] = []
    for minus, text, is_phrase in _parts(question):
        # A minus excludes, except inside a number: "06 -12" is one.
        if not is_phrase and looks_like_number(text) and (number or not minus):
            number.append(text)
            continue
        wanted.extend(_number(number))
        number = []
        (unwanted if minus else wanted).extend(_phrase(text) if is_phrase else _words(text))
    wanted.extend(_number(number))
    # A mark alone is a word, too, though nothing is left of it once it is folded.
    wordless = not any(unicodedata.category(character)[0] in "LNM" for character in question)
    return TextQuery(tuple(dict.fromkeys(wanted)), tuple(dict.fromkeys(unwanted)), wordless)


def words_in(question: str) -> int:
    """Return how many words *question* asks for or excludes, those of its phrases too."""
    query = parse(question)
    return sum(len(part.tokens) if isinstance(part, Phrase) else 1 for part in (*query.wanted, *query.unwanted))


def matches(query: TextQuery, indexed: Indexed) -> bool:
    """Tell whether a call answers *query*: the definition that every store must agree with."""
    if query.wordless:
        return False
    return all(_found(part, indexed) for part in query.wanted) and not any(
        _found(part, indexed) for part in query.unwanted
    )


def _found(part: Part, indexed: Indexed) -> bool:
    return part.needle[:LONGEST] in (indexed.digits if isinstance(part, Digits) else indexed.words)


def _parts(question: str) -> Iterator[tuple[bool, str, bool]]:
    """Yield (has a minus, text, is a phrase)."""
    for match in _QUERY_PART.finditer(question):
        if match["word"] is None:
            yield bool(match["not"]), match["phrase"], True
        else:
            minus = len(match["word"]) > 1 and match["word"].startswith("-")
            yield minus, match["word"][1:] if minus else match["word"], False


def _phrase(text: str) -> Iterator[Part]:
    if looks_like_number(text.replace(" ", "")) and len(digits_in(text)) >= GRAM:
        yield Digits(digits_in(text)[:LONGEST_DIGITS])
    elif found := tokens(text):
        yield Phrase(tuple(found))


def _words(text: str) -> Iterator[Part]:
    if looks_like_number(text):
        yield from _number([text])
        return
    yield from (Phrase(tuple(_TOKEN.findall(run))) for run in fold(text).split())


def _number(run: list[str]) -> Iterator[Part]:
    """Yield neighbouring words of digits as one number, or as words where they are too few digits together."""
    digits = "".join(map(digits_in, run))
    if len(digits) >= GRAM:
        yield Digits(digits[:LONGEST_DIGITS])
    else:
        yield from (Phrase((token,)) for text in run for token in tokens(text))


def _grams(run: str) -> Iterator[str]:
    return (DIGITS + run[at : at + GRAM] for at in range(len(run) - GRAM + 1))


def _text_terms(token: str) -> Iterator[str]:
    if not is_dense(token):
        yield WORD + token[:LONGEST_WORD]
        return
    yield from (CHAR + character for character in token)
    yield from (PAIR + token[at : at + 2] for at in range(len(token) - 1))


def _query_terms(token: str) -> Iterator[str]:
    if not is_dense(token):
        yield WORD + token[:LONGEST_WORD]
    elif len(token) == 1:
        yield CHAR + token
    else:
        yield from (PAIR + token[at : at + 2] for at in range(len(token) - 1))
