"""What people write on calls: it wins, it survives, it is on record, no two writers lose anything."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.call import Evaluation, Intent, Score, call_key, call_uid
from schemas.edit import EDITABLE, Criterion, Patch
from schemas.envelope import Envelope
from schemas.query import CallQuery, Condition, Field, Op
from schemas.update import Media
from schemas.words import Platform, RecordingChannel, Workflow
from storage.errors import Changed
from tests.ports.stores import People, people_store
from tests.pure.storage.updates import START_MS, make_update

KEY = call_key(tenant="acme", platform="vapi", platform_call_id="c-1")
UID = call_uid(KEY)


@pytest.fixture
async def store(mongo_url: str, prepared: str) -> AsyncIterator[People]:
    async with people_store(mongo_url, prepared) as opened:
        yield opened


async def patch(store: People, **fields: Any) -> Any:
    """Return the call after the key `crm` patched it."""
    return await store.editor.edit("acme", UID, Patch(fields), by="crm")


async def test_an_edit_wins_and_null_takes_it_back(store: People) -> None:
    await store.writer.apply([make_update(summary="told", success=True, tags=["a"], note="n")])

    call = await patch(store, summary="", success=False, tags=["b", "b", "$c"], note="N", workflow="DONE", read=True)

    assert (call.summary, call.success, call.note, call.read, call.workflow) == ("", False, "N", True, Workflow.DONE)
    assert [tag.name for tag in call.tags] == ["b", "$c"]
    assert (call.revision, call.updated_by) == (2, "crm")
    assert call.edited_at == call.updated_at

    call = await patch(store, **dict.fromkeys(EDITABLE))

    assert (call.summary, call.success, call.note, call.read, call.workflow) == ("told", True, "n", False, Workflow.NEW)
    assert [tag.name for tag in call.tags] == ["a"]


async def test_intent_is_patched_member_by_member(store: People) -> None:
    await store.writer.apply([make_update(intent=Intent(level="C", label="cold"))])

    call = await patch(store, intent={"real_level": "A"})
    assert call.intent == Intent(level="C", label="cold", real_level="A")

    await store.writer.apply([make_update(intent=Intent(level="B"), rank=20, event="e-2")])
    call = await patch(store, intent={"label": "warm"})
    assert call.intent == Intent(level="B", label="warm", real_level="A")

    call = await patch(store, intent={"real_level": None, "label": None})
    assert call.intent == Intent(level="B")


async def test_edits_survive_later_events_and_repeated_ones(store: People) -> None:
    first, later = make_update(summary="told"), make_update(summary="told later", rank=20, event="e-2")
    await store.writer.apply([first])
    await patch(store, summary="ours")

    await store.writer.apply([later, first])
    call = await store.reader.get("acme", UID)

    assert call is not None
    assert (call.summary, call.updated_by) == ("ours", "crm")
    assert (await patch(store, summary=None)).summary == "told later"


async def test_an_edit_is_found_at_once(store: People) -> None:
    await store.writer.apply([make_update(title="old", tags=["a"])])
    await patch(store, title="new", tags=["b"])

    async def found(field: Field, value: str) -> int:
        return len((await store.reader.page("acme", CallQuery(filter=Condition(field, Op.EQ, value)))).rows)

    assert [await found(Field.TITLE, title) for title in ("old", "new")] == [0, 1]
    assert [await found(Field.TAG, tag) for tag in ("a", "b")] == [0, 1]


async def test_a_patch_that_changes_nothing_leaves_the_call_as_it_is(store: People) -> None:
    await store.writer.apply([make_update()])
    before = await patch(store, note="n")

    assert await patch(store, note="n") == before
    assert await patch(store) == before


async def test_a_change_meant_for_another_revision_is_refused(store: People) -> None:
    await store.writer.apply([make_update()])
    await patch(store, note="n")

    with pytest.raises(Changed):
        await store.editor.edit("acme", UID, Patch({"note": "m"}), by="crm", revision=1)
    call = await store.editor.edit("acme", UID, Patch({"note": "m"}), by="crm", revision=2)

    assert call is not None
    assert call.note == "m"


async def test_history_tells_who_changed_what_newest_first(store: People) -> None:
    await store.writer.apply([make_update(summary="told", tags=["a"])])
    await patch(store, summary="one", tags=["b"])
    await store.writer.apply([make_update(summary="later", rank=20, event="e-2")])
    await patch(store, summary=None)
    await patch(store, workflow="DONE")

    told = [(entry.field, entry.before, entry.after) for entry in await store.editor.history("acme", KEY)]

    assert told == [
        ("workflow", "NEW", "DONE"),
        ("summary", "one", "later"),
        ("tags", ["a"], ["b"]),
        ("summary", "told", "one"),
    ]
    assert {entry.key for entry in await store.editor.history("acme", KEY)} == {"crm"}
    assert await store.editor.history("other", KEY) == []


async def test_a_call_that_is_not_there_or_not_seen_is_not_edited(store: People) -> None:
    await store.writer.apply([make_update()])
    anything = Patch({"note": "n"})

    assert await store.editor.edit("other", UID, anything, by="crm") is None
    assert await store.editor.edit("acme", UID, anything, by="crm", units=("1",)) is None
    assert not await store.editor.evaluate("other", UID, evaluation("e"))
    call = await store.reader.get("acme", UID)
    assert call is not None
    assert (call.note, call.revision) == (None, 1)


async def test_many_are_edited_and_the_missing_told(store: People) -> None:
    await store.writer.apply([make_update(call=f"c-{n}") for n in range(1, 451)])
    ids = [call_uid(call_key(tenant="acme", platform="vapi", platform_call_id=f"c-{n}")) for n in range(1, 451)]

    found = await store.editor.edit_many("acme", [*ids, "1000000000", "nobody"], Patch({"read": True}), by="crm")

    assert found == {**dict.fromkeys([*ids, "1000000000"], True), "nobody": False}
    read = Condition(Field.READ, Op.EQ, value=True)
    assert (await store.reader.page("acme", CallQuery(filter=read, total=True))).total == 450


def evaluation(name: str, *, avg: float = 7.5, user: str = "ada") -> Evaluation:
    scores = [Score("c", "Kindness", avg)]
    return Evaluation(id=name, user=user, comment=None, values=scores, avg=avg, at=datetime(2026, 11, 21, tzinfo=UTC))


async def test_evaluations_add_up_and_one_of_the_same_id_is_replaced(store: People) -> None:
    await store.writer.apply([make_update()])

    for one in (evaluation("e-1", avg=4), evaluation("e-2", avg=8), evaluation("e-1", avg=6), evaluation("e-1", avg=6)):
        assert await store.editor.evaluate("acme", UID, one)
    call = await store.reader.get("acme", UID)

    assert call is not None
    assert [(one.id, one.avg) for one in call.evaluations] == [("e-2", 8.0), ("e-1", 6.0)]
    for least, found in ((7.0, 1), (7.1, 0)):
        asked = CallQuery(filter=Condition(Field.SCORE, Op.GTE, least), total=True)
        assert (await store.reader.page("acme", asked)).total == found


async def test_criteria_are_kept_by_tenant(store: People) -> None:
    made = [Criterion(id=str(n), name=f"{n}", created_at=datetime(2026, 11, n, tzinfo=UTC)) for n in (2, 1)]
    for one in made:
        await store.criteria.put("acme", one)
    await store.criteria.put("acme", Criterion(id="1", name="better", created_at=made[1].created_at))

    assert [one.name for one in await store.criteria.criteria("acme")] == ["better", "2"]
    assert await store.criteria.criteria("other") == []
    assert not await store.criteria.remove("other", "1")
    assert await store.criteria.remove("acme", "1")
    assert not await store.criteria.remove("acme", "1")


def event(body: bytes, *, received: int = 0, name: str = "e/1", tenant: str = "acme") -> Envelope:
    return Envelope(
        event_id=name, platform=Platform.VAPI, connection="acme-vapi", tenant=tenant, call_id="c-1",
        event_type="end", received_at=START_MS + received, content_type="application/json", body=body,
    )  # fmt: skip


async def test_raw_events_are_read_back_with_their_versions(store: People) -> None:
    long = b"x" * 16_000_000
    other = event(b"other", name="e-2", received=1)
    await store.writer.keep([event(b"one"), event(long, received=2), other, other])
    await store.writer.keep([event(b"one", received=1), event(b"one", tenant="other")])

    known = await store.events.events("acme", KEY)

    assert [(row.event_id, row.version, row.size) for row in known] == [
        ("e/1", 1, 3), ("e-2", 1, 5), ("e/1", 2, len(long)),
    ]  # fmt: skip
    newest = await store.events.event("acme", KEY, "e/1")
    very = await store.events.event("acme", KEY, known[0].id)
    assert newest == (known[2], long)
    assert very == (known[0], b"one")
    assert await store.events.event("acme", KEY, "e-9") is None
    assert await store.events.events("other", KEY) == []


async def test_a_recording_of_ours_is_read_back(store: People) -> None:
    poor, rich = b"mp3" * 3, b"wav" * 6_000_000
    first = make_update(media={RecordingChannel.FULL: Media("audio/mpeg", poor)}, rank=1)
    better = make_update(media={RecordingChannel.FULL: Media("audio/wav", rich)}, rank=2, event="e-2")

    await store.writer.apply([first])
    assert await store.events.media("acme", KEY, RecordingChannel.FULL) == Media("audio/mpeg", poor)
    await store.writer.apply([better, first])

    assert await store.events.media("acme", KEY, RecordingChannel.FULL) == Media("audio/wav", rich)
    assert await store.events.media("acme", KEY, RecordingChannel.AGENT) is None
    assert await store.events.media("other", KEY, RecordingChannel.FULL) is None


async def test_people_and_webhooks_at_the_same_time_lose_nothing(prepared: str, mongo_url: str) -> None:
    async with people_store(mongo_url, prepared) as one, people_store(mongo_url, prepared) as two:
        await one.writer.apply([make_update()])

        async with asyncio.TaskGroup() as group:
            for n in range(12):
                store = (one, two)[n % 2]
                update = make_update(ext={f"k{n}": n}, event=f"e-{n}")
                group.create_task(store.writer.apply([update]))
                group.create_task(store.editor.evaluate("acme", UID, evaluation(f"e-{n}")))
            for name, value in {"note": "n", "title": "t", "summary": "s", "read": True}.items():
                group.create_task(two.editor.edit("acme", UID, Patch({name: value}), by=name))
        call = await one.reader.get("acme", UID)
        history = await one.editor.history("acme", KEY)

        assert call is not None
        assert (call.note, call.title, call.summary, call.read) == ("n", "t", "s", True)
        assert call.ext == {"vapi": {f"k{n}": n for n in range(12)}}
        assert {one.id for one in call.evaluations} == {f"e-{n}" for n in range(12)}
        assert {(entry.key, entry.field) for entry in history} == {(n, n) for n in ("note", "title", "summary", "read")}
        assert len(history) == 4
