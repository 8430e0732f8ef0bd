"""Calls of every platform by the thousand: recorded webhooks with members changed, dropped and emptied."""

import json
import random
from collections.abc import Iterator, Mapping
from itertools import count as count_from
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.update import CallUpdate
from schemas.words import Platform
from tests.dialects.world import DialectWorld
from tests.webhooks import WEBHOOKS

CHANGES: Final = 3
"""Members of a body that are changed at most."""
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 2**40, "", " ", "12", "é日本🙂", "x" * 400, "2026-02-30", "http://[", "NaN"),
    *("9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "9999-12-31 23:59:59", "0001-01-01 00:00:00"),
    *(253_402_300_799_999, 253_402_300_799, -62_135_596_800_000, 10**30, 1e300, -1e300, "1e300", "9" * 40, "\0"),
    *([], {}, [None], ["a"], {"a": None}),
)
DROPPED: Final = object()
Path_ = tuple[str | int, ...]


def leaves(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield where the members of *node* lie, inner ones and those that hold others."""
    if path:
        yield path
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, inner in members:
        yield from leaves(inner, (*path, name))


def changed(node: Any, path: Path_, value: Any) -> Any:
    """Return *node* with another value at *path*, or without it."""
    if not path:
        return value
    copy: Any = dict(node) if isinstance(node, dict) else list(node)
    if len(path) == 1 and value is DROPPED:
        del copy[path[0]]
    else:
        copy[path[0]] = changed(copy[path[0]], path[1:], value)
    return copy


def varied(body: Any, chance: random.Random) -> Any:
    """Return *body* with some of its members changed."""
    for _ in range(chance.randint(1, CHANGES)):
        known = list(leaves(body))
        if known:
            body = changed(body, chance.choice(known), chance.choice((DROPPED, *VALUES)))
    return body


def updates(world: DialectWorld, count: int, folder: Path) -> list[CallUpdate]:
    """Return what *count* calls' webhooks say: the recorded ones, then variations of them, as many of each platform.

    Each variation depends on its file alone: another file in the folder changes nothing about the others'.
    """
    told = [update for path in WEBHOOKS if (update := world.heard(path)) is not None]
    endless = [_variations(world, platform, folder) for platform in Platform]
    while len(told) < count:
        for platform in endless:
            update = next(platform)
            told.append(msgspec.structs.replace(update, platform_call_id=_own(update.platform_call_id, len(told))))
    return told


def _variations(world: DialectWorld, platform: Platform, folder: Path) -> Iterator[CallUpdate]:
    """Yield what variations of a platform's webhooks say, round after round."""
    (folder / platform).mkdir()
    sources = [path for path in WEBHOOKS if path.parent.name == platform and path.suffix == ".json"]
    for n in count_from(1):
        for path in sources or [each for each in WEBHOOKS if each.parent.name == platform]:
            other = folder / platform / path.name
            other.write_bytes(_varied_file(path, random.Random(f"{platform}/{path.name}/{n}")))
            if (update := world.heard(other, n)) is not None:
                yield update


def _varied_file(path: Path, chance: random.Random) -> bytes:
    if path.suffix != ".json":
        return path.read_bytes()
    return json.dumps(varied(json.loads(path.read_bytes()), chance)).encode()


def _own(call_id: str, n: int) -> str:
    """Return an id that no other call has, an integer where it was one."""
    return f"{int(call_id) % 10**6 + n * 10**6 % 10**9}" if call_id.isdecimal() else f"{call_id}-{n}"


Row = Mapping[str, Any]
