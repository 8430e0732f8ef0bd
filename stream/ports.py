"""What ingest and workers ask of a stream; every adapter passes the same suite."""

from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum, unique
from typing import Final, NamedTuple, Protocol

import msgspec

from runtime.errors import CannotStart
from schemas.envelope import Envelope

BATCH_RECORDS: Final = 500
"""A bulk write of so many calls takes MongoDB well under a second."""

BATCH_BYTES: Final = 16 << 20
"""What one batch may weigh in memory; a larger body comes alone."""


class Unavailable(Exception):
    """The event could not be made durable now: nothing was kept, the sender should try again later."""

    def __init__(self, why: str, *, retry_after_s: int = 5) -> None:
        """Say *why* in one sentence."""
        super().__init__(why)
        self.retry_after_s = retry_after_s


class Unusable(CannotStart):
    """The stream cannot be opened or has broken for good; one sentence says what a person should do."""


class Publisher(Protocol):
    """The one method that ingest knows."""

    async def publish(self, envelope: Envelope) -> None:
        """Return when *envelope* is durable; raise `Unavailable` if it cannot be made so before the deadline."""

    def ready(self) -> dict[str, bool]:
        """Return what an event could be made durable on, by name; ready while any is true."""


class Partition(NamedTuple):
    """A topic's part, read in order by one worker at a time; the journal has one."""

    topic: str
    number: int


@unique
class Fault(StrEnum):
    """Why a record has no envelope; one fixed word, which is also the reason of its dead letter."""

    HEADERS_MISSING = "headers_missing"
    HEADERS_MALFORMED = "headers_malformed"
    SCHEMA_UNKNOWN = "schema_unknown"
    BODY_MISSING = "body_missing"
    """A large body's chunks have expired or were deleted."""
    DAMAGED = "damaged"
    """The disk gave back something else than it was given."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record as it was read: *envelope*, or None and *fault* where its headers could not be understood."""

    partition: Partition
    offset: int
    envelope: Envelope | None
    fault: str | None = None
    value: bytes = b""


class Batch(NamedTuple):
    """Records of one partition, in order; never empty."""

    partition: Partition
    records: Sequence[Record]

    @property
    def next_offset(self) -> int:
        """Where to begin once this batch is done."""
        return self.records[-1].offset + 1


class Source(Protocol):
    """Where workers read; a batch is given again after a crash until it is committed."""

    def batches(self) -> AsyncIterator[Batch]:
        """Yield batches until `stop`; batches of different partitions may come in any order.

        Several may be in hand: the next one may be asked for before the last is committed.
        """

    async def commit(self, batch: Batch) -> None:
        """Move on behind *batch* and those before it; silently nothing where its partition is no longer ours."""

    async def stop(self) -> None:
        """End `batches` after the one in hand."""

    def lag(self) -> dict[Partition, int]:
        """Return how many records wait behind the last committed one, as last known."""


class Rewinder(Protocol):
    """Moves the workers' position, forwards or back; batches then in their hands can no longer be committed."""

    async def rewind(self, *, since: int) -> dict[Partition, int]:
        """Go back to where all that was stored at or after *since* (epoch ms) follows; return each new position."""

    async def seek(self, offsets: Mapping[Partition, int]) -> dict[Partition, int]:
        """Go to *offsets*, or to the nearest that is kept; return each named partition's new position."""


class Dead(msgspec.Struct, frozen=True, kw_only=True):
    """A record that was set aside: where it was, why (one fixed word), a redacted preview, the whole envelope."""

    partition: Partition
    offset: int
    reason: str
    detail: str
    preview: str
    at: int
    envelope: Envelope | None
    value: bytes = b""


class DeadLetters(Protocol):
    """Where poison waits for a person; `aftercall.dead` or a table of the journal."""

    async def put(self, dead: Dead) -> None:
        """Return when *dead* is durable; a repetition of the same partition and offset does no harm."""

    def all(self) -> AsyncIterator[Dead]:
        """Yield what was set aside and not settled, oldest first."""

    async def settle(self, dead: Dead) -> None:
        """Leave *dead* out from now on: it was published again."""
