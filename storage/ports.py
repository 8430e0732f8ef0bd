"""What workers and query ask of a store; every adapter passes the same suite. The tenant always comes first."""

from collections.abc import Sequence
from typing import Protocol

from schemas.call import Call
from schemas.envelope import Envelope
from schemas.query import CallQuery, Page
from schemas.update import CallUpdate


class Away(Exception):
    """The store does not answer now; nothing is known to be written, the same call may be made again."""


class CallWriter(Protocol):
    """The half that workers use."""

    async def keep(self, envelopes: Sequence[Envelope]) -> None:
        """Keep the raw events; a second time an equal one changes nothing. Raises `Away`."""

    async def apply(self, updates: Sequence[CallUpdate]) -> None:
        """Fold each update into its call, in any order; a second time an update changes nothing. Raises `Away`."""


class CallReader(Protocol):
    """The half that query uses."""

    async def page(self, tenant: str, query: CallQuery) -> Page[Call]:
        """Return calls in the query's order, without turns, transcript and extracted. Raises `Away`."""

    async def get(self, tenant: str, call_id: str, *, units: tuple[str, ...] | None = None) -> Call | None:
        """Return one whole call by `uid` or `number`, None where the tenant (and its units) has none."""


class Keeper(Protocol):
    """The half that starting a process uses."""

    async def set_up(self) -> None:
        """Make the collections and indexes that are missing; a second time nothing changes. Raises `Away`."""

    async def ready(self) -> bool:
        """Tell whether the store answers and takes writes, within a second."""

    async def signing_key(self) -> bytes:
        """Return the key that signs cursors and URLs: made once (32 random bytes), the same for every process after."""

    async def findings(self) -> Sequence[str]:
        """Return a sentence on each thing that cannot keep our promises (a standalone server, a missing index)."""
