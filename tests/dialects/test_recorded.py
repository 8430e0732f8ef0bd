"""Every recorded request of every dialect is answered as recorded; dropping in a request adds a test.

A request names the webhooks (below `tests/fixtures`) that were heard before it. `python -m pytest tests/dialects/
test_recorded.py` with RECORD=1 writes the answers that are missing; read them before you commit them.
"""

import json
import os
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from query.dialects import DIALECTS
from tests.dialects.world import DialectWorld
from tests.webhooks import FIXTURES

REQUESTS: Final = sorted((FIXTURES / "dialects").glob("*/*.request.json"))


def answer_of(path: Path) -> Path:
    return path.with_name(path.name.replace(".request.", ".answer."))


async def answered(world: DialectWorld, request: dict[str, Any]) -> bytes:
    await world.hear(*request.get("calls", []))
    content = json.dumps(request["body"]).encode() if "body" in request else None
    headers = {"Authorization": f"Bearer {request.get('key', 'crm')}"} | request.get("headers", {})
    if "signed_by" in request:
        headers |= world.signed(request["signed_by"])
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        answer = await client.request(request["method"], request["path"], content=content, headers=headers)
    told = {"status": answer.status_code, "body": answer.json()}
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: f"{path.parent.name}/{path.name.partition('.')[0]}")
async def test_a_recorded_request_is_answered_as_recorded(emptied: DialectWorld, path: Path) -> None:
    told = await answered(emptied, json.loads(path.read_text()))

    if "RECORD" in os.environ and not answer_of(path).exists():
        answer_of(path).write_bytes(told)

    assert told.decode() == answer_of(path).read_text()


def test_every_dialect_has_recorded_requests() -> None:
    assert {path.parent.name for path in REQUESTS} == set(DIALECTS)
