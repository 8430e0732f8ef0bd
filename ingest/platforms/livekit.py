"""LiveKit: a JWT without `Bearer`, under the API secret, whose `sha256` covers the body; events have their own ids."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec

from ingest.errors import Forged
from ingest.proof import TOLERANCE_S, check_same, check_time, instant_ms, jwt_claims, one_header
from ingest.reading import LONGEST_ID, call_id_of, decoded, kind_of, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.platforms.livekit import EventType

_SAYS_NOTHING: Final = ("track_", "ingress_")


class _Room(msgspec.Struct):
    sid: Any = None


class _Egress(msgspec.Struct):
    roomId: Any = None  # noqa: N815 - the platform's spelling


class _Job(msgspec.Struct):
    room: _Room | None = None


class _Body(msgspec.Struct):
    event: Any = None
    id: Any = None
    room: _Room | None = None
    egressInfo: _Egress | None = None  # noqa: N815
    job: _Job | None = None


_peek: Final = msgspec.json.Decoder(_Body).decode


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the token is signed, of now and of this very body; raise `Forged` or `Stale` if not."""
    claims = jwt_claims(one_header(received.headers, "authorization"), secrets)
    check_same((str(claims.get("sha256")).encode(),), (b64encode(sha256(received.body).digest()),))
    if options.api_key is not None and claims.get("iss") != options.api_key:
        raise Forged("The token is another project's.")
    check_time(_signed_at_ms(claims), received, options)


def _signed_at_ms(claims: Mapping[str, Any]) -> int:
    """Return when the token begins to hold; one that says only when it ends began five minutes before."""
    for claim, before in (("nbf", 0), ("iat", 0), ("exp", TOLERANCE_S)):
        at = claims.get(claim)
        if isinstance(at, int | float) and not isinstance(at, bool) and at >= before:
            return instant_ms(str(int(at - before)))
    raise Forged("The token does not say when it holds.")


def identify(received: Received) -> Identity | None:
    """Return the room's session; a recording of no room is of no call."""
    peek = decoded(_peek, received.body)
    kind = kind_of(peek.event, "event")
    if kind.startswith(_SAYS_NOTHING):
        return None
    room = _room(peek)
    if text_of(room) is None and (kind not in set(EventType) or peek.egressInfo is not None):
        return None
    call_id = call_id_of(room, "room.sid")
    return Identity(call_id, text_of(peek.id, limit=LONGEST_ID) or f"{call_id}/{kind}", kind)


def _room(peek: _Body) -> Any:
    if peek.egressInfo is not None:
        return peek.egressInfo.roomId
    room = peek.room or (peek.job and peek.job.room)
    return room and room.sid


SOURCE: Final = Source(
    identify=identify, schemes={"native": signed}, reads={"native": frozenset({"tolerance_s", "api_key"})}
)
