"""The note is the native one."""

import httpx

from tests.dialects.robotappel.client import ONE, told
from tests.dialects.world import DialectWorld


async def test_a_note_is_the_native_note_and_no_webhook_undoes_it(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    (uid,) = await world.hear("robotappel/call-infos-text-only.json")

    answer = await told(crm, "/notes/addNote/ra-1003", notes="Mine.")
    await world.hear("robotappel/call-infos-text-only.json")

    assert answer["notes"] == "Mine."
    assert (await crm.get(f"/v1/calls/{uid}")).json()["note"] == "Mine."
    (entry,) = (await crm.get(f"/v1/calls/{uid}/history")).json()["history"]
    assert (entry["key"], entry["field"], entry["to"]) == ("crm", "note", "Mine.")
    await crm.patch(f"/v1/calls/{uid}", json={"note": "Native.", "summary": "Ours."})
    shown = (await crm.get(f"{ONE}/{uid}")).json()
    assert (shown["notes"], shown["summary"]) == ("Native.", "Ours.")
