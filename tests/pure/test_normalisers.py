"""Every recorded webhook of every platform is understood as its snapshot says; dropping in a file adds a test.

`python -m tests.pure.test_normalisers` writes the snapshots that are missing; read them before you commit them.
"""

import json
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.update import Facts
from schemas.words import Platform, Role
from tests.webhooks import WEBHOOKS, make_event, recorded
from workers.normaliser import Malformed
from workers.platforms import NORMALISERS

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["call_ended", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def snapshot(path: Path) -> Path:
    return path.with_name(f"{path.stem}.update.json")


def understood(path: Path) -> str:
    facts = NORMALISERS[Platform(path.parent.name)](recorded(path))
    return msgspec.json.format(msgspec.json.encode(facts), indent=1).decode() + "\n"


@pytest.mark.parametrize("path", WEBHOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_webhook_says_what_its_snapshot_says(path: Path) -> None:
    assert understood(path) == snapshot(path).read_text()


@pytest.mark.parametrize("platform", list(NORMALISERS))
def test_every_platform_has_recorded_webhooks(platform: Platform) -> None:
    assert [path for path in WEBHOOKS if path.parent.name == platform]


@pytest.mark.parametrize("path", WEBHOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_prompt_is_never_a_turn(path: Path) -> None:
    facts = NORMALISERS[Platform(path.parent.name)](recorded(path))

    assert "prompt" not in "".join(turn.text for turn in (facts.turns if facts else []))


@pytest.mark.parametrize("platform", list(NORMALISERS))
@settings(max_examples=300)
@given(data=st.data())
def test_a_webhook_with_parts_replaced_or_gone_is_understood_or_malformed(
    platform: Platform, data: st.DataObject
) -> None:
    paths = [path for path in WEBHOOKS if path.parent.name == platform and path.suffix == ".json"]
    body = json.loads(data.draw(st.sampled_from(paths)).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        _change_one(body, data)

    _understand(platform, json.dumps(body, allow_nan=False, default=str).encode())


@pytest.mark.parametrize("platform", list(NORMALISERS))
@given(value=JSON_VALUES)
def test_any_json_is_understood_or_malformed(platform: Platform, value: object) -> None:
    _understand(platform, json.dumps(value).encode())


@pytest.mark.parametrize("platform", list(NORMALISERS))
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"3", b"null", b"\xff\xfe", b"{" * 100_000, b'{"a":' * 20_000, b'{"message":{"cost":1e400}}'],
    ids=range(9),
)
def test_a_body_of_another_form_is_malformed_or_unknown(platform: Platform, body: bytes) -> None:
    assert _understand(platform, body) is None


def _understand(platform: Platform, body: bytes) -> Facts | None:
    """Return the facts after a look at what no normaliser may break, None where there are none."""
    try:
        facts = NORMALISERS[platform](make_event(body, platform))
    except Malformed:
        return None
    if facts is not None:
        msgspec.json.encode(facts)
        assert all(map(isfinite, _floats(msgspec.to_builtins(facts))))
        assert [turn.n for turn in facts.turns] == list(range(1, len(facts.turns) + 1))
        assert all(isinstance(turn.role, Role) for turn in facts.turns)
    return facts


def _floats(value: object) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _floats(inner)


def _change_one(node: object, data: st.DataObject) -> None:
    """Walk down at random and take something away, or put another value in its place."""
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node))) if isinstance(node, list) else []
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        below = node[key]  # type: ignore[index]  # a container, as the keys show
        if not isinstance(below, dict | list) or not below or data.draw(st.booleans()):
            if data.draw(st.booleans()):
                node[key] = data.draw(JSON_VALUES.filter(_has_json))  # type: ignore[index]
            else:
                del node[key]  # type: ignore[attr-defined]
            return
        node = below


def _has_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    for missing in (path for path in WEBHOOKS if not snapshot(path).exists()):
        snapshot(missing).write_text(understood(missing))
