"""A sender of our own event, signing as Standard Webhooks says, written from the contract alone."""

import hmac
import json
import time
from base64 import b64decode, b64encode
from typing import Final

from tests.system.command import status

TYPES: Final = ("call.started", "call.ended")


def headers(secret: str, *, delivery: str, body: bytes) -> dict[str, str]:
    """Return the signed headers of one delivery, now."""
    at = str(int(time.time()))
    digest = hmac.digest(b64decode(secret.removeprefix("whsec_")), f"{delivery}.{at}.".encode() + body, "sha256")
    return {
        "content-type": "application/json",
        "webhook-id": delivery,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
    }


def ended(call_id: str) -> bytes:
    """Return the end of a call, with words enough to weigh something."""
    turns = [
        {"role": ("agent", "customer")[n % 2], "text": f"{call_id} says its {n}th sentence.", "offset_s": n * 1.5}
        for n in range(40)
    ]
    data = {"call_id": call_id, "direction": "inbound", "outcome": "answered", "turns": turns, "summary": call_id}
    return json.dumps({"type": "call.ended", "timestamp": "2026-11-20T04:59:25.123Z", "data": data}).encode()


def post(url: str, *, secret: str, call_id: str) -> int:
    """Post the end of *call_id* and return the status, 0 where nobody answered."""
    body = ended(call_id)
    return status(url, body=body, headers=headers(secret, delivery=f"msg_{call_id}", body=body))
