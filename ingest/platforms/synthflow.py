"""Synthflow: `HTTP_SYNTHFLOW_SIGNATURE: <base64>` over the call's id alone, so that any body would do for that call.

A second proof (`also = "path"`) is what makes it safe.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ingest.proof import check_mac, one_header, to_base64
from ingest.reading import call_id_of, decoded
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.synthflow import EventType


class _Call(msgspec.Struct):
    call_id: Any = None


class _Body(msgspec.Struct):
    call: _Call | None = None


_peek: Final = msgspec.json.Decoder(_Body).decode


def _call_id(received: Received) -> str:
    call = decoded(_peek, received.body).call
    return call_id_of(call and call.call_id, "call.call_id")


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the call's id is signed with a secret. Raises `Forged`, and `Unreadable` where there is no id."""
    given = one_header(received.headers, "http_synthflow_signature")
    check_mac(given, (_call_id(received).encode(),), secrets, encode=to_base64)


def identify(received: Received) -> Identity:
    """Return whose call it is; there is one event a call, and no delivery id."""
    call_id = _call_id(received)
    return Identity(call_id=call_id, event_id=f"{call_id}/{EventType.POST_CALL}", event_type=EventType.POST_CALL)


SOURCE: Final = Source(identify=identify, schemes={"native": signed})
