"""What people write by one API is read by every other, before and after the platform tells its call again."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

import pytest

from schemas.call import Batch, Intent, Unit
from schemas.words import Outcome, Reason, Stage
from tests.dialects.walks import Client, unit_uuid
from tests.dialects.world import DialectWorld
from tests.query.world import START

AT: Final = round(START.timestamp() * 1000)
WINDOW: Final = {"from_date": AT - 1, "to_date": AT + 1}
NATIVE_CALL: Final = "/v1/calls/{uid}"
CHANGE: Final = "/api/call_transaction/change/{uid}"
DETAIL: Final = "/apiOpen/v1/callRecord/callDetail?callRecordId={number}"
TANYI_LIST: Final = "/apiOpen/v1/callRecord/getCallRecordInfoList"
BULK: Final = "/api/v1/call-logs/bulk/update"
LOG: Final = "/api/v1/call-logs/{number}"

FACTS: Final[dict[str, Any]] = {
    "stage": Stage.ENDED,
    "outcome": Outcome.ANSWERED,
    "started_at": START,
    "unit": Unit(id="1"),
    "batch": Batch(id="50"),
    "note": "theirs",
    "tags": ["theirs"],
    "summary": "theirs",
    "title": "theirs",
    "success": False,
    "intent": Intent(level="B"),
    "reason": Reason.OTHER,
}
"""What the platform says, each time again."""
THEIRS: Final[Mapping[str, Any]] = {
    "note": "theirs",
    "tags": ["theirs"],
    "summary": "theirs",
    "title": "theirs",
    "success": False,
    "real_level": None,
    "reason": "OTHER",
    "workflow": "NEW",
    "average": None,
}
"""What is read of it where nobody wrote."""


class Edit(NamedTuple):
    """One way to write: a request, and the fields that it changes."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    fields: Mapping[str, Any]


EDITS: Final[Mapping[str, Edit]] = {
    "native note": Edit("PATCH", NATIVE_CALL, {"note": "mine"}, {"note": "mine"}),
    "native tags": Edit("PATCH", NATIVE_CALL, {"tags": ["vip", "日本"]}, {"tags": ["vip", "日本"]}),
    "native no tags": Edit("PATCH", NATIVE_CALL, {"tags": []}, {"tags": []}),
    "native summary": Edit("PATCH", NATIVE_CALL, {"summary": "mine"}, {"summary": "mine"}),
    "native title": Edit("PATCH", NATIVE_CALL, {"title": "mine"}, {"title": "mine"}),
    "native success": Edit("PATCH", NATIVE_CALL, {"success": True}, {"success": True}),
    "native reason": Edit("PATCH", NATIVE_CALL, {"reason": "EMERGENCY"}, {"reason": "EMERGENCY"}),
    "native workflow": Edit("PATCH", NATIVE_CALL, {"workflow": "IN_PROGRESS"}, {"workflow": "IN_PROGRESS"}),
    "native level": Edit("PATCH", NATIVE_CALL, {"intent": {"real_level": "A"}}, {"real_level": "A"}),
    "native read": Edit("PATCH", NATIVE_CALL, {"read": True}, {}),
    "native bulk": Edit(
        "POST",
        "/v1/calls/bulk",
        {"ids": ["{uid}"], "patch": {"workflow": "DONE", "note": "all"}},
        {"workflow": "DONE", "note": "all"},
    ),
    "native evaluation": Edit(
        "POST",
        "/v1/calls/{uid}/evaluations",
        {"values": [{"criteria_id": "{criterion}", "point": 7}]},
        {"average": 7},
    ),
    "robotappel note": Edit("POST", "/notes/addNote/c-1", {"notes": "mine"}, {"note": "mine"}),
    "robotappel no note": Edit("POST", "/notes/addNote/{uid}", {"notes": ""}, {"note": ""}),
    "omicall note": Edit("POST", CHANGE, {"note": "mine"}, {"note": "mine"}),
    "omicall tags": Edit("POST", CHANGE, {"tag": ["vip", "é"]}, {"tags": ["vip", "é"]}),
    "omicall no tags": Edit("POST", CHANGE, {"tag": []}, {"tags": []}),
    "omicall both": Edit("POST", CHANGE, {"tag": ["a"], "note": "b"}, {"tags": ["a"], "note": "b"}),
    "omicall evaluation": Edit(
        "POST",
        "/api/call_transaction/add_evaluation/{uid}",
        {"user_uuid": "linh", "evaluation": {"comment": "", "values": [{"criteria_id": "{hex}", "point": 7}]}},
        {"average": 7},
    ),
    "omicall evaluation v3": Edit(
        "POST",
        "/api/v3/call-transaction/add-evaluation",
        {
            "transactionId": "{uid}",
            "agentId": "linh",
            "evaluation": {"comment": "", "values": [{"criteria_id": "{hex}", "point": 7}]},
        },
        {"average": 7},
    ),
    "tanyi detail": Edit("GET", DETAIL, None, {}),
    "zenicall status": Edit("PATCH", LOG, {"status": "In Progress"}, {"workflow": "IN_PROGRESS"}),
    "zenicall name": Edit("PATCH", LOG, {"status": "archived"}, {"workflow": "ARCHIVED"}),
    "zenicall summary": Edit("PATCH", LOG, {"summary": "mine"}, {"summary": "mine"}),
    "zenicall no summary": Edit("PATCH", LOG, {"summary": None}, {"summary": ""}),
    "zenicall both": Edit("PATCH", LOG, {"summary": "s", "status": "Done"}, {"summary": "s", "workflow": "DONE"}),
    "zenicall bulk": Edit(
        "POST",
        BULK,
        {
            "clinic_id": 1,
            "action": "update_status",
            "new_status": "Done",
            "call_log_ids": ["{uid}"],
            "confirm_operation": True,
        },
        {"workflow": "DONE"},
    ),
    "zenicall archive": Edit(
        "POST",
        BULK,
        {"clinic_id": 1, "action": "archive", "call_log_ids": ["{uid}"], "confirm_operation": True},
        {"workflow": "ARCHIVED"},
    ),
}


