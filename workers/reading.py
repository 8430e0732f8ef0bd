"""Read a platform's JSON without trusting it: a wrong or missing part is None, never an exception.

Numbers keep their decimal text (`Decimal`), so that money is exact; a lone surrogate becomes U+FFFD.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any, Final, TypeVar

import msgspec

from schemas.money import Amount, Cost, micros
from schemas.words import CostPart
from workers.normaliser import Malformed
from workers.reasons import Aside
from workers.times import iso, iso_ms, unix

Step = str | int
T = TypeVar("T")

_INT64: Final = 2**63
_NUMBERS: Final = (int, float, Decimal, str)  # made once: `int | float` makes a type each time it is asked
_BOM: Final = b"\xef\xbb\xbf"
_LONE_SURROGATE: Final = re.compile(
    rb"(?<!\\)((?:\\\\)*)(?:(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


def _mend(match: re.Match[bytes]) -> bytes:
    return match[1] + (match[2] or b"\\ufffd")


def _exact(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond what Decimal can hold: kept as the text it was
        return text


_whole = msgspec.json.Decoder(float_hook=_exact).decode


def reader(shape: Any) -> "Callable[[bytes], Doc]":
    """Return a decoder that builds only what *shape* (nested TypedDicts) names: long parts nobody reads cost nothing.

    A body of another form than *shape* is built whole, so that what can be read of it still is.
    """
    shaped = msgspec.json.Decoder(shape, float_hook=_exact).decode

    def read(body: bytes) -> "Doc":
        """Return *body* ready to be read; raise `Malformed` if it is no JSON object."""
        body = body.removeprefix(_BOM)
        try:
            value = _parse(body, shaped)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Malformed(Aside.UNDECODABLE, str(error)) from error
        if not isinstance(value, dict):
            raise Malformed(Aside.UNDECODABLE, "not a JSON object")
        return Doc(value)

    return read


def _parse(body: bytes, shaped: Callable[[bytes], Any]) -> Any:
    try:
        return shaped(body)
    except msgspec.ValidationError:
        return _parse(body, _whole)
    except msgspec.DecodeError:
        mended = _LONE_SURROGATE.sub(_mend, body)
        if mended == body:
            raise
        return _whole(mended)


decode = reader(Any)
"""Build everything."""


class Doc:
    """A JSON value with tolerant readers; a path is a sequence of member names and array indices."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        """Wrap what msgspec decoded."""
        self.value = value

    def raw(self, *path: Step) -> Any:
        """Return the JSON value at *path* as it is, None where there is none."""
        return _reach(self.value, path)

    def at(self, *path: Step) -> "Doc":
        """Return the part at *path*, to read on from there; an absent part reads as absent everywhere."""
        return Doc(_reach(self.value, path))

    def text(self, *path: Step) -> str | None:
        """Return a string that is not empty."""
        value = _reach(self.value, path)
        return value if isinstance(value, str) and value else None

    def word(self, *path: Step) -> str | None:
        """Return a string that is not empty, or a whole number as its digits: ids come as either."""
        value = _reach(self.value, path)
        if isinstance(value, bool):
            return None
        return str(value) if isinstance(value, int) else self.text(*path)

    def number(self, *path: Step) -> float | None:
        """Return a finite number, also from its text."""
        value = _reach(self.value, path)
        if isinstance(value, bool) or not isinstance(value, _NUMBERS):
            return None
        try:
            number = float(value)
        except (OverflowError, ValueError):
            return None
        return number if isfinite(number) else None

    def integer(self, *path: Step) -> int | None:
        """Return a whole number of at most 63 bits, also from its text; fractions are cut off."""
        value = _reach(self.value, path)
        if value is None:
            return None
        if type(value) is not int:
            number = self.number(*path)
            value = None if number is None else int(number)
        return value if value is not None and abs(value) < _INT64 else None

    def decimal(self, *path: Step) -> str | None:
        """Return a number's own decimal text, also from a string that is one."""
        value = _reach(self.value, path)
        if isinstance(value, bool) or not isinstance(value, _NUMBERS):
            return None
        if isinstance(value, str):
            try:
                Decimal(value.strip())
            except InvalidOperation:
                return None
            return value.strip()
        return str(value)

    def flag(self, *path: Step) -> bool | None:
        """Return true or false, nothing else."""
        value = _reach(self.value, path)
        return value if isinstance(value, bool) else None

    def json(self, *path: Step) -> Any:
        """Return the JSON value at *path* with ordinary numbers, fit to be kept as it is (`extracted`, `ext`)."""
        return plain(self.raw(*path))

    def mapping(self, *path: Step) -> dict[str, Any]:
        """Return an object's members with ordinary numbers, {} where it is none."""
        value = self.json(*path)
        return value if isinstance(value, dict) else {}

    def chosen(self, *names: str) -> dict[str, Any]:
        """Return those of these members that say something, under their own names."""
        members = self.value if isinstance(self.value, dict) else {}
        return {name: plain(members[name]) for name in names if members.get(name) not in _NOTHING}

    def each(self, *path: Step) -> Iterator["Doc"]:
        """Yield the objects of an array; what is no object is passed over."""
        value = _reach(self.value, path)
        if isinstance(value, list):
            yield from (Doc(element) for element in value if isinstance(element, dict))

    def texts(self, *path: Step) -> list[str]:
        """Return the strings of an array that are not empty; a lone string counts as an array of one."""
        value = _reach(self.value, path)
        if isinstance(value, str):
            return [value] if value else []
        return [element for element in value if isinstance(element, str) and element] if isinstance(value, list) else []

    def iso(self, *path: Step) -> datetime | None:
        """Return an ISO 8601 time in UTC, milliseconds; one without a zone is UTC."""
        text = self.text(*path)
        return iso(text) if text else None

    def iso_ms(self, *path: Step) -> int | None:
        """Return an ISO 8601 time as epoch milliseconds, as turns have them."""
        text = self.text(*path)
        return iso_ms(text) if text else None

    def epoch_ms(self, *path: Step) -> datetime | None:
        """Return the time of an epoch in milliseconds."""
        return unix(self.number(*path), per_second=1000)

    def epoch_s(self, *path: Step) -> datetime | None:
        """Return the time of an epoch in seconds."""
        return unix(self.number(*path), per_second=1)

    def seconds(self, *path: Step, per_second: float = 1) -> float | None:
        """Return a duration in seconds to the millisecond (`per_second=1000` reads milliseconds); negative is None."""
        value = self.number(*path)
        seconds = None if value is None or value < 0 else round(value / per_second, 3)
        return seconds if seconds is not None and isfinite(seconds) else None

    def cost(
        self, *path: Step, currency: str, scale: int = 1, parts: "dict[CostPart, Amount] | None" = None
    ) -> Cost | None:
        """Return the amount at *path* in units / *scale* of *currency*; None where it is no amount."""
        text = self.decimal(*path)
        value = micros(text, scale=scale) if text is not None else None
        if text is None or value is None:
            return None
        return Cost(micros=value, currency=currency, raw=text, parts=parts or {})


