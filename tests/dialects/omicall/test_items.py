"""A call as OMICall shows it, field by field: its own, a bot's, any platform's."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from query.dialects.columns import table
from query.dialects.omicall.items import ITEM, SEARCHED
from query.dialects.omicall.parties import unsigned
from schemas.words import Direction, Outcome, Platform, Stage
from tests.dialects.omicall.client import AT, DAY_MS, DETAIL, ENDED, LIST, SEARCH, WINDOW, ms, payload
from tests.dialects.world import DialectWorld
from tests.query.world import NOW, START
from tests.webhooks import FIXTURES


@pytest.mark.parametrize("name", ["cdr-answered", "cdr-missed-2021", "item-of-a-list", "item-of-a-search"])
async def test_its_own_record_comes_back_as_it_was_sent(omi: httpx.AsyncClient, world: DialectWorld, name: str) -> None:
    path = FIXTURES / "omicall" / f"{name}.json"
    sent = json.loads(path.read_bytes())
    await world.hear(path)
    window = {"from_date": sent["created_date"], "to_date": sent["created_date"]}

    (item,) = payload(await omi.get(LIST, params=window))["items"]
    (wide,) = payload(await omi.post(SEARCH, json={"user_uuids": [], **window}))["items"]
    alone = payload(await omi.get(f"{DETAIL}/{sent['transaction_id']}"))

    assert item == alone
    for shown in (item, wide):
        assert shown == laid_over(shown, sent)
    if name == "item-of-a-list":
        assert {field: item[field] for field in sent} == sent
    if name == "item-of-a-search":
        assert {field: wide[field] for field in sent} == sent


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("item-of-a-list", {"is_voicemail": True}),
        (
            "item-of-a-search",
            {
                **dict.fromkeys(("created_date", "last_updated_date", "ms_time_start_to_answer"), 946659600000),
                **dict.fromkeys(("time_start_call", "time_end_call", "time_start_to_answer"), 9466596000),
                "time_start_media": 9466596001,
            },
        ),
    ],
)
async def test_what_its_vendors_examples_say_comes_back_even_where_it_is_odd(
    omi: httpx.AsyncClient, world: DialectWorld, tmp_path: Path, name: str, told: dict[str, Any]
) -> None:
    sent = json.loads((FIXTURES / "omicall" / f"{name}.json").read_bytes()) | told
    path = tmp_path / "omicall" / "odd.json"
    path.parent.mkdir()
    path.write_text(json.dumps(sent))
    await world.hear(path)
    window = {"from_date": sent["created_date"], "to_date": sent["created_date"]}

    (wide,) = payload(await omi.post(SEARCH, json={"user_uuids": [], **window}))["items"]

    assert wide == laid_over(wide, sent)


def laid_over(shown: Any, sent: Any) -> Any:
    """Return what is *shown* with all that was *sent* of it in its place; a note of null is an empty one."""
    if isinstance(shown, dict) and isinstance(sent, dict):
        both = {name: value for name, value in sent.items() if name in shown and (name, value) != ("note", None)}
        return {**shown, **{name: laid_over(shown[name], value) for name, value in both.items()}}
    if isinstance(shown, list) and isinstance(sent, list) and len(shown) == len(sent):
        return [laid_over(*pair) for pair in zip(shown, sent, strict=True)]
    return sent


_INT, _STR, _BOOL, _LIST, _FLOAT = (frozenset({each}) for each in (int, str, bool, list, float))
_OBJECT: Final[frozenset[type]] = frozenset({dict, type(None)})
TYPES: Final[dict[str, frozenset[type]]] = {
    **dict.fromkeys(
        (
            *("bill_sec", "record_seconds", "time_start_to_answer", "duration", "created_date", "last_updated_date"),
            *("bill_sec_forward_out", "answer_sec", "time_start_call", "time_end_call"),
        ),
        _INT,
    ),
    **dict.fromkeys(
        (
            *("transaction_id", "direction", "source_number", "destination_number", "disposition", "sip_user"),
            *("provider", "note", "recording_file_voicemail", "hotline", "phone_number", "sip_number"),
            *("hangup_cause", "tenant_id", "ivr", "queue_destination"),
        ),
        _STR,
    ),
    **dict.fromkeys(("is_voicemail", "is_have_forward_out", "is_auto_call"), _BOOL),
    **dict.fromkeys(("tag", "user"), _LIST),
    **dict.fromkeys(("create_by", "internal_destination", "customer", "total_evaluate"), _OBJECT),
    "evaluations": frozenset({list, type(None)}),
    "recording_file": frozenset({str, type(None)}),
    "call_out_price": frozenset({int, float}),
}
WIDER: Final[dict[str, frozenset[type]]] = {
    **TYPES,
    **dict.fromkeys(("_id", "dial_status", "domain_fusion", "domain", "pbx_type", "sip_from_user", "nation"), _STR),
    **dict.fromkeys(
        (
            *("ms_time_start_to_answer", "time_start_media", "wait_sec", "hold_call_sec", "playback_seconds"),
            "hangup_cause_q850",
        ),
        _INT,
    ),
    **dict.fromkeys(
        (
            *("is_stop_ivr", "is_deleted", "is_callbot", "is_ai", "is_trunk", "suspicious_checked"),
            *("is_missed_call", "is_analyzed"),
        ),
        _BOOL,
    ),
    "rtp_audio_in_mos": _FLOAT,
}


async def walked(client: httpx.AsyncClient, days: set[int]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the items of lists and of searches over *days*, page after page, as clients loop."""
    items: list[dict[str, Any]] = []
    wide: list[dict[str, Any]] = []
    for day in sorted(days):
        window = {"from_date": day * DAY_MS, "to_date": (day + 1) * DAY_MS - 1}
        page, more = 0, True
        while more:
            page += 1
            found = payload(await client.get(LIST, params={**window, "page": page}))
            searched = await client.post(f"{SEARCH}?page={page}&size=50", json={**window, "user_uuids": []})
            items, wide = items + found["items"], wide + payload(searched)["items"]
            more = found["has_next"]
    return items, wide


