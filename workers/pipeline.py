"""What one record means, as a pure function: an update of a call, a raw event only, or something to set aside."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.envelope import Envelope
from schemas.update import CallUpdate, Facts, OrderKey
from schemas.words import Platform
from stream.ports import Record
from workers.normaliser import Malformed, Normalise
from workers.platforms import NORMALISERS
from workers.preview import unquoted
from workers.reasons import Aside, of_fault
from workers.times import epoch_ms


class Understood(NamedTuple):
    """An event to keep; `update` is None where its type is unknown: it makes no call."""

    record: Record
    envelope: Envelope
    update: CallUpdate | None


class SetAside(NamedTuple):
    """A record that goes to the dead letters; `detail` quotes nothing of the body."""

    record: Record
    reason: Aside
    detail: str = ""


def understand(record: Record, *, normalisers: Mapping[Platform, Normalise] = NORMALISERS) -> Understood | SetAside:
    """Return what *record* says. Any exception is a bug of ours."""
    event = record.envelope
    if event is None:
        return SetAside(record, of_fault(record.fault))
    normalise = normalisers.get(event.platform)
    if normalise is None:
        return SetAside(record, Aside.NO_NORMALISER)
    try:
        facts = normalise(event)
    except Malformed as error:
        return SetAside(record, error.reason, unquoted(error.detail))
    return Understood(record, event, None if facts is None else _update(event, facts))


def _update(event: Envelope, facts: Facts) -> CallUpdate:
    return CallUpdate(
        tenant=event.tenant,
        platform=event.platform,
        platform_call_id=event.call_id,
        order=OrderKey(
            rank=facts.rank,
            at_ms=event.received_at if facts.at is None else epoch_ms(facts.at),
            received_ms=event.received_at,
            event_id=event.event_id,
            digest=event.digest,
        ),
        facts=facts,
        defaults=event.defaults,
    )
