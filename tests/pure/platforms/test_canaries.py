"""Nothing that a platform's page calls a secret is in what is published; all else is, byte for byte."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from ingest.cut import cut
from ingest.platforms import SOURCES
from schemas.words import Platform
from tests.webhooks import FIXTURES

CANARY = "canary-7f3a"

Path = tuple[str, ...]

SECRETS: Mapping[Platform, tuple[str, list[Path]]] = {
    Platform.BLAND: ("post-call.json", [("request_data",), ("request_data", "prompt")]),
    Platform.MILLIS: ("end-of-call.json", [("agent_config",), ("agent_config", "prompt")]),
    Platform.ROBOTAPPEL: ("bland-call-ended.json", [("request_data",)]),
    Platform.ULTRAVOX: (
        "call.billed.json",
        [
            ("call", "systemPrompt"),
            ("call", "joinUrl"),
            ("call", "medium", "sip", "outgoing", "password"),
            ("call", "medium", "sip", "incoming", "password"),
            ("call", "callbacks", "joined", "secrets"),
            ("call", "callbacks", "ended", "secrets"),
            ("call", "callbacks", "billed", "secrets"),
        ],
    ),
}
"""By platform: a recorded webhook, and every place where one may hold a secret."""

PLACES = [
    pytest.param(platform, path, value, id=f"{platform}/{'.'.join(path)}/{type(value).__name__}")
    for platform, (_, paths) in SECRETS.items()
    for path in paths
    for value in (CANARY, [CANARY], {"deep": {"deeper": [CANARY]}})
]


def planted(platform: Platform, path: Path, value: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((FIXTURES / platform / SECRETS[platform][0]).read_text())
    node = body
    for step in path[:-1]:
        if not isinstance(node.get(step), dict):
            node[step] = {}
        node = node[step]
    node[path[-1]] = value
    return body


@pytest.mark.parametrize(("platform", "path", "value"), PLACES)
def test_a_secret_is_cut_out_whatever_its_form(platform: Platform, path: Path, value: Any) -> None:
    body = json.dumps(planted(platform, path, value)).encode()
    assert CANARY.encode() in body

    published = cut(body, SOURCES[platform].cut)

    assert CANARY.encode() not in published


@pytest.mark.parametrize(("platform", "path", "value"), PLACES)
def test_what_is_no_secret_stays_as_it_was(platform: Platform, path: Path, value: Any) -> None:
    body = planted(platform, path, value)

    published = json.loads(cut(json.dumps(body).encode(), SOURCES[platform].cut))

    assert differences(body, published) <= {path[: n + 1] for n in range(len(path))} | set(SECRETS[platform][1])


@pytest.mark.parametrize("platform", [Platform.ELEVENLABS, Platform.SYNTHFLOW, Platform.TWILIO])
def test_where_no_page_names_a_secret_nothing_is_opened(platform: Platform) -> None:
    assert not SOURCES[platform].cut


def differences(one: Any, other: Any, path: Path = ()) -> set[Path]:
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() | other.keys()
        return {found for name in names for found in differences(one.get(name), other.get(name), (*path, name))}
    return set() if one == other else {path}
