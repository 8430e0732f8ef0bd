"""What workers ask of a store."""

from collections.abc import Sequence
from typing import Protocol

from schemas.envelope import Envelope
from schemas.update import CallUpdate


class CallWriter(Protocol):
    """The half that workers use."""

    async def keep(self, envelopes: Sequence[Envelope]) -> None:
        """Keep the raw events; a second time an equal one changes nothing. Raises `Away`."""

    async def apply(self, updates: Sequence[CallUpdate]) -> Sequence[CallUpdate]:
        """Fold each update into its call, in any order; a second time an update changes nothing. Raises `Away`.

        Returns the updates that no document can hold, to be set aside; all others are stored.
        """
