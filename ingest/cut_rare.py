"""Members that are seldom there are looked for in one pass; the levels are opened only where one of them is."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ingest.cut_rows import WORD, Cut
from ingest.cut_seen import Held, Seen


def look(rows: Sequence[Cut]) -> Callable[[bytes], bool]:
    """Return what says whether a body may hold a member that *rows* (of names along a path alone) cut.

    One of another shape may, and one that is no JSON.
    """
    seen = Seen(_shape(rows))

    def may_hold(body: bytes) -> bool:
        try:
            return any(value != WORD for value in seen(body))
        except msgspec.DecodeError:
            return True

    return may_hold


def _shape(rows: Sequence[Cut]) -> Any:
    below: dict[str, list[Cut]] = defaultdict(list)
    for row in rows:
        if row.path:
            below[row.path[0]].append(row.below())
    shapes: dict[str, Any] = {name: _shape(inner) for name, inner in below.items()}
    shapes |= {name: Held for row in rows if not row.path for name in row.names}
    fields = [
        (f"member{n}", shape | None, msgspec.field(default=None, name=name))
        for n, (name, shape) in enumerate(shapes.items())
    ]
    return msgspec.defstruct("Object", fields, gc=False)
