"""What people write on a call: edits that win over the platform, and the record of who changed what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

EDITABLE = ("workflow", "summary", "note", "tags", "read", "title", "intent", "success", "reason")
"""What people may change."""


class Patch(msgspec.Struct, frozen=True):
    """A merge patch that was checked: fields of `EDITABLE` and their values, None takes the edit back.

    `intent` is a mapping of members, each a value or None; tags are names.
    """

    fields: Mapping[str, Any]

    def laid_over(self, edits: Mapping[str, Any]) -> dict[str, Any]:
        """Return *edits* with this patch applied; what was taken back is absent."""
        over = {name: value for name, value in {**edits, **self.fields}.items() if value is not None}
        members = self.fields.get("intent")
        if members is not None:
            intent = {**edits.get("intent", {}), **members}
            over["intent"] = {name: value for name, value in intent.items() if value is not None}
            if not over["intent"]:
                del over["intent"]
        return over


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One field's change as it was seen: the key that made it, what showed before and after."""

    at: datetime
    key: str
    field: str
    before: Any
    after: Any


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """What calls are scored by: points from `least` to `most`, which weigh `weight` in an average."""

    id: str
    name: str
    description: str | None = None
    least: float = 0.0
    most: float = 10.0
    weight: float = 1.0
    created_at: datetime
