"""Members that are seldom there are looked for in one pass; the levels are opened only where one of them is."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from ingest.cut_rows import DONE, Cut


def look(rows: Sequence[Cut]) -> Callable[[bytes], bool]:
    """Return what says whether a body may hold a member that *rows* (of names along a path alone) cut.

    A body of another shape may. Raises `DecodeError` where it is no JSON.
    """
    decode = msgspec.json.Decoder(_shape(rows)).decode

    def may_hold(body: bytes) -> bool:
        try:
            return _holds(decode(body))
        except msgspec.ValidationError:
            return True

    return may_hold


def _shape(rows: Sequence[Cut]) -> Any:
    below: dict[str, list[Cut]] = defaultdict(list)
    for row in rows:
        if row.path:
            below[row.path[0]].append(row.below())
    shapes: dict[str, tuple[Any, Any]] = {name: (_shape(inner) | None, None) for name, inner in below.items()}
    shapes |= {name: (msgspec.Raw, DONE[0]) for row in rows if not row.path for name in row.names}
    fields = [
        (f"member{n}", shape, msgspec.field(default=absent, name=name))
        for n, (name, (shape, absent)) in enumerate(shapes.items())
    ]
    return msgspec.defstruct("Object", fields, gc=False)


def _holds(value: Any) -> bool:
    if isinstance(value, msgspec.Struct):
        return any(map(_holds, msgspec.structs.astuple(value)))
    return value is not None and value not in DONE
