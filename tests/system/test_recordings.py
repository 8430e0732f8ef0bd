"""Audio that came in a webhook is a recording of ours: whole, in ranges, and for nobody without a key."""

import hmac
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.system.command import LANDED_WITHIN_S, Running, read, started, status

TOKEN: Final = "ac_recordings"
SECRET: Final = "wsec_recordings"
SOUND: Final = (
    b"ID3\x04" + bytes(range(256)) * 30_000
)  # 7.7 MB, 10 MB as base64: above Kafka's and MongoDB's usual bounds
CONFIG: Final = f"""
[[tenants]]
id = "acme"

[[connections]]
id = "bot"
tenant = "acme"
platform = "elevenlabs"
secrets = ["{SECRET}"]

[[keys]]
id = "tests"
tenant = "acme"
token_sha256 = "{sha256(TOKEN.encode()).hexdigest()}"
"""

WORDS: Final = {
    "agent_id": "a-1",
    "conversation_id": "conv_1",
    "status": "done",
    "transcript": [{"role": "user", "message": "Hello?", "time_in_call_secs": 1}],
    "metadata": {"start_time_unix_secs": 1789000000, "call_duration_secs": 22, "cost_fiat": 0.0421},
}
AUDIO: Final = {"agent_id": "a-1", "conversation_id": "conv_1", "full_audio": b64encode(SOUND).decode()}


def post(up: Running, kind: str, told: dict[str, Any]) -> int:
    """Post *told* as ElevenLabs signs it; return the status."""
    body = json.dumps({"type": kind, "event_timestamp": 1789000030, "data": told}).encode()
    at = str(int(time.time()))
    digest = hmac.digest(SECRET.encode(), f"{at}.".encode() + body, "sha256").hex()
    headers = {"content-type": "application/json", "elevenlabs-signature": f"t={at},v0={digest}"}
    return status(f"{up.url}/webhooks/bot", body=body, headers=headers)


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, dict[str, Any]]]:
    """A running service, and the call once both of its webhooks are stored; the audio came first."""
    directory = tmp_path_factory.mktemp("recordings")
    (directory / "aftercall.toml").write_text(CONFIG)
    with started("up", directory=directory) as up:
        up.ready()
        assert post(up, "post_call_audio", AUDIO) == 200
        assert post(up, "post_call_transcription", WORDS) == 200
        yield up, _stored(up)


def _stored(up: Running) -> dict[str, Any]:
    deadline = time.monotonic() + LANDED_WITHIN_S
    while True:
        for found in read(f"{up.url}/v1/calls", token=TOKEN)["calls"]:
            if found["has_recording"] and found["has_transcript"]:
                call: dict[str, Any] = read(f"{up.url}/v1/calls/{found['uid']}", token=TOKEN)
                return call
        assert time.monotonic() < deadline, "the call does not land"
        time.sleep(0.1)


def fetch(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of one GET."""
    request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})  # noqa: S310
    try:
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own URL
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_words_and_audio_are_one_call(call: tuple[Running, dict[str, Any]]) -> None:
    up, told = call

    assert (told["outcome"], told["talk_s"], len(told["turns"])) == ("answered", 22.0, 1)
    assert told["recording"]["full"] == f"{up.url}/v1/calls/{told['uid']}/recordings/full"


def test_the_recording_is_what_was_spoken(call: tuple[Running, dict[str, Any]]) -> None:
    up, told = call
    url = f"{up.url}/v1/calls/{told['uid']}/recordings/full"

    code, headers, body = fetch(url, Authorization=f"Bearer {TOKEN}")

    assert (code, headers.get("content-type")) == (200, "audio/mpeg")
    assert body == SOUND


@pytest.mark.parametrize(
    ("asked", "code", "part"),
    [
        ("bytes=0-3", 206, SOUND[:4]),
        ("bytes=1000000-1000099", 206, SOUND[1_000_000:1_000_100]),
        ("bytes=-10", 206, SOUND[-10:]),
        (f"bytes={len(SOUND)}-", 416, None),
    ],
)
def test_a_player_may_seek(call: tuple[Running, dict[str, Any]], asked: str, code: int, part: bytes | None) -> None:
    up, told = call

    answered, _, body = fetch(
        f"{up.url}/v1/calls/{told['uid']}/recordings/full", Authorization=f"Bearer {TOKEN}", Range=asked
    )

    assert answered == code
    assert part is None or body == part


def test_a_part_of_another_version_is_not_mixed_in(call: tuple[Running, dict[str, Any]]) -> None:
    up, told = call
    url = f"{up.url}/v1/calls/{told['uid']}/recordings/full"

    answered, _, body = fetch(url, Authorization=f"Bearer {TOKEN}", Range="bytes=0-3", If_Range='"another"')

    assert (answered, body) == (200, SOUND)


def test_nobody_hears_it_without_a_key(call: tuple[Running, dict[str, Any]]) -> None:
    up, told = call

    assert fetch(f"{up.url}/v1/calls/{told['uid']}/recordings/full")[0] == 401
    assert fetch(f"{up.url}/v1/calls/{told['uid']}/recordings/customer", Authorization=f"Bearer {TOKEN}")[0] == 404
