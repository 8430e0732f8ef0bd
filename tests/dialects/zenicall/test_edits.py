"""Changes, one call's or many's, and notes."""

import httpx

from schemas.call import Unit
from tests.dialects.world import DialectWorld
from tests.dialects.zenicall.client import CALLS, ENDED, NOTES, found, in_clinic, number


async def test_a_change_is_the_native_edit_and_shows_everywhere(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED, summary="theirs")
    url = f"{CALLS}/{await number(crm, uid)}"
    before = (await crm.get(url)).json()

    changed = (await crm.patch(url, json={"status": "In Progress", "summary": "mine", "other": 1})).json()
    native = (await crm.get(f"/v1/calls/{uid}")).json()
    history = (await crm.get(f"/v1/calls/{uid}/history")).json()["history"]
    toolzz = (await crm.get("/api/v1/voice/call-logs/id/c-1")).json()
    robotappel = (await crm.get("/callHistory/retrieveCallInfo/c-1")).text

    assert (before["updated_at"], before["updated_by"]) == (None, None)
    assert (changed["status"], changed["summary"]) == ("In Progress", "mine")
    assert (changed["updated_at"], changed["updated_by"]["username"]) == ("2026-06-01T12:00:00Z", "crm")
    assert (native["workflow"], native["summary"], toolzz["summary"]) == ("IN_PROGRESS", "mine", "mine")
    assert '"summary":"mine"' in robotappel
    assert {entry["key"] for entry in history} == {"crm"}


async def test_an_edit_survives_a_redelivery_and_null_clears_the_summary(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    (uid,) = await world.hear("zenicall/call-log-create.json")
    url = f"{CALLS}/{uid}"

    await crm.patch(url, json={"summary": None, "status": "archived"})
    await world.hear("zenicall/call-log-create.json")

    assert (await crm.get(url)).json()["summary"] is None
    assert (await crm.get(url)).json()["status"] == "Archived"
    assert (await crm.get(f"/v1/calls/{uid}")).json()["summary"] == ""


async def test_a_native_workflow_shows_as_a_label_and_nothing_changes_by_an_empty_patch(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    uid = await world.call("c-1", **ENDED)
    await crm.patch(f"/v1/calls/{uid}", json={"workflow": "IN_PROGRESS"})
    tag = (await crm.get(f"/v1/calls/{uid}")).headers["etag"]

    for body in ({}, {"status": None}, {"unknown": 1}):
        assert (await crm.patch(f"{CALLS}/{uid}", json=body)).json()["status"] == "In Progress"

    assert (await crm.get(f"/v1/calls/{uid}")).headers["etag"] == tag


async def test_notes_are_written_read_changed_and_removed_by_their_author(
    crm: httpx.AsyncClient, world: DialectWorld
) -> None:
    uid = await world.call("c-1", **ENDED)
    call_id = await number(crm, uid)
    first = (await crm.post(f"{NOTES}/", json={"content": "one", "call_log_id": call_id})).json()
    second = (await crm.post(NOTES, json={"content": "two", "call_log_id": uid})).json()
    world.clock.pass_(60)

    async with world.ask("writer") as writer:
        refused = [await writer.put(f"{NOTES}/{first['id']}", json={"content": "x"})]
        refused.append(await writer.delete(f"{NOTES}/{first['id']}"))
    changed = (await crm.put(f"{NOTES}/{first['id']}", json={"content": "three"})).json()
    of_call = (await crm.get(f"{NOTES}/call-log/{uid}?limit=1&page=2")).json()
    mine = (await crm.get(f"{NOTES}/my-notes")).json()
    removed = await crm.delete(f"{NOTES}/{second['id']}")
    gone = await crm.get(f"{NOTES}/{second['id']}")

    assert [(answer.status_code, answer.json()["error_key"]) for answer in refused] == [(403, "FORBIDDEN")] * 2
    assert changed == first | {"content": "three", "updated_at": "2026-06-01T12:01:00Z"}
    assert (changed["call_log_id"], changed["created_by"]["username"]) == (call_id, "crm")
    assert of_call == {"items": [changed], "total": 2, "page": 2, "limit": 1, "pages": 2}
    assert [note["id"] for note in mine["items"]] == [second["id"], first["id"]]
    assert (removed.status_code, gone.status_code) == (200, 404)


async def test_an_erased_call_takes_its_notes_along(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    uid = await world.call("c-1", **ENDED)
    note = (await crm.post(NOTES, json={"content": "one", "call_log_id": uid})).json()["id"]

    await crm.delete(f"/v1/calls/{uid}")

    assert (await crm.get(f"{NOTES}/{note}")).status_code == 404
    assert (await crm.get(f"{NOTES}/my-notes")).json()["total"] == 0


async def test_a_bulk_change_reaches_the_named_calls_of_the_clinic(crm: httpx.AsyncClient, world: DialectWorld) -> None:
    await in_clinic(world, [("c-1", {}), ("c-2", {}), ("c-3", {})])
    elsewhere = await world.call("c-4", **{**ENDED, "unit": Unit(id="2")})
    ids = [await number(crm, world.uid("c-1")), world.uid("c-2"), elsewhere, 7]
    body = {"clinic_id": 1, "action": "update_status", "new_status": "done", "call_log_ids": ids}

    preview = (await crm.post(f"{CALLS}/bulk/preview", json=body)).json()
    before = await found(crm, "status=DONE")
    update = (await crm.post(f"{CALLS}/bulk/update", json={**body, "confirm_operation": True})).json()

    assert (preview["total_records"], len(preview["sample_data"]), before) == (2, 2, [])
    assert update == {
        "clinic_id": 1,
        "action": "update_status",
        "new_status": "Done",
        "total_records": 2,
        "updated_count": 2,
    }
    assert sorted(await found(crm, "status=DONE")) == ["c-1", "c-2"]
    assert (await crm.get(f"/v1/calls/{elsewhere}")).json()["workflow"] == "NEW"
