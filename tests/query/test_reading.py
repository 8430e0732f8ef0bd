"""Rulings 9 and 10: webhooks as they came, what was said, recordings."""

import httpx
import pytest

from schemas.call import Turn
from schemas.words import RecordingChannel, Role
from tests.query.world import START, World

MS = round(START.timestamp() * 1000)


async def test_ruling_9_events_are_listed_oldest_first_with_versions(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    await world.keep("c-1", b'{"n":2}', event_id="a/b?c", received_at=MS + 2)
    await world.keep("c-1", b'{"n":1}', event_id="a/b?c", received_at=MS + 1)
    await world.keep("c-1", b"<x/>", event_id="late", received_at=MS + 3, content_type="text/xml")
    await world.keep("c-1", b'{"n":1}', event_id="a/b?c", received_at=MS + 9)
    await world.keep("c-2", b"{}")

    events = (await crm.get(f"/v1/calls/{uid}/events")).json()["events"]

    assert [(each["event_id"], each["version"], each["bytes"]) for each in events] == [
        ("a/b?c", 1, 7),
        ("a/b?c", 2, 7),
        ("late", 1, 4),
    ]
    assert (
        events[0]
        | {
            "event_type": "end-of-call-report",
            "received_at": "2026-01-31T08:00:00.251Z",
            "content_type": "application/json",
            "connection": "acme-vapi",
        }
        == events[0]
    )
    assert len({each["id"] for each in events}) == 3


async def test_ruling_9_an_event_is_read_as_received_by_its_id_or_its_newest_version(
    crm: httpx.AsyncClient, world: World
) -> None:
    uid = await world.call()
    await world.keep("c-1", b'{ "n": 1 }', event_id="a/b?c", received_at=MS + 1)
    await world.keep("c-1", b"<x/>", event_id="a/b?c", received_at=MS + 2, content_type="text/xml; charset=utf-8")
    first, second = (await crm.get(f"/v1/calls/{uid}/events")).json()["events"]

    by_id = await crm.get(f"/v1/calls/{uid}/events/{first['id']}")
    newest = await crm.get(f"/v1/calls/{uid}/events/a%2Fb%3Fc")
    unknown = await crm.get(f"/v1/calls/{uid}/events/no-such")

    assert (by_id.content, by_id.headers["content-type"]) == (b'{ "n": 1 }', "application/json")
    assert (newest.content, newest.headers["content-type"]) == (b"<x/>", "text/xml; charset=utf-8")
    assert newest.content == (await crm.get(f"/v1/calls/{uid}/events/{second['id']}")).content
    assert unknown.status_code == 404


@pytest.mark.parametrize("content_type", ["", "text/plain\r\nX-Evil: 1", "täxt/plain", "\U0001f600"])
async def test_ruling_9_a_senders_content_type_cannot_break_the_answer(
    crm: httpx.AsyncClient, world: World, content_type: str
) -> None:
    uid = await world.call()
    await world.keep("c-1", b"{}", content_type=content_type)

    answer = await crm.get(f"/v1/calls/{uid}/events/e-1")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/octet-stream")
    assert "x-evil" not in answer.headers


async def test_a_senders_html_does_not_run_in_our_origin(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    await world.keep("c-1", b"<script>x()</script>", content_type="text/html")

    answer = await crm.get(f"/v1/calls/{uid}/events/e-1")

    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_ruling_10_transcript_in_four_formats(crm: httpx.AsyncClient, world: World) -> None:
    turns = [
        Turn(n=1, role=Role.AGENT, text="Xin chào", offset_s=0.5),
        Turn(n=2, role=Role.TOOL, text="{}"),
        Turn(n=3, role=Role.CUSTOMER, text="Hi", offset_s=2.0),
    ]
    uid = await world.call(turns=turns, started_at=START, duration_s=3.0)
    path = f"/v1/calls/{uid}/transcript"

    answers = {name: await crm.get(f"{path}?format={name}") for name in ("json", "text", "srt", "vtt")}
    wrong = await crm.get(f"{path}?format=txt")

    assert [turn["n"] for turn in (await crm.get(path)).json()["turns"]] == [1, 2, 3]
    assert answers["json"].json() == (await crm.get(path)).json()
    assert answers["text"].text == "Agent: Xin chào\nCustomer: Hi\n"
    assert answers["srt"].text.startswith("1\n00:00:00,500 --> 00:00:02,000\nAgent: Xin chào\n\n2\n")
    assert answers["vtt"].text.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.000\n")
    assert (wrong.status_code, wrong.json()["nearest"], wrong.json()["known"]) == (
        400,
        "text",
        ["json", "srt", "text", "vtt"],
    )


async def test_ruling_10_turns_without_times_are_409(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call(turns=[Turn(n=1, role=Role.AGENT, text="Hi")])

    for name, status in (("srt", 409), ("vtt", 409), ("text", 200), ("json", 200)):
        answer = await crm.get(f"/v1/calls/{uid}/transcript?format={name}")
        assert answer.status_code == status
    assert (await crm.get(f"/v1/calls/{uid}/transcript?format=vtt")).json()["code"] == "no_times"


async def test_ruling_10_a_call_without_words_is_200_and_empty(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()

    texts = [(await crm.get(f"/v1/calls/{uid}/transcript?format={name}")).text for name in ("text", "srt", "vtt")]

    assert texts == ["", "", "WEBVTT\n"]


async def test_a_recording_of_the_platform_is_a_redirect(crm: httpx.AsyncClient, world: World) -> None:
    recording = {RecordingChannel.FULL: "https://x.example/a.mp3", RecordingChannel.AGENT: "javascript:alert(1)"}
    uid = await world.call(recording=recording)

    full = await crm.get(f"/v1/calls/{uid}/recordings/full")
    codes = [(await crm.get(f"/v1/calls/{uid}/recordings/{name}")).status_code for name in ("agent", "customer", "x")]

    assert (full.status_code, full.headers["location"]) == (302, "https://x.example/a.mp3")
    assert codes == [404, 404, 400]


@pytest.mark.parametrize(
    ("public_url", "base"), [(None, "http://api"), ("https://calls.example/", "https://calls.example")]
)
async def test_a_recording_that_we_keep_has_a_whole_url_wherever_it_shows(
    world: World, public_url: str | None, base: str
) -> None:
    path = "/v1/calls/x/recordings/full"
    uid = await world.call(recording={RecordingChannel.FULL: path, RecordingChannel.AGENT: "https://x.example/a.mp3"})
    app = world.serve(public_url=public_url)
    order = {"format": "jsonl", "columns": ["recording"], "ids": [uid]}

    async with world.ask(app=app) as crm:
        detail = await crm.get(f"/v1/calls/{uid}")
        listed = (await crm.get("/v1/calls?fields=recording")).json()["calls"][0]
        ordered = (await crm.post("/v1/exports", json=order)).json()["url"]
        exported = (await crm.get(ordered.removeprefix(base))).json()
        tag = {"If-Match": detail.headers["etag"]}
        patched = await crm.patch(f"/v1/calls/{uid}", json={"note": "x"}, headers=tag)

    shown = {"full": base + path, "agent": "https://x.example/a.mp3", "customer": None, "voicemail": None}
    assert [each["recording"] for each in (detail.json(), listed, exported, patched.json())] == [shown] * 4


async def test_what_lies_behind_another_tenants_call_does_not_exist(crm: httpx.AsyncClient, world: World) -> None:
    uid = await world.call()
    await world.keep("c-1", b"{}")

    async with world.ask("other") as other:
        for path in ("transcript", "events", "events/e-1", "history", "recordings/full"):
            assert (await other.get(f"/v1/calls/{uid}/{path}")).status_code == 404
