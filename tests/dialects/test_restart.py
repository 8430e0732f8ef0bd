"""A query process that is ended, or killed, comes back with all that the dialects told their clients before."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from query.dialects.tanyi.signature import signature
from schemas.call import Agent, Batch, Unit
from schemas.words import Outcome, Stage
from storage.mongo import connect
from tests.dialects.world import SECRET, DialectWorld
from tests.query.world import START
from tests.system.processes import Service

TOKENS: Final = 1000
PRICE: Final = 5
WINDOW: Final = {"from_date": round(START.timestamp() * 1000) - 1, "to_date": round(START.timestamp() * 1000) + 1}

EXPORT: Final = "/api/v1/call-logs/export"
CONFIG: Final = """
[[tenants]]
id = "{tenant}"

[[keys]]
id = "crm"
tenant = "{tenant}"
token_sha256 = "{digest}"
scopes = ["read", "write", "export"]
dialect = {{ tanyi_secret = "{secret}", robotappel_tokens = {tokens} }}
"""
WAYS: Final = {"ended": Service.terminate, "killed": Service.kill}


@pytest.fixture
async def tenant(prepared: str) -> str:
    """A tenant with a call whose ids are all aliases."""
    async with connect(prepared) as database:
        world = DialectWorld(database)
        await world.call(
            stage=Stage.ENDED,
            outcome=Outcome.ANSWERED,
            started_at=START,
            unit=Unit(id="paris"),
            batch=Batch(id="spring", name="Spring"),
            agent=Agent(id="riley"),
        )
        return world.acme


@pytest.fixture
def service(prepared: str, tenant: str, tmp_path: Path) -> Iterator[Service]:
    """The query process, started."""
    config = tmp_path / "aftercall.toml"
    digest = sha256(b"crm").hexdigest()
    config.write_text(CONFIG.format(tenant=tenant, digest=digest, secret=SECRET, tokens=TOKENS))
    config.chmod(0o600)
    places = {"AFTERCALL_CONFIG": str(config), "AFTERCALL_MONGO_URL": prepared}
    running = Service("query", name="query", directory=tmp_path, environment=places)
    running.start()
    yield running
    running.close()


@pytest.fixture
def client(service: Service) -> Iterator[httpx.Client]:
    """A client of the process, whichever is running."""
    with httpx.Client(base_url=service.url, headers={"Authorization": "Bearer crm"}) as opened:
        yield opened


def signed(tenant: str) -> dict[str, str]:
    """Return Tanyi's headers of this moment."""
    told = {"app_key": "crm", "timestamp": str(round(datetime.now(UTC).timestamp() * 1000)), "version": "v1"}
    proof = signature(tenant_sign=tenant, secret=SECRET, **told)
    return {"appKey": "crm", "timestamp": told["timestamp"], "version": "v1", "signature": proof}


def told(answer: httpx.Response) -> Any:
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


def shown(client: httpx.Client, tenant: str, token: str) -> dict[str, Any]:
    """Return what must be the same for ever: rows with all their ids, notes, receivers."""
    number = told(client.get("/v1/calls"))["calls"][0]["number"]
    bearer = {"Authorization": f"Bearer {token}"}
    detail = f"/apiOpen/v1/callRecord/callDetail?callRecordId={number}"
    return {
        "tanyi": told(client.get(detail, headers=signed(tenant)))["data"],  # first, for it marks the call as read
        "robotappel": told(client.post("/callHistory/GetCallHistory", json={}))["calls"],
        "omicall": told(client.get("/api/call_transaction/list", params=WINDOW, headers=bearer))["payload"]["items"],
        "hooks": told(client.get("/api/webhooks/list", headers=bearer))["payload"],
        "toolzz": told(client.get("/api/v1/voice/call-logs/id/c-1")),
        "zenicall": told(client.get(f"/api/v1/call-logs/{number}")),
        "notes": told(client.get(f"/api/v1/internal-notes/call-log/{number}")),
    }


def written(number: int) -> dict[str, Any]:
    """Return what is written before the restart, by its path."""
    hook = {"type": "call", "url": "https://crm.example/hook", "events": ["hangup"]}
    return {
        "/api/v1/internal-notes/": {"content": "call back", "call_log_id": number},
        "/api/call_transaction/change/c-1": {"note": "kind", "tag": ["vip"]},
        "/api/webhooks/register": {"webhook": hook},
    }


def left(client: httpx.Client) -> int:
    """Return how many tokens are left after this request."""
    return int(client.get("/callHistory/averageCallDuration").headers["x-token-balance"])


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_tokens_ids_notes_receivers_and_files_outlive_the_process(
    service: Service, client: httpx.Client, tenant: str, way: Callable[[Service], object]
) -> None:
    token = told(client.get("/api/auth?apiKey=crm"))["payload"]["access_token"]
    number = told(client.get("/v1/calls"))["calls"][0]["number"]
    for path, body in written(number).items():
        told(client.post(path, json=body))
    signed_list: dict[str, Any] = {
        "content": json.dumps({"robotCallJobId": 0}),
        "headers": signed(tenant),
    }
    listed = told(client.post("/apiOpen/v1/callRecord/getCallRecordInfoList", **signed_list))
    clinic = told(client.get(f"/api/v1/call-logs/{number}"))["clinic"]["id"]
    urls = [
        told(client.post("/callHistory/ExportCallHistory", json={}))["url"],
        told(client.post("/callHistory/ExportCallHistoryById", json={"callIds": ["c-1"]}))["url"],
        told(client.post(EXPORT, json={"clinic_id": clinic, "format": "json"}))["download_url"],
    ]
    files = [client.get(url).content for url in urls]
    before = shown(client, tenant, token)
    balance = left(client)

    way(service)
    service.start()

    assert shown(client, tenant, token) == before
    assert [client.get(url).content for url in urls] == files
    assert all(b"c-1" in content for content in files)
    repeated = told(client.post("/apiOpen/v1/callRecord/getCallRecordInfoList", **signed_list))
    assert (listed["code"], repeated["code"]) == (200, 401)
    assert left(client) == balance - 2 * PRICE  # what was shown again cost a request, too
    assert min(before["tanyi"]["robotCallJobId"], before["zenicall"]["clinic"]["id"]) >= 10**9
    assert [note["content"] for note in before["notes"]["items"]] == ["call back"]
    assert [each["url"] for each in before["hooks"]] == ["https://crm.example/hook"]
