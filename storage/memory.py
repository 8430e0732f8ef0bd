"""A store in memory, for tests: it remembers, and is the model that others are compared with."""

from collections.abc import Sequence
from typing import Any

from runtime.clock import Clock, utc_now
from schemas.call import Call
from schemas.envelope import Envelope
from schemas.query import CallQuery, Page
from schemas.update import CallUpdate, Media
from storage.document import Document, Folded, Identity, folded, summary, whole
from storage.flatten import whole_ms
from storage.numbering import FIRST_NUMBER
from storage.pages import key_of, position
from storage.parts import Parts, unpack_parts
from storage.passes import at_path, passes, sort_key
from storage.searched import searched


class MemoryStore:
    """Calls and raw events of one process; both halves of the store's port."""

    def __init__(self, *, clock: Clock = utc_now) -> None:
        """Begin empty; *clock* tells when a call was changed."""
        self.events: dict[tuple[str, ...], Envelope] = {}
        self.documents: dict[str, Document] = {}
        self.parts: dict[str, dict[str, Parts]] = {}
        self.media: dict[str, dict[str, Media]] = {}
        self._clock = clock
        self._numbers: dict[str, int] = {}

    async def keep(self, envelopes: Sequence[Envelope]) -> None:
        """Keep the raw events."""
        for event in envelopes:
            key = (event.tenant, event.platform, event.call_id, event.event_id, event.digest)
            self.events.setdefault(key, event)

    async def apply(self, updates: Sequence[CallUpdate]) -> Sequence[CallUpdate]:
        """Fold each update into its call."""
        for update in updates:
            identity = Identity.of(update)
            before = self.documents.get(identity.key)
            after = folded(before, [update], identity=identity)
            if after is not None:
                self._put(before, after)
        return []

    def _put(self, before: Document | None, after: Folded) -> None:
        document = after.document
        held = self.parts.get(document["_id"], {}) | {ref: unpack_parts(packed) for ref, packed in after.parts.items()}
        document["text"] = searched(document, [held[ref] for ref in sorted(after.named) if ref in held])
        if before is None:
            document["number"] = self._next(document["tenant"])
        document["revision"] = before["revision"] + 1 if before else 1
        document["updated_at"] = whole_ms(self._clock()) if after.news or not before else before["updated_at"]
        self.documents[document["_id"]] = document
        kept, recordings = self.parts.setdefault(document["_id"], {}), self.media.setdefault(document["_id"], {})
        kept.update({ref: unpack_parts(packed) for ref, packed in after.parts.items()})
        recordings.update(after.media)
        for ref in after.let_go:
            kept.pop(ref, None)
            recordings.pop(ref, None)

    async def page(self, tenant: str, query: CallQuery) -> Page[Call]:
        """Return calls in the query's order."""
        found = [row for row in self.documents.values() if _visible(row, tenant, query.units)]
        found = [row for row in found if passes(row, query.filter)]
        rows = self._ordered(found, query)
        shown = rows[: query.limit]
        return Page(
            rows=[summary(row) for row in shown],
            next=position(shown[-1], query.order.by) if len(rows) > query.limit else None,
            total=len(found) if query.total else None,
        )

    async def get(self, tenant: str, call_id: str, *, units: tuple[str, ...] | None = None) -> Call | None:
        """Return one whole call."""
        for row in self.documents.values():
            if call_id in {row["uid"], str(row["number"])} and _visible(row, tenant, units):
                return whole(row, self.parts.get(row["_id"], {}))
        return None

    def _ordered(self, rows: list[Document], query: CallQuery) -> list[Document]:
        """Return *rows* in order behind the query's position, those without a key at the end."""
        by, descending = query.order.by, query.order.descending

        def place(row: Document) -> tuple[tuple[Any, ...], str]:
            return sort_key(row, by) or (), row["_id"]

        present = sorted((row for row in rows if sort_key(row, by) is not None), key=place, reverse=descending)
        absent = sorted((row for row in rows if sort_key(row, by) is None), key=place, reverse=descending)
        if query.after is None:
            return present + absent
        end = key_of(query.after) or (), query.after.id
        behind = absent if end[0] == () else present
        kept = [row for row in behind if (place(row) < end if descending else place(row) > end)]
        return kept if behind is absent else kept + absent

    def _next(self, tenant: str) -> int:
        number = self._numbers.get(tenant, FIRST_NUMBER)
        self._numbers[tenant] = number + 1
        return number


def _visible(row: Document, tenant: str, units: tuple[str, ...] | None) -> bool:
    return row["tenant"] == tenant and (units is None or at_path(row, "unit.id") in units)
