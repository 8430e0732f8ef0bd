"""Bland's post-call body, which bland and robotappel both send: its signature, whose call it is, what is cut out."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ingest.cut import Cut
from ingest.proof import check_mac, one_header
from ingest.reading import LONGEST_ID, call_id_of, decoded, text_of
from ingest.source import Identity, Received
from runtime.config import Options
from schemas.platforms.bland import EventType

CUTS: Final = (Cut(path=(), names=("request_data",)),)


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the body is signed with a secret; there is no timestamp. Raises `Forged`."""
    check_mac(one_header(received.headers, "x-webhook-signature"), (received.body,), secrets)


class _Body(msgspec.Struct):
    call_id: Any = None
    c_id: Any = None
    completed: Any = msgspec.UNSET
    status: Any = msgspec.UNSET
    transcripts: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_peek: Final = msgspec.json.Decoder(_Body).decode


def identify(received: Received) -> Identity | None:
    """Return whose call it is; None for a live event, which has none of the members that a call that is over has."""
    peek = decoded(_peek, received.body)
    call_id = call_id_of(text_of(peek.call_id, limit=LONGEST_ID) or peek.c_id, "call_id")
    if all(member is msgspec.UNSET for member in (peek.completed, peek.status, peek.transcripts)):
        return None
    return Identity(call_id=call_id, event_id=f"{call_id}/{EventType.POST_CALL}", event_type=EventType.POST_CALL)
