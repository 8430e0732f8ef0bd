"""Vapi: status updates, the end-of-call report, and what became of its artifacts."""

from schemas.envelope import Envelope
from schemas.update import Facts
from workers.vapi_form import facts, message_of


def normalise(event: Envelope, /) -> Facts | None:
    """Return what the message says of its call; None for a type or status that is not known. Raises `Malformed`."""
    return facts(message_of(event.body))
