"""Ultravox: `X-Ultravox-Webhook-Signature: <hex>[,<hex>]` over body and timestamp; several events a call."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from ingest.cut import Cut
from ingest.errors import Forged
from ingest.proof import check_mac, check_time, instant_ms, one_header
from ingest.reading import call_id_of, decoded, kind_of, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.ultravox import DIRECTIONS, RANKS

TOLERANCE_S: Final = 60
_CALLBACKS: Final = ("started", "joined", "ended", "billed")


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if body and timestamp are signed with a secret; raise `Forged` or `Stale` if not."""
    stamp = one_header(received.headers, "x-ultravox-webhook-timestamp")
    given = one_header(received.headers, "x-ultravox-webhook-signature")
    check_mac([one.strip(" ") for one in given.split(",")], (received.body, stamp.encode()), secrets)
    check_time(_instant_ms(stamp), received, options, tolerance_s=TOLERANCE_S)


def _instant_ms(stamp: str) -> int:
    """Return the epoch milliseconds of an ISO 8601 time, or of an epoch; one without a zone is UTC."""
    if stamp.isdigit():
        return instant_ms(stamp)
    try:
        time = datetime.fromisoformat(stamp)
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Forged("The timestamp is no ISO 8601 time.") from None


class _Call(msgspec.Struct):
    callId: Any = None  # noqa: N815 - the sender spells it so


class _Event(msgspec.Struct):
    event: Any = None
    call: _Call | None = None


_peek: Final = msgspec.json.Decoder(_Event).decode


def identify(received: Received) -> Identity | None:
    """Return call and event, which together are the event's id; None for an unknown event that names no call."""
    peek = decoded(_peek, received.body)
    event, call_id = kind_of(peek.event, "event"), peek.call and peek.call.callId
    if event not in RANKS and text_of(call_id) is None:
        return None
    call_id = call_id_of(call_id, "call.callId")
    return Identity(call_id=call_id, event_id=f"{call_id}/{event}", event_type=event)


SOURCE: Final = Source(
    identify=identify,
    schemes={"native": signed},
    cut=(
        Cut(path=("call",), names=("systemPrompt", "joinUrl")),
        *(Cut(path=("call", "medium", "sip", side), names=("password",)) for side in DIRECTIONS),
        *(Cut(path=("call", "callbacks", callback), names=("secrets",)) for callback in _CALLBACKS),
    ),
)
