"""What a sender hears, over real HTTP, and what was made durable when it heard 200."""

import gzip
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from prometheus_client import REGISTRY
from typing_extensions import override

from schemas.envelope import Envelope
from schemas.words import Platform
from stream.memory import MemoryStream
from tests.pure.test_identity import ODD
from tests.service.receiver import JSON, PROVEN, REPORT, SECRET, STARTED, connection, receiver, retell_headers

CALL = "9f6c2a31-5b7e-4c0d-9b1a-0d6f2f7a1c55"


async def test_an_accepted_webhook_is_in_the_stream_with_all_that_folding_needs() -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    sender = connection(unit="u1", agent="a1", batch="b1", metadata={"env": "test"})
    async with receiver(sender) as ingest:
        answer = await ingest.http.post("/webhooks/acme", content=REPORT, headers=PROVEN | {"traceparent": trace})

        [envelope] = ingest.envelopes

    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "accepted", "event_id": f"{CALL}/end-of-call-report"},
    )
    assert (envelope.tenant, envelope.connection, envelope.platform) == ("t", "acme", Platform.VAPI)
    assert (envelope.call_id, envelope.event_id) == (CALL, f"{CALL}/end-of-call-report")
    assert (envelope.event_type, envelope.content_type) == ("end-of-call-report", "application/json")
    assert envelope.traceparent == trace
    assert (envelope.defaults.unit, envelope.defaults.agent, envelope.defaults.batch) == ("u1", "a1", "b1")
    assert envelope.defaults.metadata == {"env": "test"}
    assert json.loads(envelope.body)["message"]["artifact"] is not None


async def test_what_tells_nothing_of_a_call_is_acknowledged_and_not_kept() -> None:
    body = b'{"message":{"type":"speech-update","call":{"id":"c"}}}'
    async with receiver() as ingest:
        answer = await ingest.http.post("/webhooks/acme", content=body, headers=PROVEN)

    assert (answer.status_code, answer.json()) == (200, {"status": "ignored"})
    assert ingest.envelopes == []


BIG = b'"' + b"a" * (5 * 2**20) + b'"'


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 50_000):
        yield body[start : start + 50_000]


