"""How a client of Tanyi asks: each request signed for itself."""

import re
from typing import Any, Final

import httpx

from schemas.call import Batch
from schemas.words import Outcome, Stage
from tests.dialects.world import DialectWorld

LIST: Final = "/apiOpen/v1/callRecord/getCallRecordInfoList"
DETAIL: Final = "/apiOpen/v1/callRecord/callDetail"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED, "batch": Batch(id="50")}


class Client:
    """Asks as Tanyi's client does, each request signed for itself."""

    def __init__(self, world: DialectWorld, key: str = "robot") -> None:
        self.world = world
        self.key = key

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        self.world.clock.pass_(0.001)
        headers = self.world.signed(self.key) | options.pop("headers", {})
        async with httpx.AsyncClient(transport=self.world.transport, base_url="http://api") as client:
            answer = await client.request(method, path, headers=headers, **options)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json;charset=UTF-8"
        assert answer.json().keys() == {"code", "data", "requestId", "resultMsg", "errorStackTrace"}
        assert re.fullmatch("[A-Z]{8}", answer.json()["requestId"])
        assert answer.json()["errorStackTrace"] is None
        assert (answer.json()["code"] == 200) == (answer.json()["data"] is not None)
        return answer

    async def page(self, job: int = 50, **body: Any) -> dict[str, Any]:
        told = (await self.send("POST", LIST, json={"robotCallJobId": job, **body})).json()
        assert (told["code"], told["resultMsg"]) == (200, "获取成功")
        page: dict[str, Any] = told["data"]
        return page

    async def found(self, **body: Any) -> list[str]:
        """Return the numbers that were called, last character only: each call of a test has its own."""
        return [row["calledPhoneNumber"][-1] for row in (await self.page(**body))["content"]]

    async def detail(self, number: int) -> dict[str, Any]:
        told = (await self.send("GET", f"{DETAIL}?callRecordId={number}")).json()
        assert (told["code"], told["resultMsg"]) == (200, "执行成功")
        call: dict[str, Any] = told["data"]
        return call

    async def code(self, method: str, path: str, **options: Any) -> int:
        return int((await self.send(method, path, **options)).json()["code"])


async def number_of(world: DialectWorld, name: str) -> int:
    async with world.ask("crm") as crm:
        return int((await crm.get(f"/v1/calls/{world.uid(name)}")).json()["number"])
