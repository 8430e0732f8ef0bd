"""Which content types are taken."""

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Final

from ingest.errors import UnsupportedType

JSON: Final = "application/json"
_KEPT: Final = 1024  # spellings remembered; senders have a handful


@lru_cache(maxsize=_KEPT)
def media_type(header: bytes | None, taken: AbstractSet[str]) -> str:
    """Return the media type that *header* names; raise `UnsupportedType` if it is neither JSON nor one of *taken*.

    None at all counts as JSON: what it really is, the body tells.
    """
    if not header or not header.strip():
        return JSON
    kind = header.split(b";")[0].strip().lower().decode("latin-1")
    if kind in taken or kind == JSON or (kind.startswith("application/") and kind.endswith("+json")):
        return kind
    raise UnsupportedType(f"Send {' or '.join(sorted(taken | {JSON}))}.")