REFUSALS: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "no proof": ("/webhooks/acme", {"content": REPORT, "headers": JSON}, 401, "unsigned"),
    "wrong proof": ("/webhooks/acme", {"content": REPORT, "headers": JSON | {"x-vapi-secret": "no"}}, 401, "forged"),
    "no such connection": ("/webhooks/acmee", {"content": REPORT, "headers": PROVEN}, 404, "unknown_connection"),
    "a secret where none is read": (f"/webhooks/acme/{SECRET}", {"headers": PROVEN}, 404, "unknown_connection"),
    "form": ("/webhooks/acme", {"data": {"a": "b"}, "headers": {"x-vapi-secret": SECRET}}, 415, "unsupported_type"),
    "unknown encoding": (
        "/webhooks/acme",
        {"content": REPORT, "headers": PROVEN | {"content-encoding": "br"}},
        415,
        "unsupported_type",
    ),
    "not gzip": (
        "/webhooks/acme",
        {"content": REPORT, "headers": PROVEN | {"content-encoding": "gzip"}},
        422,
        "unreadable",
    ),
    "too large, declared": ("/webhooks/acme", {"content": BIG, "headers": PROVEN}, 413, "too_large"),
    "too large, chunked": ("/webhooks/acme", {"content": chunks(BIG), "headers": PROVEN}, 413, "too_large"),
    "too large, packed": (
        "/webhooks/acme",
        {"content": gzip.compress(BIG), "headers": PROVEN | {"content-encoding": "gzip"}},
        413,
        "too_large",
    ),
    "empty": ("/webhooks/acme", {"content": b"", "headers": PROVEN}, 422, "unreadable"),
    "not JSON": ("/webhooks/acme", {"content": b"{", "headers": PROVEN}, 422, "unreadable"),
    "no call": (
        "/webhooks/acme",
        {"content": b'{"message":{"type":"end-of-call-report"}}', "headers": PROVEN},
        422,
        "unreadable",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_says_why_in_one_fixed_word_and_keeps_nothing(name: str) -> None:
    path, request, status, word = REFUSALS[name]
    async with receiver() as ingest:
        answer = await ingest.http.post(path, **request)

    assert (answer.status_code, answer.json()["error"]) == (status, word)
    assert answer.headers["content-type"] == "application/json"
    assert SECRET not in answer.text
    assert ingest.envelopes == []


async def test_other_methods_are_told_which_one_is_taken() -> None:
    async with receiver() as ingest:
        answer = await ingest.http.put("/webhooks/acme", content=REPORT, headers=PROVEN)

    assert (answer.status_code, answer.json()["error"], answer.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_an_event_that_cannot_be_made_durable_is_refused_with_the_time_to_try_again() -> None:
    async with receiver() as ingest:
        ingest.stream.available = False
        answer = await ingest.http.post("/webhooks/acme", content=REPORT, headers=PROVEN)
        ready = await ingest.http.get("/readyz")

    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert (ready.status_code, ready.json()["parts"]) == (503, {"memory": False})


class Broken(MemoryStream):
    """A stream with a fault in it."""

    @override
    async def publish(self, envelope: Envelope) -> None:
        raise RuntimeError


async def test_a_fault_of_ours_is_never_the_senders_and_told_seldom(caplog: pytest.LogCaptureFixture) -> None:
    async with receiver(stream=Broken()) as ingest:
        for _ in range(5):
            answer = await ingest.http.post("/webhooks/acme", content=REPORT, headers=PROVEN)

    assert (answer.status_code, answer.json()["error"]) == (503, "internal")
    assert [line.message for line in caplog.records] == ["accept_failed"]  # once a minute is enough to know
    assert int(answer.headers["retry-after"]) > 0


async def test_gzip_is_undone_before_the_signature_is_looked_at() -> None:
    async with receiver(connection(platform=Platform.RETELL)) as ingest:
        headers = {**retell_headers(STARTED), "content-encoding": "gzip"}
        answer = await ingest.http.post("/webhooks/acme", content=gzip.compress(STARTED), headers=headers)

    assert answer.status_code == 200
    assert ingest.envelopes[0].body == STARTED


async def test_a_chunked_body_is_taken_as_a_whole() -> None:
    async with receiver(connection(platform=Platform.RETELL)) as ingest:
        answer = await ingest.http.post("/webhooks/acme", content=chunks(STARTED), headers=retell_headers(STARTED))

    assert answer.status_code == 200
    assert ingest.envelopes[0].body == STARTED


async def test_an_alias_path_is_the_connections_second_address_for_posts_only() -> None:
    async with receiver(connection(path="/api/v1/call-logs/webhook")) as ingest:
        posted = await ingest.http.post("/api/v1/call-logs/webhook", content=REPORT, headers=PROVEN)
        read = await ingest.http.get("/api/v1/call-logs/webhook")

    assert (posted.status_code, read.status_code) == (200, 404)


@pytest.mark.parametrize(
    "path",
    [
        "//api/v1//call-logs/webhook",
        "/api/v1/call-logs/webhook/",
        "/dialects/zenicall/api/v1/call-logs/webhook",
        "/dialects/zenicall//api/v1/call-logs/webhook/",
    ],
)
async def test_an_alias_path_is_found_as_the_products_own_clients_spell_it(path: str) -> None:
    async with receiver(connection(path="/api/v1/call-logs/webhook")) as ingest:
        url = str(ingest.http.base_url).rstrip("/") + path
        taken = await ingest.http.post(url, content=REPORT, headers=PROVEN)
        other = await ingest.http.post(f"{url}/more", content=REPORT, headers=PROVEN)

    assert (taken.status_code, other.status_code) == (200, 404)


async def test_a_larger_body_is_taken_where_the_connection_says_so() -> None:
    body = json.dumps({"message": {"type": "end-of-call-report", "call": {"id": "c"}, "pad": "a" * 6 * 2**20}}).encode()
    async with receiver(connection(max_body_mb=7)) as ingest:
        answer = await ingest.http.post("/webhooks/acme", content=body, headers=PROVEN)

    assert answer.status_code == 200
    assert ingest.envelopes[0].body == body


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
async def test_odd_json_is_accepted_or_unreadable(body: bytes) -> None:
    async with receiver(connection(max_body_mb=9)) as ingest:
        answer = await ingest.http.post("/webhooks/acme", content=body, headers=PROVEN)

    assert (answer.status_code, answer.json().get("error")) in [(200, None), (422, "unreadable")]


async def test_refusals_are_logged_seldom_and_without_what_was_sent(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="ingest.webhook")
    async with receiver() as ingest:
        for _ in range(5):
            await ingest.http.post("/webhooks/acme", content=b"a-body", headers=JSON | {"x-vapi-secret": "a-secret"})

    [line] = [each for each in caplog.records if each.name == "ingest.webhook"]
    assert (line.message, line.platform, line.connection, line.reason) == ("refused", "vapi", "acme", "forged")  # type: ignore[attr-defined]
    assert "a-secret" not in str(line.__dict__)
    assert "a-body" not in str(line.__dict__)


async def test_that_nothing_can_be_made_durable_is_logged_seldom(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger="ingest.webhook")
    async with receiver() as ingest:
        ingest.stream.available = False
        for _ in range(5):
            await ingest.http.post("/webhooks/acme", content=REPORT, headers=PROVEN)

    [line] = caplog.records
    assert (line.message, line.platform, line.connection) == ("not_durable", "vapi", "acme")  # type: ignore[attr-defined]
    assert line.why == "the memory stream was told to refuse"  # type: ignore[attr-defined]


async def test_each_webhook_is_counted_once_by_what_became_of_it() -> None:
    before = counted()
    async with receiver() as ingest:
        await ingest.http.post("/webhooks/acme", content=REPORT, headers=PROVEN)
        await ingest.http.post("/webhooks/acme", content=b'{"message":{"type":"hang"}}', headers=PROVEN)
        await ingest.http.post("/webhooks/acme", content=b"{", headers=PROVEN)
        await ingest.http.post("/webhooks/nobody", content=b"{", headers=PROVEN)

    after = counted()
    assert {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)} == {
        ("aftercall_received_total", "vapi", None): 1,
        ("aftercall_ignored_total", "vapi", None): 1,
        ("aftercall_refused_total", "vapi", "unreadable"): 1,
        ("aftercall_refused_total", "unknown", "unknown_connection"): 1,
    }


def counted() -> dict[tuple[str, str, str | None], float]:
    """Return ingest's counters by name, platform and reason."""
    names = ("aftercall_received_total", "aftercall_ignored_total", "aftercall_refused_total")
    return {
        (sample.name, sample.labels["platform"], sample.labels.get("reason")): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name in names
    }
