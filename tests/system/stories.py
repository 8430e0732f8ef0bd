"""Calls as three platforms tell them, several events each, signed as each platform signs; and what must be stored.

Nothing of aftercall is imported: what is expected here is computed from the contracts alone.
"""

import base64
import hashlib
import hmac
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

STANDARD_KEY: Final = b"system-tests-of-aftercall-32byte"
RETELL_KEY: Final = "key_system_tests"
VAPI_SECRET: Final = "vapi-system-tests"  # a test's own
SECRETS: Final[Mapping[str, str]] = {
    "standard": "whsec_" + base64.b64encode(STANDARD_KEY).decode(),
    "retell": RETELL_KEY,
    "vapi": VAPI_SECRET,
}
EPOCH: Final = datetime(2026, 11, 20, 8, tzinfo=UTC)
WORDS: Final = ("bonjour", "xin chào", "cancel", "Montag", "refund", "预约", "yes", "no", "déjà", "please", "$tomorrow")


class Post(NamedTuple):
    """One webhook, signed when it is sent: platforms sign each attempt anew."""

    platform: str
    delivery: str
    body: bytes

    def headers(self) -> dict[str, str]:
        """Return the headers of an attempt made now."""
        return {"content-type": "application/json", **SIGNERS[self.platform](self)}


class Story(NamedTuple):
    """One call: its events in any order, and what the query API must say of it in the end."""

    platform: str
    call_id: str
    posts: Sequence[Post]
    expected: Mapping[str, Any]
    turns: Sequence[tuple[str, str]]


def _standard(post: Post) -> dict[str, str]:
    stamp = str(int(time.time()))
    signed = f"{post.delivery}.{stamp}.".encode() + post.body
    proof = base64.b64encode(hmac.digest(STANDARD_KEY, signed, "sha256")).decode()
    return {"webhook-id": post.delivery, "webhook-timestamp": stamp, "webhook-signature": f"v1,{proof}"}


def _retell(post: Post) -> dict[str, str]:
    stamp = str(int(time.time() * 1000))
    proof = hmac.new(RETELL_KEY.encode(), post.body + stamp.encode(), hashlib.sha256).hexdigest()
    return {"x-retell-signature": f"v={stamp},d={proof}"}


def _vapi(_post: Post) -> dict[str, str]:
    return {"x-vapi-secret": VAPI_SECRET}


SIGNERS: Final[Mapping[str, Callable[[Post], dict[str, str]]]] = {
    "standard": _standard,
    "retell": _retell,
    "vapi": _vapi,
}


def story(name: str, number: int, *, seed: int) -> Story:
    """Return a call of the test *name*, the same for the same seed; its events shuffled, some of them twice."""
    varied = random.Random(f"{seed}/{name}/{number}")
    platform = varied.choice(sorted(SIGNERS))
    call = _Call(f"{name}-{number}", varied)
    bodies = {"standard": call.standard, "retell": call.retell, "vapi": call.vapi}[platform]()
    posts = [
        Post(platform, f"{call.call_id}.{n}", json.dumps(body, ensure_ascii=False).encode())
        for n, body in enumerate(bodies)
    ]
    posts += varied.sample(posts, k=varied.choice([0, 0, 1]))
    varied.shuffle(posts)
    return Story(platform, call.call_id, posts, call.expected(platform), call.turns)