def _reach(value: Any, path: tuple[Step, ...]) -> Any:
    for step in path:
        if type(value) is dict:  # what a decoder made; asked often, and quicker than isinstance
            value = value.get(step)
        elif type(value) is list and isinstance(step, int) and -len(value) <= step < len(value):
            value = value[step]
        else:
            return None
    return value


_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})
_PLAIN: Final = frozenset({str, int, bool, type(None)})


def first(*values: T | None) -> T | None:
    """Return the first value that says something (not None, "", [] or {}); None if none does."""
    return next((value for value in values if value not in _NOTHING), None)


def plain(value: Any) -> Any:
    """Return JSON *value* with floats in place of decimals; one that no float can hold becomes its text."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Decimal):
        number = float(value)
        return number if isfinite(number) else str(value)
    if isinstance(value, dict):
        if _PLAIN.issuperset(map(type, value.values())):  # nearly all are: as it is, rather than built anew
            return value
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(element) for element in value]
    return value


def cost_parts(paid: Iterable[tuple[CostPart, str | None]], *, scale: int = 1) -> dict[CostPart, Amount]:
    """Return what was paid for each kind, in units / *scale*; amounts of one kind add up before they are rounded.

    Their texts are joined by a blank and a plus sign; what is no amount is passed over.
    """
    texts: dict[CostPart, list[str]] = {}
    for kind, text in paid:
        if text is not None and micros(text, scale=scale) is not None:
            texts.setdefault(kind, []).append(text)
    return {kind: amount for kind, several in texts.items() if (amount := _sum(several, scale)) is not None}


def _sum(texts: list[str], scale: int) -> Amount | None:
    value = micros(str(sum(map(Decimal, texts))), scale=scale)
    return None if value is None else Amount(value, " + ".join(texts))
