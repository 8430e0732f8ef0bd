"""Bland: the whole call, once, when it is over."""

from schemas.envelope import Envelope
from schemas.update import Facts
from workers import bland_form
from workers.reading import decode, first


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the event says of its call. Raises `Malformed`."""
    doc = decode(event.body)
    # The platform counts in minutes; what it corrected afterwards is in seconds, as text.
    talk_s = first(doc.seconds("corrected_duration"), doc.seconds("call_length", per_second=bland_form.PER_MINUTE))
    return bland_form.facts(doc, talk_s=talk_s)
