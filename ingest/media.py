"""Which content types are taken."""

from collections.abc import Set as AbstractSet
from typing import Final

from ingest.errors import UnsupportedType
from runtime.remembered import remembered

JSON: Final = "application/json"
_KEPT: Final = 1024  # spellings remembered; senders have a handful
_LONGEST: Final = 255  # characters: 127 on either side of the slash, by RFC 6838


@remembered(most=_KEPT)
def media_type(header: bytes | None, taken: AbstractSet[str]) -> str:
    """Return the media type that *header* names; raise `UnsupportedType` if it is neither JSON nor one of *taken*.

    None at all counts as JSON: what it really is, the body tells.
    """
    if not header or not header.strip():
        return JSON
    kind = header.split(b";")[0].strip().lower().decode("latin-1")
    json = kind == JSON or (kind.startswith("application/") and kind.endswith("+json") and len(kind) <= _LONGEST)
    if json or kind in taken:
        return kind
    raise UnsupportedType(f"Send {' or '.join(sorted(taken | {JSON}))}.")