async def test_every_stored_call_of_every_platform_is_shown_with_types_as_documented(
    omi: httpx.AsyncClient, world: DialectWorld
) -> None:
    await world.hear_all()
    listing = (await omi.get("/v1/calls?limit=200", headers={"Authorization": "Bearer crm"})).json()
    calls = listing["calls"]
    assert listing["next_cursor"] is None
    days = {int(datetime.fromisoformat(call["created_at"]).timestamp() // 86_400) for call in calls}

    items, wide = await walked(omi, days)

    assert len(items) == len(wide) == len([call for call in calls if call["outcome"] != "in_progress"])
    for known, rows in ((TYPES, items), (WIDER, wide)):
        for row in rows:
            assert row.keys() == known.keys()
            wrong = {name: row[name] for name, types in known.items() if type(row[name]) not in types}
            assert not wrong, row["transaction_id"]
            assert row["direction"] in {"inbound", "outbound", "local", ""}
            assert row["disposition"] in {"answered", "cancelled"}
            assert row["user"][0]["full_name"] is not None
            assert row["phone_number"] or not row["direction"]
            assert len(str(row["created_date"])) == 13
            assert row["time_start_to_answer"] > 10**9
    assert {len(bytes.fromhex(row["tenant_id"])) for row in items} == {12}
    for row in items:
        alone = payload(await omi.get(f"{DETAIL}/{row['transaction_id']}"))
        assert alone["transaction_id"] == row["transaction_id"]


async def test_a_call_of_a_bot_is_shown_as_clients_expect(omi: httpx.AsyncClient, world: DialectWorld) -> None:
    await world.call(
        "c-1",
        platform=Platform.RETELL,
        stage=Stage.ENDED,
        outcome=Outcome.NO_ANSWER,
        direction=Direction.INBOUND,
        created_at=START,
    )

    (item,) = payload(await omi.get(LIST, params=WINDOW))["items"]

    assert item | {"tenant_id": ""} == {
        "transaction_id": world.uid("c-1", platform=Platform.RETELL),
        "direction": "inbound",
        "source_number": "",
        "destination_number": "",
        "disposition": "cancelled",
        "bill_sec": 0,
        "record_seconds": 0,
        "time_start_to_answer": AT // 1000,
        "recording_file": None,
        "sip_user": "",
        "duration": 0,
        "provider": "",
        "note": "",
        "tag": [],
        "call_out_price": 0,
        "created_date": AT,
        "last_updated_date": ms(NOW),
        "is_voicemail": False,
        "recording_file_voicemail": "",
        "user": [{"full_name": "", "full_name_unsigned": "", "note": "", "tag": []}],
        "create_by": None,
        "internal_destination": None,
        "evaluations": None,
        "total_evaluate": None,
        "customer": None,
        "is_have_forward_out": False,
        "bill_sec_forward_out": 0,
        "hotline": "",
        "phone_number": "anonymous",
        "sip_number": "",
        "answer_sec": 0,
        "time_start_call": AT // 1000,
        "time_end_call": AT // 1000,
        "hangup_cause": "",
        "tenant_id": "",
        "ivr": "none",
        "is_auto_call": False,
        "queue_destination": "",
    }


@pytest.mark.parametrize(
    ("facts", "duration", "ended_s"),
    [
        ({"duration_s": 31.5, "wait_s": 5.0}, 32, 31),
        ({"answered_at": START + timedelta(seconds=8), "wait_s": 5.0}, 28, 28),
        ({"answered_at": START - timedelta(seconds=8)}, 20, 20),
        ({"wait_s": 5.0}, 25, 25),
        ({"wait_s": 5.0, "ended_at": START + timedelta(seconds=40)}, 40, 40),
    ],
    ids=str,
)
async def test_a_duration_that_nobody_told_is_ringing_and_talk(
    omi: httpx.AsyncClient, world: DialectWorld, facts: dict[str, Any], duration: int, ended_s: int
) -> None:
    await world.call("c-1", **ENDED, created_at=START, started_at=START, talk_s=20.0, **facts)

    (item,) = payload(await omi.get(LIST, params=WINDOW))["items"]

    assert (item["duration"], item["time_end_call"] - item["time_start_call"]) == (duration, ended_s)


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Trần Văn Tiến", "Tran Van Tien"), ("Đỗ đức", "Do duc"), ("", ""), ("TestBoss 123", "TestBoss 123")],
)
def test_a_name_without_diacritics_keeps_its_letter_case(name: str, plain: str) -> None:
    assert unsigned(name) == plain


def test_the_docs_have_the_tables_of_fields() -> None:
    told = Path("docs/dialects/omicall.md").read_text()

    assert table(ITEM) in told
    assert table([column for column in SEARCHED if column.name not in {each.name for each in ITEM}]) in told
