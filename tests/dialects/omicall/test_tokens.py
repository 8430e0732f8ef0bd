"""A token is got with a key, opens what its key opens, and ends with it."""

from typing import Any

import httpx
import msgspec
import pytest

from query.dialects.omicall import tokens
from tests.dialects.omicall.client import LIST, WINDOW, payload, word
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, SIGNING_KEY


async def test_a_token_opens_every_way_of_asking(world: DialectWorld) -> None:
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        auths = [
            await client.get("/api/auth?apiKey=crm"),
            await client.get("/api/auth?apikey=crm", headers={"Authorization": "Bearer "}),
            await client.get("/api/auth?APIKEY=crm", headers={"Authorization": "Bearer stale"}),
            await client.request("GET", "/api/auth?apiKey=crm", content=b"{}"),
            await client.get("http://api//api//auth/?apiKey=crm"),
            await client.get("/dialects/omicall/api/auth?apiKey=crm"),
        ]
        given = payload(auths[0])
        token = given["access_token"]
        answers = [
            await client.get(LIST, params=WINDOW, headers=headers)
            for headers in (
                {"Authorization": f"Bearer {token}"},
                {"authorization": f"bearer {token}"},
                {"Authorization": "Bearer crm"},
                {"x-api-key": "crm"},
                {"x-api-key": token},
                {"x-api-key": "crm", "Authorization": "Bearer crm"},
                {"x-api-key": "crm", "Authorization": "Bearer stale"},
            )
        ]

    assert [payload(answer)["access_type"] for answer in auths] == ["normal"] * 6
    assert given.keys() == {"access_token", "access_type", "token_type"}
    assert given["token_type"] == "Bearer"
    assert [payload(answer)["total_items"] for answer in answers] == [0] * 7


async def test_a_token_lives_a_day_across_restarts_and_ends_with_its_key(world: DialectWorld) -> None:
    again = DialectWorld(world.database)  # a second process over the same configuration
    again.config, again.clock = world.config, world.clock
    async with (
        httpx.AsyncClient(transport=world.transport, base_url="http://api") as client,
        httpx.AsyncClient(transport=again.transport, base_url="http://api") as other,
    ):
        token = payload(await client.get("/api/auth?apiKey=crm"))["access_token"]
        asked: dict[str, Any] = {"params": WINDOW, "headers": {"Authorization": f"Bearer {token}"}}
        world.clock.pass_(24 * 3600 - 1)
        last = await other.get(LIST, **asked)
        world.clock.pass_(1)
        late = await client.get(LIST, **asked)
        world.clock.pass_(-3600)
        keys = world.config.keys
        world.config = msgspec.structs.replace(world.config, keys=tuple(key for key in keys if key.id != "crm"))
        removed = await client.get(LIST, **asked)
        renewed = msgspec.structs.replace(keys[0], token_sha256="0" * 64)
        world.config = msgspec.structs.replace(world.config, keys=(renewed, *keys[1:]))
        replaced = await client.get(LIST, **asked)

    assert payload(last)["total_items"] == 0
    assert word(late) == (401, 401, "token_expired")
    assert word(removed) == word(replaced) == (401, 401, "auth_invalid")


def test_a_changed_token_says_nothing(world: DialectWorld) -> None:
    key = world.key("crm")
    text = tokens.token(key, now=NOW, signing_key=SIGNING_KEY)

    known = tokens.access(text, signing_key=SIGNING_KEY)

    assert known is not None
    assert known.opens(key)
    assert not known.opens(world.key("other", tenant=world.other))
    assert tokens.access(text, signing_key=b"x" * 32) is None
    for n in range(len(text)):
        changed = text[:n] + ("A" if text[n] != "A" else "B") + text[n + 1 :]
        assert tokens.access(changed, signing_key=SIGNING_KEY) is None
    for other in ("", ".", tokens.PREFIX, text[:-1], f"{text}0", "omi1.é.\udcff"):
        assert tokens.access(other, signing_key=SIGNING_KEY) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/auth", (200, -9999, "api_key_is_required")),
        ("/api/auth?apiKey=", (200, -9999, "api_key_is_required")),
        ("/api/auth?key=crm", (200, -9999, "api_key_is_required")),
        ("/api/auth?apiKey=nobody", (401, 401, "api_key_invalid")),
        ("/api/auth?apiKey=expired", (401, 401, "token_expired")),
        ("/api/auth?apiKey=switched-off", (404, -9999, "resource_not_found")),
    ],
)
async def test_a_key_that_opens_nothing_is_refused(
    world: DialectWorld, path: str, expected: tuple[int, int, str]
) -> None:
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        assert word(await client.get(path)) == expected
