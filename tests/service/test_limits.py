"""What a client may take of the server's memory and time; raw sockets, as no library would send this."""

import asyncio
import gzip
import hashlib
import hmac
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from ingest.in_flight import CLASSES
from runtime.protocol import Limits
from tests.service.receiver import PROVEN, REPORT, Receiver, connection, receiver

QUICK = Limits(head_s=0.2, body_s=0.2, idle_s=1, stalled_s=0.2, body_bytes_per_s=2**20)
SOON_S = 60
HEAD = "POST /webhooks/acme HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-vapi-secret: the-secret\r\n"


class Line:
    """A connection that is written to byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes | str) -> None:
        self.writer.write(data.encode() if isinstance(data, str) else data)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """Return what comes until the server closes, in order or because it is still written to."""
        told = b""
        async with asyncio.timeout(SOON_S):
            with suppress(ConnectionResetError):
                while some := await self.reader.read(2**16):
                    told += some
        return told

    async def answer(self) -> tuple[int, dict[str, str]]:
        """Return status and body of one answer; the connection stays."""
        async with asyncio.timeout(SOON_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            return int(head.split()[1]), json.loads(await self.reader.readexactly(length))


@asynccontextmanager
async def line(ingest: Receiver) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


async def test_a_connection_that_asks_nothing_is_closed() -> None:
    async with receiver(limits=QUICK) as ingest, line(ingest) as client:
        assert await client.rest() == b""


@pytest.mark.parametrize(
    "begun", ["P", HEAD, HEAD + "content-length: 100\r\n\r\n", HEAD + "content-length: 100\r\n\r\n{"], ids=len
)
async def test_a_request_that_stops_halfway_is_told_and_cut_off(begun: str) -> None:
    async with receiver(limits=QUICK) as ingest, line(ingest) as client:
        await client.send(begun)

        assert (await client.rest()).startswith(b"HTTP/1.1 408 ")
        assert ingest.envelopes == []


@pytest.mark.parametrize("start", [HEAD, HEAD + "content-length: 5000000\r\n\r\n"], ids=["head", "body"])
async def test_a_trickle_does_not_keep_a_connection(start: str) -> None:
    async with receiver(limits=QUICK) as ingest, line(ingest) as client:
        await client.send(start)

        async def trickle() -> None:
            while True:
                await client.send("x")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(trickle())
        told = await client.rest()
        dripping.cancel()

    assert told.startswith(b"HTTP/1.1 408 ")


async def test_line_breaks_between_requests_do_not_keep_a_connection() -> None:
    async with receiver(limits=QUICK) as ingest, line(ingest) as client:
        await client.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await client.answer())[0] == 200
        await client.send("\r\n")

        assert await client.rest() == b""


@pytest.mark.parametrize(
    "head",
    [
        HEAD + "x-large: " + "a" * 40_000 + "\r\n\r\n",
        HEAD + "x-endless: " + "a" * 200_000,
        HEAD + "".join(f"x-{n}: 1\r\n" for n in range(150)) + "\r\n",
        f"GET /webhooks/{'a' * 40_000} HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
    ids=["one large", "one without end", "many", "a long path"],
)
async def test_a_head_that_is_too_large_is_refused(head: str) -> None:
    async with receiver() as ingest, line(ingest) as client:
        await client.send(head)

        assert (await client.answer())[0] == 431


@pytest.mark.parametrize(
    "head", ["\x16\x03\x01\x02\x00\x01", "GET\r\n\r\n", HEAD + "content-length: -1\r\n\r\n"], ids=len
)
async def test_what_is_no_http_is_refused(head: str) -> None:
    async with receiver() as ingest, line(ingest) as client:
        await client.send(head)

        assert (await client.rest()).startswith(b"HTTP/1.1 400 ")


async def test_a_body_declared_too_large_is_refused_before_it_is_sent() -> None:
    async with receiver() as ingest, line(ingest) as client:
        await client.send(HEAD + "content-length: 900000000\r\n\r\n")

        assert await client.answer() == (
            413,
            {"error": "too_large", "detail": "The body is larger than 5242880 bytes."},
        )


async def test_a_sender_that_waits_for_a_word_first_is_told_to_go_on_or_not() -> None:
    async with receiver() as ingest, line(ingest) as client, line(ingest) as other:
        await client.send(HEAD + f"content-length: {len(REPORT)}\r\nexpect: 100-continue\r\n\r\n")
        assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.send(REPORT)
        assert (await client.answer())[0] == 200

        await other.send(HEAD + "content-length: 900000000\r\nexpect: 100-continue\r\n\r\n")
        assert (await other.answer())[0] == 413


async def test_a_gzip_bomb_is_refused_by_what_it_would_become() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000)
    async with receiver() as ingest:
        tracemalloc.start()
        answer = await ingest.http.post("/webhooks/acme", content=bomb, headers=PROVEN | {"content-encoding": "gzip"})
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert answer.status_code == 413
    assert most < 50_000_000


async def test_a_connection_serves_many_requests_one_behind_the_other() -> None:
    body = b'{"message":{"type":"hang"}}'
    request = (HEAD + f"content-length: {len(body)}\r\n\r\n").encode() + body
    async with receiver() as ingest, line(ingest) as client:
        await client.send(request * 20)

        assert [await client.answer() for _ in range(20)] == [(200, {"status": "ignored"})] * 20


async def test_a_thousand_idle_connections_do_not_hurt() -> None:
    async with receiver() as ingest:
        idle = [await asyncio.open_connection("127.0.0.1", ingest.port) for _ in range(1000)]
        answers = [await ingest.http.post("/webhooks/acme", content=REPORT, headers=PROVEN) for _ in range(20)]
        for _, writer in idle:
            writer.close()

    assert {answer.status_code for answer in answers} == {200}


async def test_many_senders_at_once_are_all_answered_for_what_they_sent() -> None:
    bodies = [b'{"message":{"type":"end-of-call-report","call":{"id":"c%d"}}}' % n for n in range(300)]
    async with receiver() as ingest:
        answers = await asyncio.gather(
            *(ingest.http.post("/webhooks/acme", content=body, headers=PROVEN) for body in bodies)
        )
        kept = {envelope.event_id for envelope in ingest.envelopes}

    assert [answer.json()["event_id"] for answer in answers] == [f"c{n}/end-of-call-report" for n in range(300)]
    assert kept == {f"c{n}/end-of-call-report" for n in range(300)}


async def test_large_bodies_wait_for_one_another_and_then_are_put_off_while_small_ones_pass() -> None:
    large = CLASSES[1]
    fit = large.together // large.body
    head = (HEAD + f"content-length: {large.body}\r\n\r\n").encode()
    async with receiver() as ingest:
        clients = [Line(*await asyncio.open_connection("127.0.0.1", ingest.port)) for _ in range(fit + 1)]
        for client in clients:
            await client.send(head + b"x")
        small = await ingest.http.post("/webhooks/acme", content=REPORT, headers=PROVEN)
        refused = await clients[-1].answer()  # it waited, and nobody ended
        for client in clients:
            client.writer.close()

    assert small.status_code == 200
    assert (refused[0], refused[1]["error"]) == (503, "unavailable")


async def test_more_large_bodies_than_fit_are_all_taken_one_behind_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.in_flight.WAIT_S", SOON_S)  # they come and go as quickly as the machine can
    body = json.dumps({"message": {"type": "end-of-call-report", "call": {"id": "c"}, "pad": "a" * 4 * 2**20}}).encode()
    async with receiver() as ingest:
        answers = await asyncio.gather(
            *(ingest.http.post("/webhooks/acme", content=body, headers=PROVEN) for _ in range(20))
        )

    assert [answer.status_code for answer in answers] == [200] * 20


async def test_requests_sent_at_once_are_each_answered_in_order() -> None:
    calls = [f"call-{n}" for n in range(5)]
    bodies = [json.dumps({"message": {"type": "hang" if n == 2 else "end-of-call-report", "call": {"id": call}}})
              for n, call in enumerate(calls)]  # fmt: skip
    async with receiver() as ingest, line(ingest) as client:
        await client.send("".join(f"{HEAD}content-length: {len(body)}\r\n\r\n{body}" for body in bodies))
        answers = [await client.answer() for _ in calls]
        await client.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await client.answer())[0] == 200

    # The third tells nothing of a call.
    ids = [None if n == 2 else f"{call}/end-of-call-report" for n, call in enumerate(calls)]
    assert [(status, told.get("event_id")) for status, told in answers] == [(200, told) for told in ids]


async def test_what_is_in_flight_is_answered_while_the_server_ends() -> None:
    async with receiver(drain_s=SOON_S) as ingest:
        reader, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
        client = Line(reader, writer)
        await client.send((HEAD + f"content-length: {len(REPORT)}\r\n\r\n").encode() + REPORT[:100])
        await ingest.http.get("/healthz")  # what was sent before it has arrived

        async def finish() -> tuple[int, dict[str, str]]:
            await _refused(ingest.port)
            await client.send(REPORT[100:])
            return await client.answer()

        finishing = asyncio.create_task(finish())

    assert (await finishing)[0] == 200
    assert len(ingest.envelopes) == 1
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection("127.0.0.1", ingest.port)
    writer.close()


async def test_a_request_on_its_way_when_the_server_ends_is_answered() -> None:
    request = HEAD + f"content-length: {len(REPORT)}\r\n\r\n"
    async with receiver(limits=Limits(last_s=7), drain_s=SOON_S) as ingest:
        reader, writer = await asyncio.open_connection("127.0.0.1", ingest.port)
        client = Line(reader, writer)
        await client.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await client.answer())[0] == 200

        async def send_late() -> tuple[int, dict[str, str]]:
            await _refused(ingest.port)
            await client.send(request.encode() + REPORT)
            return await client.answer()

        sending = asyncio.create_task(send_late())

    assert (await sending)[0] == 200
    assert await client.rest() == b""
    writer.close()
    assert len(ingest.envelopes) == 1


async def _refused(port: int) -> None:
    """Return when *port* takes no new connections."""
    with suppress(OSError):
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await asyncio.sleep(0.01)


async def test_forwarded_headers_are_believed_from_trusted_proxies_only() -> None:
    signed = connection(scheme="hmac", format="{url} {body}")
    body = b'{"message":{"type":"hang"}}'
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "hooks.example.com"}
    headers = PROVEN | forwarded | {"x-signature": _hmac(b"https://hooks.example.com/webhooks/acme?a=1 " + body)}
    for proxies, status in (((), 401), (("10.0.0.0/8",), 401), (("127.0.0.0/8",), 200), (("*",), 200)):
        async with receiver(signed, proxies=proxies) as ingest:
            answer = await ingest.http.post("/webhooks/acme?a=1", content=body, headers=headers)
        assert answer.status_code == status, proxies


def _hmac(text: bytes) -> str:
    return hmac.digest(b"the-secret", text, hashlib.sha256).hex()
