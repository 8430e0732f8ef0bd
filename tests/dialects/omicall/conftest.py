"""A client of OMICall, and five calls to ask for."""

from collections.abc import AsyncIterator

import httpx
import pytest

from schemas.call import Agent, Batch, Customer
from schemas.words import AgentKind, Direction, Outcome, Stage
from tests.dialects.omicall.client import ENDED, uuid
from tests.dialects.world import DialectWorld


@pytest.fixture
async def omi(world: DialectWorld) -> AsyncIterator[httpx.AsyncClient]:
    """A client of acme that got its token as OMICall's clients do."""
    async with httpx.AsyncClient(transport=world.transport, base_url="http://api") as client:
        answer = await client.get("/api/auth?apiKey=crm")
        client.headers["Authorization"] = f"Bearer {answer.json()['payload']['access_token']}"
        yield client


@pytest.fixture
async def varied(world: DialectWorld) -> DialectWorld:
    """Five calls that differ in everything one can ask for."""
    human = Agent(id="u-1", name="Lê Thị Bình", kind=AgentKind.HUMAN, email="binh@acme.vn")
    await world.calls(
        (
            uuid(1),
            {
                **ENDED,
                "direction": Direction.OUTBOUND,
                "from_": "842800000001",
                "to": "0900 000 001",
                "agent": human,
                "extension": "101",
                "queue": "900",
                "tags": ["vip", "goilaisau"],
                "is_auto_call": True,
                "customer": Customer(full="Phạm Văn Đức"),
            },
        ),
        (
            uuid(2),
            {
                **ENDED,
                "outcome": Outcome.BUSY,
                "direction": Direction.INBOUND,
                "from_": "0900000002",
                "to": "+842800000002",
                "is_auto_call": False,
                "note": "Gọi lại sau",
            },
        ),
        (uuid(3), {**ENDED, "outcome": Outcome.VOICEMAIL, "direction": Direction.LOCAL, "from_": "101", "to": "102"}),
        ("no-uuid", {**ENDED, "agent": Agent(id="u-2"), "batch": Batch(id="b-1")}),
        ("going-on", {"stage": Stage.PROGRESS, "direction": Direction.INBOUND}),
    )
    return world
