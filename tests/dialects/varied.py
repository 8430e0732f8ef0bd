"""Calls of every platform by the thousand: recorded webhooks with members changed, dropped and emptied."""

import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.update import CallUpdate
from tests.dialects.world import DialectWorld
from tests.webhooks import WEBHOOKS

SEED: Final = 7
CHANGES: Final = 3
"""Members of a body that are changed at most."""
VALUES: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1.5, 2**40, "", " ", "12", "é日本🙂", "x" * 400, "2026-02-30", "http://[", "NaN"),
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
    """Return what *count* calls' webhooks say: the recorded ones, then variations of them until there are enough."""
    chance = random.Random(SEED)
    told = [update for path in WEBHOOKS if (update := world.heard(path)) is not None]
    sources: dict[str, list[tuple[Path, Any]]] = {}
    for path in WEBHOOKS:
        if path.suffix == ".json":
            sources.setdefault(path.parent.name, []).append((path, json.loads(path.read_bytes())))
    while len(told) < count:
        path, body = chance.choice(sources[chance.choice(sorted(sources))])
        varied_path = folder / path.parent.name / path.name
        varied_path.parent.mkdir(exist_ok=True)
        varied_path.write_text(json.dumps(varied(body, chance)))
        update = world.heard(varied_path, len(told))
        if update is not None:
            told.append(msgspec.structs.replace(update, platform_call_id=_own(update.platform_call_id, len(told))))
    return told


def _own(call_id: str, n: int) -> str:
    """Return an id that no other call has, an integer where it was one."""
    return f"{int(call_id) % 10**6 + n * 10**6 % 10**9}" if call_id.isdecimal() else f"{call_id}-{n}"


Row = Mapping[str, Any]
