"""Daily: base64 HMAC over `{timestamp}.{body}` under the decoded secret; a test at registration is signed or not."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from ingest.errors import Refused
from ingest.proof import check_mac, check_time, instant_ms, key_of, keys_of, one_header, to_base64
from ingest.reading import LONGEST_ID, call_id_of, decoded, kind_of, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options

_SAYS_NOTHING: Final = ("recording.", "transcript.", "waiting-participant.", "batch-processor.", "streaming.")
_LONGEST_TEST: Final = 200  # bytes of the registration's test; a real event is longer


class _Payload(msgspec.Struct):
    meeting_id: Any = None


class _Body(msgspec.Struct):
    type: Any = None
    id: Any = None
    payload: _Payload | None = None


class _Test(msgspec.Struct, forbid_unknown_fields=True):
    test: Any


_peek: Final = msgspec.json.Decoder(_Body).decode
_test: Final = msgspec.json.Decoder(_Test).decode


def is_test(body: bytes) -> bool:
    """Tell whether *body* is the test that Daily sends when a webhook is registered: it is answered, never kept."""
    if len(body) > _LONGEST_TEST:
        return False
    try:
        decoded(_test, body)
    except Refused:
        return False
    return True


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if a secret signed time and body, or if it is the test; raise `Forged` or `Stale` if not."""
    if is_test(received.body):
        return
    stamp = one_header(received.headers, "x-webhook-timestamp")
    given = one_header(received.headers, "x-webhook-signature")
    check_mac(given, (stamp.encode(), b".", received.body), keys_of(secrets), encode=to_base64)
    check_time(instant_ms(stamp), received, options)


def identify(received: Received) -> Identity | None:
    """Return the meeting; what names none tells nothing of a call."""
    if is_test(received.body):
        return None
    peek = decoded(_peek, received.body)
    kind = kind_of(peek.type, "type")
    meeting = peek.payload and peek.payload.meeting_id
    if kind.startswith(_SAYS_NOTHING) or (text_of(meeting) is None and not kind.startswith("meeting.")):
        return None
    call_id = call_id_of(meeting, "payload.meeting_id")
    return Identity(call_id, text_of(peek.id, limit=LONGEST_ID) or f"{call_id}/{kind}", kind)


def check(secrets: Sequence[bytes], options: Options) -> Iterator[str]:
    """Yield what is wrong with the secrets."""
    if (options.scheme or "native") == "native" and not all(map(key_of, secrets)):
        yield "a secret is not base64, as Daily shows it"


SOURCE: Final = Source(identify=identify, schemes={"native": signed}, check=check)
