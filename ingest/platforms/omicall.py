"""OMICall signs nothing: a secret in the URL, or in the header that a proxy adds; either proves the sender."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ingest.proof import check_secret, one_header
from ingest.reading import LONGEST_ID, call_id_of, decoded, text_of
from ingest.schemes import header, query
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.omicall import EventType

HEADER: Final = "X-Webhook-Key"


class _Body(msgspec.Struct):
    transaction_id: Any = None
    call_uuid: Any = None
    state: Any = None


_peek: Final = msgspec.json.Decoder(_Body).decode


def either(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if `?key=`, `?secret=` or the header is a secret; raise `Forged` if not."""
    if received.headers.all(HEADER):
        check_secret(one_header(received.headers, HEADER), secrets)
    else:
        query(received, secrets, options)


def keyed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the header is a secret; without an option it is the one that OMICall's receivers use."""
    if options.header:
        header(received, secrets, options)
    else:
        check_secret(one_header(received.headers, HEADER), secrets)


def identify(received: Received) -> Identity | None:
    """Return whose call it is, a body without a state being the record; None for an unknown state of no call."""
    peek = decoded(_peek, received.body)
    named, state = peek.transaction_id or peek.call_uuid, text_of(peek.state) or EventType.CDR
    if state not in set(EventType) and text_of(named, limit=LONGEST_ID) is None:
        return None
    call_id = call_id_of(named, "transaction_id")
    return Identity(call_id=call_id, event_id=f"{call_id}/{state}", event_type=state)


SOURCE: Final = Source(
    identify=identify,
    default_scheme="query",
    schemes={"query": either, "native": either, "header": keyed},
    reads={"query": frozenset({"param"}), "native": frozenset(), "header": frozenset({"header"})},
)
