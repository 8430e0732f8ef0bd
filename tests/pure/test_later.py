"""What answers while MongoDB is awaited, and whatever the path is."""

from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from aftercall.parts import Answers, Later


async def told(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(scope["path"])(scope, receive, send)


async def nothing() -> None:
    pass


@pytest.mark.parametrize("path", ["/", "/v1/calls", "/callHistory/a%0Ab", "/x/%0A/y", "//a"])
async def test_every_path_is_answered_by_the_app_as_soon_as_there_is_one(path: str) -> None:
    later = Later()
    transport = httpx.ASGITransport(app=Starlette(routes=[later]))
    async with httpx.AsyncClient(transport=transport) as client:
        early = await client.post(f"http://api{path}")
        later.app = Answers(told, nothing)
        answer = await client.post(f"http://api{path}")

    assert (early.status_code, early.json()["code"], early.headers["retry-after"]) == (503, "unavailable", "2")
    assert (answer.status_code, answer.text) == (200, unquote(path))
