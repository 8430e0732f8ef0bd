"""Our own event, signed as Standard Webhooks says: `v1,<base64>` over "{id}.{timestamp}.{body}"."""

from collections.abc import Iterator, Sequence
from typing import Final

from ingest.errors import Forged, Unreadable
from ingest.proof import check_mac, check_time, instant_ms, key_of, keys_of, one_header, to_base64
from ingest.reading import LONGEST_ID, call_id_of, decoded, text_of
from ingest.source import Identity, Received, Source
from runtime.config import Options
from schemas.money import LARGEST, MICROS
from schemas.platforms.standard import Cost, Event, decode

_VERSION: Final = "v1,"


def signed(received: Received, secrets: Sequence[bytes], options: Options) -> None:
    """Return if one of the signatures is made with a secret; raise `Forged` or `Stale` if none is."""
    stamp = one_header(received.headers, "webhook-timestamp")
    delivery = one_header(received.headers, "webhook-id")
    given = one_header(received.headers, "webhook-signature").split(" ")
    ours = [signature.removeprefix(_VERSION) for signature in given if signature.startswith(_VERSION)]
    if not ours:
        raise Forged("No signature begins with v1,.")
    before = f"{delivery}.{stamp}.".encode()
    check_mac(ours, (before, received.body), keys_of(secrets), encode=to_base64)
    check_time(instant_ms(stamp), received, options)


def identify(received: Received) -> Identity:
    """Return call and event, the body decoded whole: a wrong type, word or field is refused by its path."""
    event = decoded(decode, received.body)
    call_id = call_id_of(event.data.call_id, "data.call_id")
    if event.data.cost is not None:
        _check_amounts(event.data.cost)
    return Identity(call_id=call_id, event_id=_delivery(received) or _natural(event), event_type=event.type)


def _delivery(received: Received) -> str | None:
    """Return the delivery's id; None where another scheme than ours is used and the sender gives none."""
    try:
        return text_of(received.headers.get("webhook-id"), limit=LONGEST_ID)
    except KeyError:
        return None


def _natural(event: Event) -> str:
    """Return the natural key: of `call.updated` there may be many, so the event's own time is part of it."""
    return f"{event.data.call_id}/{event.type}/{event.timestamp.isoformat()}"


def _check_amounts(cost: Cost) -> None:
    amounts = {"total": cost.total}
    if cost.parts is not None:
        amounts |= {f"parts.{name}": getattr(cost.parts, name) for name in cost.parts.__struct_fields__}
    for name, amount in amounts.items():
        if amount is not None and not (amount.is_finite() and abs(amount) <= LARGEST // MICROS):
            raise Unreadable(f"data.cost.{name}: this is no amount of money.")


def check(secrets: Sequence[bytes], options: Options) -> Iterator[str]:
    """Yield a sentence where a secret is not what Standard Webhooks signs with."""
    if options.scheme in (None, "native") and not all(map(key_of, secrets)):
        yield "a secret is not whsec_ followed by base64"


SOURCE: Final = Source(identify=identify, schemes={"native": signed}, check=check)
