"""Vapi's reports of 20 KB with varied text, signed: what a busy platform sends, new to every cache."""

import hashlib
import hmac
import json
import random
import time
import uuid
from collections.abc import Iterator
from typing import Any, Final

from runtime.config import Connection, Options
from schemas.words import Platform

SIZE: Final = 20_000
SECRET: Final = "bench-secret"
CONNECTION: Final = Connection(
    id="bench",
    tenant="bench",
    platform=Platform.VAPI,
    secrets=(SECRET,),
    options=Options(scheme="hmac", tolerance_s=3600),
)
_WORDS: Final = 4000


def reports(count: int, *, seed: int = 1, size: int = SIZE) -> Iterator[bytes]:
    """Yield *count* reports of about *size* bytes, each of another call."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 10))) for _ in range(_WORDS)]
    for _ in range(count):
        yield _report(chance, words, size)


def headers(body: bytes) -> dict[str, str]:
    """Return what proves *body* now, by an HMAC over timestamp and body."""
    stamp = str(int(time.time()))
    signature = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-timestamp": stamp, "x-signature": signature}


def _report(chance: random.Random, words: list[str], size: int) -> bytes:
    call_id = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    message = _message(call_id, chance, words)
    room = size - len(json.dumps(message))
    turns: list[dict[str, Any]] = []
    while room > 0:
        turn = _turn(len(turns), " ".join(chance.choices(words, k=chance.randint(4, 30))), chance)
        turns.append(turn)
        room -= len(json.dumps(turn)) + 2 * len(turn["message"]) + 60  # it is there three times
    artifact = message["artifact"]
    artifact["messages"] += turns
    roles = {"bot": "assistant", "user": "user"}
    artifact["messagesOpenAIFormatted"] += [{"role": roles[turn["role"]], "content": turn["message"]} for turn in turns]
    artifact["transcript"] = "".join(f"{turn['role']}: {turn['message']}\n" for turn in turns)
    return json.dumps({"message": message}, separators=(",", ":")).encode()


def _turn(number: int, text: str, chance: random.Random) -> dict[str, Any]:
    at = 1_789_000_000_000 + number * 4000
    return {
        "role": "user" if number % 2 else "bot",
        "message": text,
        "time": at,
        "endTime": at + chance.randint(500, 3900),
        "secondsFromStart": number * 4.0,
        "duration": chance.randint(500, 3900),
        "source": "",
    }


def _message(call_id: str, chance: random.Random, words: list[str]) -> dict[str, Any]:
    prompt = " ".join(chance.choices(words, k=120))
    url = f"https://storage.example.com/{call_id}-{chance.getrandbits(160):x}"
    number = f"+1555{chance.randint(1_000_000, 9_999_999)}"
    return {
        "timestamp": 1_789_000_100_000,
        "type": "end-of-call-report",
        "analysis": {"summary": " ".join(chance.choices(words, k=30)), "successEvaluation": "true"},
        "artifact": {
            "messages": [{"role": "system", "message": prompt, "time": 1_789_000_000_000, "secondsFromStart": 0}],
            "messagesOpenAIFormatted": [{"role": "system", "content": prompt}],
            "transcript": "",
            "recordingUrl": f"{url}-mono.wav",
            "stereoRecordingUrl": f"{url}-stereo.wav",
        },
        "startedAt": "2026-09-10T00:26:40.876Z",
        "endedAt": "2026-09-10T00:27:30.909Z",
        "endedReason": "customer-ended-call",
        "cost": round(chance.random(), 4),
        "costBreakdown": {"stt": 0.01, "llm": 0.02, "tts": 0.03, "vapi": 0.05, "total": 0.11},
        "durationSeconds": 50.033,
        "call": {
            "id": call_id,
            "orgId": "3b8d1f20-77aa-4e0e-8f6e-51c2c0a0d9e4",
            "type": "inboundPhoneCall",
            "status": "queued",
            "monitor": {"listenUrl": f"wss://{call_id}/listen", "controlUrl": f"https://{call_id}/control"},
        },
        "phoneNumber": {"number": "+15555550100", "twilioAccountSid": "AC0", "twilioAuthToken": "secret"},
        "customer": {"number": number},
        "assistant": {
            "id": "5d2f8b40-1f0c-4a3e-9c55-7b6a0c9e1d22",
            "name": "Riley",
            "model": {"provider": "openai", "messages": [{"role": "system", "content": prompt}]},
            "server": {"url": "https://hooks.example.com/vapi"},
        },
    }