def large_story(name: str, number: int, *, seed: int, size: int) -> Story:
    """Return a call told by one event of *size* bytes that no compression makes smaller."""
    varied = random.Random(f"{seed}/{name}/large/{number}")
    call = _Call(f"{name}-large-{number}", varied)
    body = call.standard()[1]
    body["data"] |= {
        "summary": call.summary,
        "success": True,
        "ext": {"noise": base64.b64encode(varied.randbytes(size * 3 // 4)).decode()},
    }
    post = Post("standard", call.call_id, json.dumps(body, ensure_ascii=False).encode())
    return Story("standard", call.call_id, [post], call.expected("standard"), call.turns)


class _Call:
    """The facts that the three ways to tell them share."""

    def __init__(self, call_id: str, varied: random.Random) -> None:
        self.call_id = call_id
        self.started = EPOCH + timedelta(milliseconds=varied.randrange(10**8))
        self.seconds = varied.randrange(1, 600)
        self.customer = f"+3314{varied.randrange(10**7):07d}"
        self.line = "+33199887766"
        self.summary = f"{call_id}: " + " ".join(varied.choices(WORDS, k=8))
        self.micros = varied.randrange(1, 10**6)
        self.turns = [
            (("agent", "customer")[n % 2], " ".join(varied.choices(WORDS, k=6))) for n in range(varied.randrange(2, 12))
        ]

    @property
    def ended(self) -> datetime:
        return self.started + timedelta(seconds=self.seconds)

    def expected(self, platform: str) -> dict[str, Any]:
        return {
            "platform": platform,
            "platform_call_id": self.call_id,
            "direction": "inbound",
            "from": self.customer,
            "to": self.line,
            "customer_number": self.customer,
            "outcome": "answered",
            "started_at": _iso(self.started),
            "ended_at": _iso(self.ended),
            "duration_s": float(self.seconds),
            "summary": self.summary,
            "cost": (f"{self.micros / 10**6:.6f}", "USD"),
            "success": True,
        }

    def standard(self) -> list[dict[str, Any]]:
        who = {"call_id": self.call_id, "direction": "inbound", "from": self.customer, "to": self.line}
        end = {
            "started_at": _iso(self.started),
            "ended_at": _iso(self.ended),
            "duration_s": self.seconds,
            "outcome": "answered",
            "turns": [{"role": role, "text": text} for role, text in self.turns],
            "cost": {"total": f"{self.micros / 10**6:.6f}", "currency": "USD"},
        }
        told: list[tuple[str, datetime, dict[str, Any]]] = [
            ("call.started", self.started, who),
            ("call.ended", self.ended, who | end),
            ("call.analyzed", self.ended, who | {"summary": self.summary, "success": True}),
        ]
        return [{"type": kind, "timestamp": _iso(at), "data": said} for kind, at, said in told]

    def retell(self) -> list[dict[str, Any]]:
        begun = {
            "call_id": self.call_id,
            "call_type": "phone_call",
            "direction": "inbound",
            "from_number": self.customer,
            "to_number": self.line,
            "start_timestamp": _ms(self.started),
        }
        ended = begun | {
            "end_timestamp": _ms(self.ended),
            "duration_ms": self.seconds * 1000,
            "disconnection_reason": "user_hangup",
            "transcript_object": [
                {"role": "agent" if role == "agent" else "user", "content": text} for role, text in self.turns
            ],
            "call_cost": {"combined_cost": self.micros / 10**4},
        }
        analysis = {"call_summary": self.summary, "call_successful": True}
        return [
            {"event": "call_started", "call": begun},
            {"event": "call_ended", "call": ended},
            {"event": "call_analyzed", "call": ended | {"call_analysis": analysis}},
        ]

    def vapi(self) -> list[dict[str, Any]]:
        known = {
            "call": {"id": self.call_id, "type": "inboundPhoneCall", "customer": {"number": self.customer}},
            "phoneNumber": {"number": self.line},
        }
        report = {
            "type": "end-of-call-report",
            "timestamp": _ms(self.ended) + 9_000,
            "startedAt": _iso(self.started),
            "endedAt": _iso(self.ended),
            "durationSeconds": self.seconds,
            "endedReason": "customer-ended-call",
            "cost": self.micros / 10**6,
            "analysis": {"summary": self.summary, "successEvaluation": "true"},
            "artifact": {
                "messages": [
                    {"role": "bot" if role == "agent" else "user", "message": text, "secondsFromStart": float(n)}
                    for n, (role, text) in enumerate(self.turns)
                ]
            },
        }
        status = {"type": "status-update", "status": "in-progress", "timestamp": _ms(self.started)}
        ended = {"type": "status-update", "status": "ended", "timestamp": _ms(self.ended)}
        ended["endedReason"] = "customer-ended-call"
        return [{"message": said | known} for said in (status, ended, report)]


def _iso(time_: datetime) -> str:
    return time_.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ms(time_: datetime) -> int:
    return int(time_.timestamp() * 1000)
