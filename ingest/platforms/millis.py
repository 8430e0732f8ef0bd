"""Millis AI: static headers only, so a long random bearer token; one webhook a session, and no delivery id."""

from typing import Any, Final

import msgspec

from ingest.cut import Cut
from ingest.reading import LONGEST_ID, call_id_of, decoded, text_of
from ingest.source import Identity, Received, Source
from schemas.platforms.millis import EventType


class _Body(msgspec.Struct):
    session_id: Any = None
    call_id: Any = None


_peek: Final = msgspec.json.Decoder(_Body).decode


def identify(received: Received) -> Identity:
    """Return whose call it is: the session's id, else the carrier's."""
    peek = decoded(_peek, received.body)
    call_id = call_id_of(text_of(peek.session_id, limit=LONGEST_ID) or peek.call_id, "session_id")
    return Identity(call_id=call_id, event_id=f"{call_id}/{EventType.END_OF_CALL}", event_type=EventType.END_OF_CALL)


SOURCE: Final = Source(
    identify=identify,
    default_scheme="bearer",
    cut=(Cut(path=(), names=("agent_config",)),),  # holds the prompt
)
