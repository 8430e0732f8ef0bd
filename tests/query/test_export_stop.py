"""A query process that is told to stop while it writes an export says so to whoever ordered it."""

from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

import httpx
import pytest

from storage.mongo import Database, connect
from storage.mongo_exports import AT_ONCE
from storage.mongo_setup import set_up
from tests.ports.stores import in_database
from tests.query.test_too_slow import failing_at
from tests.query.world import World
from tests.servers.mongo import FailingMongo
from tests.system.processes import Service

CONFIG: Final = """
[[tenants]]
id = "{tenant}"

[[keys]]
id = "crm"
tenant = "{tenant}"
token_sha256 = "{digest}"
scopes = ["export"]
"""
HANGS: Final = "waitAfterPinningCursorBeforeGetMoreBatch"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with FailingMongo() as server:
        yield in_database(server.url, "stopped")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with connect(url) as opened:
        await set_up(opened)
        yield opened


@pytest.fixture
async def query(url: str, database: Database, tmp_path: Path) -> AsyncIterator[Service]:
    """The process, started, and more calls than it reads at once."""
    world = World(database)
    await world.calls(*((f"c-{n}", {}) for n in range(AT_ONCE + 1)))
    config = tmp_path / "aftercall.toml"
    config.write_text(CONFIG.format(tenant=world.acme, digest=sha256(b"crm").hexdigest()))
    config.chmod(0o600)
    places = {"AFTERCALL_CONFIG": str(config), "AFTERCALL_MONGO_URL": url}
    service = Service("query", name="query", directory=tmp_path, environment=places)
    service.start()
    yield service
    service.close()


async def test_an_export_under_way_has_failed_at_once_and_the_process_ends_in_order(
    query: Service, database: Database
) -> None:
    async with httpx.AsyncClient(base_url=query.url, headers={"Authorization": "Bearer crm"}, timeout=60) as crm:
        async with failing_at(database, HANGS, data={"shouldCheckForInterrupt": True}):
            told = (await crm.post("/v1/exports", json={"format": "jsonl", "filter": {"all": []}})).json()
            async with crm.stream("GET", told["url"]) as file:
                query.ask_to_end()
                with pytest.raises(httpx.RemoteProtocolError):  # nobody takes it for whole
                    await file.aread()
            status, said = query.terminate(), query.log()
        query.start()
        after = (await crm.get(f"/v1/exports/{told['id']}")).json()

    assert (told["status"], after["status"], status) == ("running", "failed", 0)
    assert "order it again" in after["error"]
    assert "Traceback" not in said
