"""Toolzz: nothing is published, so a long random bearer token; one webhook a call, and no delivery id."""

from typing import Any, Final

import msgspec

from ingest.errors import Unreadable
from ingest.reading import LONGEST_ID, call_id_of, decoded, text_of
from ingest.source import Identity, Received, Source
from schemas.platforms.toolzz import WRAPPERS, EventType


class _CallLog(msgspec.Struct):
    callId: Any = None  # noqa: N815 - the platform's spelling
    unityId: Any = None  # noqa: N815


class _Body(_CallLog):
    data: Any = None
    callLog: Any = None  # noqa: N815


_peek: Final = msgspec.json.Decoder(_Body).decode


def identify(received: Received) -> Identity:
    """Return whose call it is; raise `Unreadable` without `callId` or `unityId`, which every call log has."""
    peek = decoded(_peek, received.body)
    log = next((inner for name in WRAPPERS if isinstance(inner := getattr(peek, name), dict)), None)
    call_id, unit = (peek.callId, peek.unityId) if log is None else (log.get("callId"), log.get("unityId"))
    call_id = call_id_of(call_id, "callId")
    if text_of(unit, limit=LONGEST_ID) is None:
        raise Unreadable("There is no unit at unityId.")
    return Identity(call_id=call_id, event_id=f"{call_id}/{EventType.CALL_LOG}", event_type=EventType.CALL_LOG)


SOURCE: Final = Source(identify=identify, default_scheme="bearer")
