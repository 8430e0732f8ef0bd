"""Retell: `X-Retell-Signature: v=<epoch ms>,d=<hex>` over body and timestamp; one event a step of the call's life."""

import re
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ingest.cut import Cut
from ingest.errors import Forged
from ingest.proof import check_mac, check_time, instant_ms, one_header
from ingest.reading import call_id_of, decoded, kind_of, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options

_SIGNATURE: Final = re.compile(r"v=([0-9]{1,15}),d=([0-9a-f]{64})")
_SAYS_NOTHING: Final = frozenset({"transcript_updated", "chat_started", "chat_ended", "chat_analyzed"})
_OF_A_CALL: Final = frozenset({"call_started", "call_ended", "call_analyzed"})


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if body and timestamp are signed with an API key; raise `Forged` or `Stale` if not."""
    match = _SIGNATURE.fullmatch(one_header(received.headers, "x-retell-signature"))
    if match is None:
        raise Forged("The signature is not of the form v=<milliseconds>,d=<64 hex digits>.")
    stamp, given = match.groups()
    check_mac(given, (received.body, stamp.encode()), secrets)
    check_time(instant_ms(stamp), received, options)


class _Call(msgspec.Struct):
    call_id: Any = None


class _Event(msgspec.Struct):
    event: Any = None
    call: _Call | None = None
    data: _Call | None = None


_peek: Final = msgspec.json.Decoder(_Event).decode


def identify(received: Received) -> Identity | None:
    """Return call and event; Retell has no delivery id, so the two together are the event's."""
    peek = decoded(_peek, received.body)
    event = kind_of(peek.event, "event")
    if event in _SAYS_NOTHING:
        return None
    call = peek.call or peek.data  # envelopes of the deprecated form say `data`
    if event not in _OF_A_CALL and text_of(call and call.call_id) is None:
        return None
    call_id = call_id_of(call and call.call_id, "call.call_id")
    return Identity(call_id=call_id, event_id=f"{call_id}/{event}", event_type=event)


SOURCE: Final = Source(
    identify=identify,
    schemes={"native": signed},
    cut=tuple(Cut(path=(envelope,), names=("access_token",), rare=True) for envelope in ("call", "data")),
)
