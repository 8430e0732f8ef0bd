"""RobotAppel: the call itself (`callSid`) or Bland's post-call body; a token, or Bland's signature if asked for."""

from typing import Any, Final

import msgspec

from ingest import bland_form
from ingest.reading import LONGEST_ID, decoded, text_of
from ingest.source import Identity, Received, Source
from schemas.platforms.robotappel import EventType


class _Body(msgspec.Struct):
    callSid: Any = None  # noqa: N815 - the sender spells it so


_peek: Final = msgspec.json.Decoder(_Body).decode


def identify(received: Received) -> Identity | None:
    """Return whose call it is; None for a live event of Bland's."""
    call_id = text_of(decoded(_peek, received.body).callSid, limit=LONGEST_ID)
    if call_id is None:
        return bland_form.identify(received)
    return Identity(call_id=call_id, event_id=f"{call_id}/{EventType.CALL_INFOS}", event_type=EventType.CALL_INFOS)


SOURCE: Final = Source(
    identify=identify,
    default_scheme="bearer",
    schemes={"native": bland_form.signed},
    cut=bland_form.CUTS,
)
