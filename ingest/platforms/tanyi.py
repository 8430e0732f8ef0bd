"""Tanyi: plain call-backs with a secret in the URL, or encrypted ones; both are answered with the word `success`."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from ingest.proof import check_time, instant_ms
from ingest.reading import LONGEST_ID, call_id_of, decoded, kind_of, text_of
from ingest.source import Answer, Identity, Received, Source
from ingest.tanyi_crypt import credentials, encrypted, opened
from runtime.config import Options
from schemas.platforms.tanyi import EventType

XML: Final = frozenset({"application/xml", "text/xml"})
SUCCESS: Final = b"success"


class _Part(msgspec.Struct):
    callRecordId: Any = None  # noqa: N815 - the platform's spelling
    robotCallJobId: Any = None  # noqa: N815
    msgList: Any = None  # noqa: N815


class _Body(msgspec.Struct):
    dataType: Any = None  # noqa: N815
    data: _Part | None = None


_peek: Final = msgspec.json.Decoder(_Body).decode


def sealed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if a secret signed and encrypted the text; raise `Forged` or, where a window is set, `Stale` if not."""
    opened(received, secrets)
    if options.tolerance_s is not None:
        check_time(instant_ms(encrypted(received).timestamp), received, options)


def unsealed(received: Received, secrets: Sequence[bytes], options: Options) -> Received:
    """Return the request with its plain JSON in place of the encrypted one."""
    if options.scheme != "native":
        return received
    plain = opened(received, secrets)
    return msgspec.structs.replace(received, body=plain, content_type="application/json")


def hello(received: Received, secrets: Sequence[bytes], options: Options) -> bytes:
    """Answer the check of the URL: of an encrypted one the text that it carries."""
    return opened(received, secrets) if options.scheme == "native" else SUCCESS


def identify(received: Received) -> Identity | None:
    """Return which call, job or message is spoken of; None for an unknown type that names no call."""
    peek = decoded(_peek, received.body)
    kind, part = kind_of(peek.dataType, "dataType"), peek.data or _Part()
    if kind == EventType.JOB:
        job = f"job-{call_id_of(part.robotCallJobId, 'data.robotCallJobId')}"
        return Identity(call_id=job, event_id=f"{job}/{kind}", event_type=kind)
    if kind not in set(EventType) and text_of(part.callRecordId, limit=LONGEST_ID) is None:
        return None
    call_id = call_id_of(part.callRecordId, "data.callRecordId")
    named = "".join(f"/{template}" for template in _templates(part)) if kind == EventType.SMS else ""
    return Identity(call_id=call_id, event_id=f"{call_id}/{kind}{named}"[:LONGEST_ID], event_type=kind)


def _templates(part: _Part) -> Iterator[str]:
    messages = part.msgList if isinstance(part.msgList, list) else []
    for message in messages:
        if isinstance(message, dict) and (template := text_of(message.get("smsTemplateId"))):
            yield template


def check(secrets: Sequence[bytes], options: Options) -> Iterator[str]:
    """Yield what is wrong with the secrets of encrypted call-backs."""
    if options.scheme == "native" and len(list(credentials(secrets))) != len(secrets):
        yield "a secret is not TOKEN:ENCODING_AES_KEY, the key being 43 characters of base64"


SOURCE: Final = Source(
    identify=identify,
    default_scheme="path",
    schemes={"native": sealed},
    check=check,
    content_types=frozenset({"application/json"}) | XML,
    methods=("GET", "POST"),
    answer=Answer(content_type="text/plain", body=SUCCESS),
    unwrap=unsealed,
    hello=hello,
)
