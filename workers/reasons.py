"""Why a record is set aside: the closed set behind the metric's label, the log's field and the dead letter's reason."""

from enum import StrEnum, unique


@unique
class Aside(StrEnum):
    """Each of them waits for a person; `unexpected` is a bug of ours, all others came from outside."""

    UNDECODABLE = "undecodable"
    """The body is none that its platform sends: no JSON object, no form."""
    UNREADABLE = "unreadable"
    """The body is well-formed, but what every event of its platform has is missing."""
    HEADERS_MISSING = "headers_missing"
    HEADERS_MALFORMED = "headers_malformed"
    SCHEMA_UNKNOWN = "schema_unknown"
    BODY_MISSING = "body_missing"
    """A claim check's body is no longer in the stream."""
    DAMAGED = "damaged"
    """The stream's own storage gave back something else than it was given."""
    UNADDRESSED = "unaddressed"
    """The stream could not make an envelope of the record, for a reason that has no row here."""
    NO_NORMALISER = "no_normaliser"
    """This version knows no such platform."""
    UNSTORABLE = "unstorable"
    """With this event the call is larger than any document can be."""
    UNEXPECTED = "unexpected"
    """An exception of our own that nobody thought of; see the guard."""


def of_fault(fault: str | None) -> Aside:
    """Return the reason that a stream's *fault* is."""
    try:
        return Aside(fault or "")
    except ValueError:
        return Aside.UNADDRESSED
