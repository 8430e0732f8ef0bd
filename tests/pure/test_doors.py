"""Connections made ready to receive."""

from ingest.doors import Doors
from runtime.config import Connection
from schemas.words import Platform


def test_all_connections_of_a_platform_share_what_cuts_their_secrets_out() -> None:
    connections = [Connection(id=name, tenant="t", platform=Platform.VAPI, secrets=("s",)) for name in ("a", "b")]
    doors = [Doors([connection]).find(f"/webhooks/{connection.id}")[0] for connection in connections]

    assert doors[0].cut is not None
    assert doors[0].cut is doors[1].cut