def filled(node: Any, ids: Mapping[str, Any]) -> Any:
    """Return *node* with the ids of this call in its texts."""
    if isinstance(node, str):
        return node.format(**ids)
    if isinstance(node, dict):
        return {name: filled(value, ids) for name, value in node.items()}
    return [filled(value, ids) for value in node] if isinstance(node, list) else node


def of_native(call: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: call[name] for name in ("note", "summary", "title", "success", "reason", "workflow")}
    averages = [each["avg"] for each in call["evaluations"]]
    return told | {
        "tags": [tag["name"] for tag in call["tags"]],
        "real_level": call["intent"]["real_level"],
        "average": averages[0] if averages else None,
    }


def of_robotappel(call: Mapping[str, Any]) -> dict[str, Any]:
    return {"note": call["notes"], "summary": call["summary"]}


def of_omicall(call: Mapping[str, Any]) -> dict[str, Any]:
    user = call["user"][0]
    told = user.get("note", ""), [tag["name"] for tag in user.get("tag", [])]  # a search tells what there is
    assert told == (call["note"], call["tag"])
    total = call["total_evaluate"]
    return {"note": call["note"], "tags": call["tag"], "average": total and total["average"]}


def of_toolzz(call: Mapping[str, Any]) -> dict[str, Any]:
    assert (call["endCallType"] == "CONVERTED") == (call["successEvaluation"] is True)
    return {"summary": call["summary"], "title": call["callName"], "success": call["successEvaluation"]}


def of_tanyi(call: Mapping[str, Any]) -> dict[str, Any]:
    return {"real_level": call["realIntentLevel"]}


def of_zenicall(call: Mapping[str, Any]) -> dict[str, Any]:
    reason, status = (call[name].upper().replace(" ", "_") for name in ("reason_for_call", "status"))
    return {"summary": call["summary"] or "", "workflow": status, "reason": reason}


