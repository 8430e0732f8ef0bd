"""ElevenLabs: `ElevenLabs-Signature: t=<epoch s>,v0=<hex>` over timestamp and body; it wants exactly 200."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ingest.errors import Forged
from ingest.proof import check_mac, check_time, instant_ms, one_header
from ingest.reading import call_id_of, decoded, kind_of, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.elevenlabs import RANKS

TOLERANCE_S: Final = 1800
MAX_BODY_MB: Final = 64
"""The audio of a whole call comes as base64: an hour of MP3 at 128 kbit/s is 77 MB, at the 64 usual here 38."""


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if timestamp and body are signed with a secret; raise `Forged` or `Stale` if not."""
    stamps, given = _fields(one_header(received.headers, "elevenlabs-signature"))
    if len(stamps) != 1 or not given:
        raise Forged("The signature is not of the form t=<seconds>,v0=<64 hex digits>.")
    check_mac(given, (f"{stamps[0]}.".encode(), received.body), secrets)
    check_time(instant_ms(stamps[0]), received, options, tolerance_s=TOLERANCE_S)


def _fields(header: str) -> tuple[list[str], list[str]]:
    """Return the timestamps and the signatures of the scheme we know; other schemes may stand beside it."""
    pairs = [field.strip(" ").partition("=")[::2] for field in header.split(",")]
    return [value for name, value in pairs if name == "t"], [value for name, value in pairs if name == "v0"]


class _Data(msgspec.Struct):
    conversation_id: Any = None


class _Event(msgspec.Struct):
    type: Any = None
    data: msgspec.Raw = msgspec.Raw(b"null")


_peek: Final = msgspec.json.Decoder(_Event).decode
_peek_data: Final = msgspec.json.Decoder(_Data).decode


def identify(received: Received) -> Identity | None:
    """Return conversation and type, which together are the event's id; None for other products' webhooks."""
    event = decoded(_peek, received.body)
    kind, conversation = kind_of(event.type, "type"), _conversation(event.data)
    if kind not in RANKS and text_of(conversation) is None:
        return None
    call_id = call_id_of(conversation, "data.conversation_id")
    return Identity(call_id=call_id, event_id=f"{call_id}/{kind}", event_type=kind)


def _conversation(data: msgspec.Raw) -> Any:
    try:
        return _peek_data(data).conversation_id
    except msgspec.ValidationError:  # another product's, whose data is no object
        return None


SOURCE: Final = Source(identify=identify, schemes={"native": signed}, max_body_mb=MAX_BODY_MB)
