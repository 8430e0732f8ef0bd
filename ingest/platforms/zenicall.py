"""Zenicall: a shared secret in either of two headers; the flat call log, or the Vapi report behind it."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from ingest import vapi_report
from ingest.errors import Unreadable
from ingest.proof import check_secret, one_header
from ingest.reading import call_id_of, decoded
from ingest.source import Answer, Identity, Received, Source
from runtime.config import Options
from schemas.platforms.zenicall import EventType

HEADERS: Final = ("X-Vapi-Secret", "X-zenicall-auth")
REQUIRED: Final = ("clinic_id", "caller_phone_number", "call_started_at")


class _Body(msgspec.Struct):
    message: Any = None
    external_call_id: Any = None
    clinic_id: Any = None
    caller_phone_number: Any = None
    call_started_at: Any = None


_peek: Final = msgspec.json.Decoder(_Body).decode


def secret(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if the header holds a secret; without an option it is whichever of the two came."""
    names = (options.header,) if options.header else HEADERS
    given = [name for name in names if received.headers.all(name)]
    for name in given or names[:1]:
        check_secret(one_header(received.headers, name), secrets)


def identify(received: Received) -> Identity | None:
    """Return whose call it is; a body with an object `message` is Vapi's."""
    peek = decoded(_peek, received.body)
    if isinstance(peek.message, dict) and peek.external_call_id is None:
        return vapi_report.identify(received)
    call_id = call_id_of(peek.external_call_id, "external_call_id")
    missing = [name for name in REQUIRED if getattr(peek, name) is None]
    if missing:
        raise Unreadable(f"There is no {', no '.join(missing)}.")
    return Identity(call_id=call_id, event_id=f"{call_id}/{EventType.CALL_LOG}", event_type=EventType.CALL_LOG)


SOURCE: Final = Source(
    identify=identify,
    default_scheme="header",
    schemes={"header": secret, "native": secret},
    reads={"header": frozenset({"header"}), "native": frozenset({"header"})},
    cut=vapi_report.CUTS,
    path_answer=Answer(status=202),
)
