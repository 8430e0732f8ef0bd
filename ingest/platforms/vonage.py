"""Vonage: a JWT under the account's signature secret, whose `payload_hash` we compare, because its SDK does not."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from ingest.errors import Forged, Unsigned
from ingest.proof import check_same, check_time, instant_ms, jwt_claims, one_header
from ingest.reading import LONGEST_ID, call_id_of, decoded, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.vonage import Status


class _Body(msgspec.Struct):
    status: Any = None
    uuid: Any = None
    call_uuid: Any = None
    conversation_uuid: Any = None
    conversation_uuid_from: Any = None
    timestamp: Any = None
    recording_url: Any = None
    recording_uuid: Any = None


_peek: Final = msgspec.json.Decoder(_Body).decode


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the bearer token is signed, of now and of this very body; raise `Forged` or `Stale` if not."""
    scheme, _, token = one_header(received.headers, "authorization").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unsigned("The header Authorization is not of the form Bearer ….")
    claims = jwt_claims(token, secrets)
    check_same((str(claims.get("payload_hash")).encode(),), (sha256(received.body).hexdigest().encode(),))
    if options.api_key is not None and claims.get("api_key") != options.api_key:
        raise Forged("The token is another account's.")
    issued = claims.get("iat")
    if isinstance(issued, bool) or not isinstance(issued, int | float) or issued < 0:
        raise Forged("The token does not say when it was issued.")
    check_time(instant_ms(str(int(issued))), received, options)


def identify(received: Received) -> Identity | None:
    """Return the conversation, under which all legs are one call; None for what tells nothing of one."""
    peek = decoded(_peek, received.body)
    status = Status.RECORD if text_of(peek.recording_url, limit=4096) else text_of(peek.status)
    if status is None or text_of(peek.conversation_uuid_from):
        return None
    leg = text_of(peek.uuid) or text_of(peek.call_uuid)
    named = peek.conversation_uuid or leg
    if status not in set(Status) and text_of(named, limit=LONGEST_ID) is None:
        return None
    call_id = call_id_of(named, "conversation_uuid")
    which = (leg or text_of(peek.recording_uuid) or call_id, status, text_of(peek.timestamp))
    return Identity(call_id, "/".join(part for part in which if part), status)


SOURCE: Final = Source(
    identify=identify, schemes={"native": signed}, reads={"native": frozenset({"tolerance_s", "api_key"})}
)