Reader = Callable[[Client, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


def at(method: str, path: str, where: str, body: object = None) -> Reader:
    """Return what reads a call, which lies *where* in the answer."""

    async def read(client: Client, ids: Mapping[str, Any]) -> Mapping[str, Any]:
        told: Any = await client.send(method, path.format(**ids), body)
        for step in where.split():
            told = told[int(step) if step.isdecimal() else step]
        return dict(told)

    return read


OMI_WINDOW: Final = f"from_date={WINDOW['from_date']}&to_date={WINDOW['to_date']}"
SURFACES: Final[Mapping[str, tuple[Callable[[Mapping[str, Any]], dict[str, Any]], Reader]]] = {
    "native": (of_native, at("GET", NATIVE_CALL, "")),
    "robotappel list": (of_robotappel, at("POST", "/callHistory/GetCallHistory", "calls 0", {})),
    "robotappel one": (of_robotappel, at("GET", "/callHistory/retrieveCallInfo/{uid}", "")),
    "omicall list": (of_omicall, at("GET", f"/api/call_transaction/list?{OMI_WINDOW}", "payload items 0")),
    "omicall search": (
        of_omicall,
        at("POST", "/api/call_transaction/search", "payload items 0", {**WINDOW, "user_uuids": []}),
    ),
    "omicall one": (of_omicall, at("GET", "/api/call_transaction/detail/{uid}", "payload")),
    "toolzz list": (of_toolzz, at("POST", "/api/v1/voice/call-logs/search/{unit}", "items 0", {})),
    "toolzz one": (of_toolzz, at("GET", "/api/v1/voice/call-logs/id/{uid}", "")),
    "tanyi list": (
        of_tanyi,
        at("POST", TANYI_LIST, "data content 0", {"robotCallJobId": 50}),
    ),
    "zenicall list": (of_zenicall, at("GET", "/api/v1/call-logs/by-clinic/1", "items 0")),
    "zenicall search": (of_zenicall, at("POST", "/api/v1/call-logs/search", "items 0", {"clinic_id": 1})),
    "zenicall one": (of_zenicall, at("GET", LOG, "")),
}


async def crossed(client: Client, ids: Mapping[str, Any], expected: Mapping[str, Any], *, read: bool) -> None:
    """See that every API shows *expected*, and whether the call was read."""
    for name, (fields, reader) in SURFACES.items():
        call = await reader(client, ids)
        shown = fields(call)
        assert shown == {field: expected[field] for field in shown}, name
        if name == "native":
            assert call["read"] is read
        if name == "tanyi list":
            assert call["readStatus"] == ("HAS_READ" if read else "NOT_READ")


async def ids_of(client: Client, uid: str, *, unit: str) -> dict[str, Any]:
    """Return all that an edit may name."""
    call = await client.send("GET", f"/v1/calls/{uid}")
    criterion = await client.send("POST", "/v1/criteria", {"name": "Tone"})
    (known,) = (await client.send("GET", "/api/evaluation_criteria/call/list"))["payload"]
    return {"uid": uid, "number": call["number"], "criterion": criterion["id"], "hex": known["_id"], "unit": unit}


@pytest.mark.parametrize("name", EDITS)
async def test_what_is_written_anywhere_is_read_everywhere_and_no_webhook_undoes_it(
    world: DialectWorld, name: str
) -> None:
    edit, client = EDITS[name], Client(world)
    uid = await world.call(**FACTS)
    ids = await ids_of(client, uid, unit=unit_uuid(world.acme, "1"))
    read = name in {"native read", "tanyi detail"}
    await crossed(client, ids, THEIRS, read=False)

    await client.send(edit.method, edit.path.format(**ids), filled(edit.body, ids))

    await crossed(client, ids, {**THEIRS, **edit.fields}, read=read)
    await world.call(**FACTS)
    await world.call(**FACTS, event="e-2", received=START + timedelta(days=1))
    await crossed(client, ids, {**THEIRS, **edit.fields}, read=read)


async def test_what_nobody_wrote_follows_the_platform(world: DialectWorld) -> None:
    client = Client(world)
    uid = await world.call(**FACTS)
    ids = await ids_of(client, uid, unit=unit_uuid(world.acme, "1"))
    await client.send("PATCH", f"/v1/calls/{uid}", {"note": "mine"})

    await world.call(**FACTS | {"summary": "new", "note": "new", "tags": ["new"], "rank": 20}, event="e-2")

    await crossed(client, ids, {**THEIRS, "note": "mine", "summary": "new", "tags": ["new"]}, read=False)


OWN: Final = (
    "omicall/cdr-answered.json",
    "robotappel/call-infos.json",
    "tanyi/call-record.json",
    "toolzz/call-log.json",
    "zenicall/call-log-create.json",
)
"""What the dialects' own vendors send, which comes back as it was sent until people write."""
MINE: Final[Mapping[str, Any]] = {
    "note": "mine",
    "tags": ["mine"],
    "summary": "mine",
    "title": "mine",
    "success": True,
    "reason": "EMERGENCY",
    "workflow": "DONE",
    "real_level": "A",
}


@pytest.mark.parametrize("path", OWN)
async def test_what_a_vendor_sent_gives_way_to_what_people_wrote(world: DialectWorld, path: str) -> None:
    (uid,) = await world.hear(path)
    client = Client(world)
    call = await client.send("GET", f"/v1/calls/{uid}")
    ids = {"uid": uid, "number": call["number"]}
    patch = {name: value for name, value in MINE.items() if name != "real_level"} | {"intent": {"real_level": "A"}}

    await client.send("PATCH", f"/v1/calls/{uid}", patch)
    await world.hear(path)

    for name in ("native", "robotappel one", "omicall one", "toolzz one", "zenicall one"):
        fields, reader = SURFACES[name]
        shown = fields(await reader(client, ids))
        assert shown == {field: {**MINE, "average": None}[field] for field in shown}, name
    job = (call["batch"] or {}).get("id") or "0"
    number = (await world.stores.registers.aliases(world.acme, "job", [job]))[job]
    told = await client.send("POST", TANYI_LIST, {"robotCallJobId": number})
    assert [of_tanyi(row) for row in told["data"]["content"]] == [{"real_level": "A"}]
