"""How a client of OMICall asks, and how its answers are read."""

from datetime import datetime
from typing import Any, Final

import httpx

from schemas.words import Outcome, Stage
from tests.query.world import START

LIST: Final = "/api/call_transaction/list"
SEARCH: Final = "/api/call_transaction/search"
DETAIL: Final = "/api/call_transaction/detail"
CHANGE: Final = "/api/call_transaction/change"
REPORT: Final = "/api/call_transaction/report"
EVALUATE: Final = "/api/call_transaction/add_evaluation"
CRITERIA: Final = "/api/evaluation_criteria/call/list"
HOOKS: Final = "/api/webhooks"
DAY_MS: Final = 86_400_000
ENDED: Final[dict[str, Any]] = {"stage": Stage.ENDED, "outcome": Outcome.ANSWERED}
ENVELOPE: Final = {"status_code", "instance_id", "instance_name", "instance_version", "payload", "key_enabled"}


def ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


AT: Final = ms(START)
WINDOW: Final = {"from_date": AT - DAY_MS, "to_date": AT + 29 * DAY_MS}


def payload(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["status_code"] == 9999, told
    assert told.keys() == ENVELOPE
    return told["payload"]


def word(answer: httpx.Response) -> tuple[int, int, str]:
    """Return how an answer failed, after looking at its shape."""
    told = answer.json()
    assert told.keys() == ENVELOPE | {"message"}
    assert told["payload"].keys() == {"status", "error", "message"}
    assert (told["payload"]["status"], told["payload"]["error"]) == ("fail", told["message"])
    assert told["key_enabled"] is False
    assert answer.headers["content-type"] == "application/json"
    return answer.status_code, told["status_code"], told["message"]


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    found = payload(await client.get(LIST, params={**WINDOW, **query}))
    assert found["total_items"] == len(found["items"])
    return [item["transaction_id"] for item in found["items"]]


def uuid(n: int) -> str:
    return f"00000000-0000-4000-8000-{n:012d}"
