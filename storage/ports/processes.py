"""What every process asks of a store as it starts."""

from collections.abc import Sequence
from typing import Protocol


class Keeper(Protocol):
    """The half that starting a process uses."""

    async def set_up(self, *, anew: bool = False) -> None:
        """Make the collections and indexes that are missing; a second time nothing changes. Raises `Away`.

        *anew*: those that were made otherwise, by an older version, are dropped and made again.
        """

    async def ready(self) -> bool:
        """Tell whether the store answers and takes writes, within a second."""

    async def signing_key(self) -> bytes:
        """Return the key that signs cursors and URLs: made once (32 random bytes), the same for every process after."""

    async def findings(self) -> Sequence[str]:
        """Return a sentence on each thing that cannot keep our promises (a standalone server, a missing index)."""
