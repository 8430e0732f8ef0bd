"""What was erased, and what is kept so that it stays so."""

from datetime import datetime

import msgspec


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """How many calls went, the keyed hash that is kept, and when it was made."""

    erased: int
    tombstone: str
    erased_at: datetime
