"""Vapi's end-of-call reports as they come: about 20 KB, varied text, each turn three times, words with confidences."""

import json
import random
from typing import Any
from uuid import UUID

WORDS = (
    *("appointment", "morning", "please", "confirm", "number", "street", "internet", "router", "invoice", "refund"),
    *("doctor", "calendar", "yes", "no", "maybe", "thank", "you", "really", "could", "tomorrow", "afternoon", "cancel"),
    *("reschedule", "the", "a", "of", "and", "to", "with", "about", "order", "ticket", "support", "naïve", "déjà"),
)
START_MS = 1_789_000_000_000


def report(seed: int, *, size: int = 20_000) -> bytes:
    """Return one report of about *size* bytes, the same for the same seed."""
    varied = random.Random(seed)
    call_id = str(UUID(int=varied.getrandbits(128), version=4))
    messages: list[dict[str, Any]] = []
    written = 0
    while written < (size - 4_000) * 2 // 5:  # as JSON; a report holds it about three times
        messages += _exchange(varied, START_MS + 9_000 * len(messages))
        written = len(json.dumps(messages))
    body = _message(call_id, messages, varied, seconds=4.5 * len(messages))
    return json.dumps({"message": body}, ensure_ascii=False).encode()


def _exchange(varied: random.Random, at: int) -> list[dict[str, Any]]:
    asked, said = _sentence(varied, 8, 30), _sentence(varied, 3, 14)
    bot = {
        "role": "bot",
        "message": asked,
        "time": at,
        "endTime": at + 3_500,
        "secondsFromStart": round((at - START_MS) / 1000, 3),
        "duration": 3_500,
        "source": "",
    }
    words = [
        {"word": word, "start": round(n * 0.3, 2), "end": round(n * 0.3 + 0.25, 2), "confidence": varied.random()}
        for n, word in enumerate(said.split())
    ]
    user = bot | {
        "role": "user",
        "message": said,
        "time": at + 4_000,
        "secondsFromStart": round((at + 4_000 - START_MS) / 1000, 3),
        "metadata": {"wordLevelConfidence": words},
        "confidence": 0.97,
    }
    return [bot, user]


def _sentence(varied: random.Random, least: int, most: int) -> str:
    return " ".join(varied.choices(WORDS, k=varied.randint(least, most))).capitalize() + "."


def _message(call_id: str, messages: list[dict[str, Any]], varied: random.Random, *, seconds: float) -> dict[str, Any]:
    transcript = "".join(f"{'AI' if said['role'] == 'bot' else 'User'}: {said['message']}\n" for said in messages)
    cost = round(varied.uniform(0.01, 0.6), 4)
    number = f"+1555{varied.randrange(10**7):07d}"
    return {
        "timestamp": START_MS + int(seconds * 1000) + 20_000,
        "type": "end-of-call-report",
        "analysis": {
            "summary": _sentence(varied, 15, 30),
            "successEvaluation": "true",
            "structuredData": {"ticket": varied.randrange(10_000), "resolved": True},
        },
        "artifact": {
            "messages": messages,
            "messagesOpenAIFormatted": [
                {"role": "assistant" if said["role"] == "bot" else "user", "content": said["message"]}
                for said in messages
            ],
            "transcript": transcript,
            "recordingUrl": f"https://storage.vapi.example/{call_id}-mono.wav",
            "presignedMonoUrl": f"https://vapi.example/{call_id}?X-Amz-Signature={varied.getrandbits(256):064x}",
            "variableValues": {"customerName": "Jordan", "ticket": varied.randrange(10_000)},
        },
        "startedAt": "2026-09-10T00:26:40.649Z",
        "endedAt": "2026-09-10T00:31:05.925Z",
        "endedReason": varied.choice(["customer-ended-call", "assistant-ended-call", "silence-timed-out"]),
        "cost": cost,
        "costs": [
            {"type": "transcriber", "minutes": 0.5, "cost": round(cost / 4, 8)},
            {"type": "model", "promptTokens": 257, "completionTokens": 57, "cost": round(cost / 8, 8)},
            {"type": "voice", "characters": 251, "cost": round(cost / 4, 8)},
            {"type": "vapi", "subType": "normal", "minutes": 0.42, "cost": round(cost / 4, 8)},
            {"type": "analysis", "analysisType": "summary", "cost": 4.305e-05},
            {"type": "analysis", "analysisType": "successEvaluation", "cost": 3.825e-05},
        ],
        "durationMs": int(seconds * 1000),
        "durationSeconds": seconds,
        "transcript": transcript,
        "messages": messages,
        "call": {
            "id": call_id,
            "orgId": "3b8d1f20-77aa-4e0e-8f6e-51c2c0a0d9e4",
            "createdAt": "2026-09-10T00:26:35.710Z",
            "type": "outboundPhoneCall",
            "status": "queued",
            "phoneCallProvider": "twilio",
            "assistantId": "5d2f8b40-1f0c-4a3e-9c55-7b6a0c9e1d22",
            "customer": {"number": number, "name": "Jordan"},
            "campaignId": "0f6f1f0e-6c3a-4c0b-9f4c-1f8c6a0d7b11",
        },
        "phoneNumber": {"number": "+15555550100", "provider": "twilio"},
        "customer": {"number": number, "name": "Jordan"},
        "assistant": {"id": "5d2f8b40-1f0c-4a3e-9c55-7b6a0c9e1d22", "name": "Riley"},
    }
