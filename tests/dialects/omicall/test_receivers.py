"""Receivers of webhooks are kept, one a type."""

from typing import Any

import httpx
import pytest

from tests.dialects.omicall.client import HOOKS, payload, word
from tests.dialects.world import DialectWorld


async def test_receivers_are_kept_one_a_type(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    async def register(**hook: Any) -> Any:
        return await omi.post(f"{HOOKS}/register", json={"webhook": hook})

    await register(type="call", url="https://a.example/1", events=["ringing"])
    both = payload(await register(type="contact", url="https://a.example/2", events=None))
    replaced = payload(await register(type="call", url="https://a.example/3"))

    assert both == [
        {"url": "https://a.example/1", "type": "call", "status": "actived"},
        {"url": "https://a.example/2", "type": "contact", "status": "actived"},
    ]
    assert payload(await omi.get(f"{HOOKS}/list")) == replaced
    assert replaced[0]["url"] == "https://a.example/3"
    payload(await omi.post(f"{HOOKS}/destroy?hook_type=call"))
    assert [hook["type"] for hook in payload(await omi.get(f"{HOOKS}/list"))] == ["contact"]
    async with world.ask("other") as other:
        assert payload(await other.get(f"{HOOKS}/list")) == []


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("register", {}, "data_is_required"),
        ("register", {"webhook": []}, "data_is_required"),
        ("register", {"webhook": {"type": "call"}}, "data_is_required"),
        ("register", {"webhook": {"type": "sms", "url": "https://a.example"}}, "data_invalid"),
        ("register", {"webhook": {"type": ["call"], "url": "https://a.example"}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": "ftp://a.example"}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": 5}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": "https://a.example", "events": ["x"]}}, "data_invalid"),
        ("register", {"webhook": {"type": "call", "url": "https://a.example", "events": {}}}, "data_invalid"),
        ("destroy", {}, "data_is_required"),
        ("destroy?hook_type=sms", {}, "data_invalid"),
    ],
    ids=str,
)
async def test_a_wrong_receiver_is_refused(
    omi: httpx.AsyncClient, path: str, body: dict[str, Any], expected: str
) -> None:
    assert word(await omi.post(f"{HOOKS}/{path}", json=body)) == (200, -9999, expected)
