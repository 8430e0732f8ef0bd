"""Where in `aftercall.toml` a table or key stands: tomllib forgets the lines, people need them."""

import re
from collections.abc import Sequence
from typing import Final

Place = Sequence[str | int]
"""A way into the parsed file: ("connections", 1, "options", "scheme")."""

HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")


def line_of(text: str, place: Place) -> int | None:
    """Return the line (from 1) of the key at *place*, else of the table that holds it, None where neither is found."""
    lines = text.splitlines()
    names = [part for part in place if isinstance(part, str)]
    index = next((part for part in place if isinstance(part, int)), 0)
    header = _header(lines, names[:1], index)
    if header is None:
        return _key(lines, names[0]) if names else None
    inner = names[1:]
    for depth in range(len(inner), 0, -1):
        found = _inside(lines, header, inner[:depth])
        if found is not None:
            return found
    return header + 1


def _header(lines: Sequence[str], names: Sequence[str], index: int) -> int | None:
    seen = -1
    for number, line in enumerate(lines):
        match = HEADER.match(line)
        if match and _parts(match[2]) == list(names):
            seen += 1
            if seen == index:
                return number
    return None


def _inside(lines: Sequence[str], header: int, inner: Sequence[str]) -> int | None:
    """Look for the last of *inner* below *header*: as a key of the table, of a table below it, or of an inline one."""
    owner = _parts(_header_name(lines[header]))
    current: list[str] = []
    for number in range(header + 1, len(lines)):
        match = HEADER.match(lines[number])
        if match:
            parts = _parts(match[2])
            if len(parts) <= len(owner) or parts[: len(owner)] != owner:
                return None
            current = parts[len(owner) :]
            if current == list(inner):
                return number + 1
        elif _names(lines[number], current, inner):
            return number + 1
    return None


def _names(line: str, current: Sequence[str], inner: Sequence[str]) -> bool:
    rest = list(inner[len(current) :])
    if list(inner[: len(current)]) != list(current) or not rest:
        return False
    dotted = r"\s*\.\s*".join(_quoted(part) for part in rest)
    if re.match(rf"\s*{dotted}\s*=", line):
        return True
    # An inline table: `options = { scheme = ... }`.
    return len(rest) > 1 and bool(re.match(rf"\s*{_quoted(rest[0])}\s*=.*[{{,]\s*{_quoted(rest[-1])}\s*=", line))


def _key(lines: Sequence[str], name: str) -> int | None:
    """Look for a top-level key or a table's header by name alone."""
    pattern = re.compile(rf"\s*(\[\[?\s*)?{_quoted(name)}\s*([=.\]]|$)")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), None)


def _quoted(name: str) -> str:
    return rf"[\"']?{re.escape(name)}[\"']?"


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _header_name(line: str) -> str:
    match = HEADER.match(line)
    return match[2] if match else ""
