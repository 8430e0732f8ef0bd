"""How a client of RobotAppel asks, and how its answers are read."""

import csv
import io
from typing import Any, Final

import httpx

from schemas.words import Outcome, Stage

HISTORY: Final = "/callHistory/GetCallHistory"
EXPORT: Final = "/callHistory/ExportCallHistory"
BY_ID: Final = "/callHistory/ExportCallHistoryById"
BATCHES: Final = "/callHistory/getBatchHistory"
ONE: Final = "/callHistory/retrieveCallInfo"
AVERAGE: Final = "/callHistory/averageCallDuration"
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED}


async def told(client: httpx.AsyncClient, path: str = HISTORY, **body: Any) -> dict[str, Any]:
    answer = await client.post(path, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def found(client: httpx.AsyncClient, **body: Any) -> list[str]:
    return [call["callSid"] for call in (await told(client, limit=1000, **body))["calls"]]


async def rows(client: httpx.AsyncClient, url: str) -> list[list[str]]:
    answer = await client.get(url, headers={"Authorization": ""})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text, newline="")))
