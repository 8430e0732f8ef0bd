"""The long parts of what an event said, which are stored beside the calls: turns and transcript. Pure."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final
from zlib import crc32

import msgspec

from schemas.call import Turn
from schemas.update import OrderKey
from schemas.words import Role
from storage.spelling import spelled_out

MEDIA: Final = "m"
"""What the name of a recording begins with; that of turns and transcript begins with a hexadecimal digit."""
_SPEAKERS: Final = {Role.AGENT: "Agent", Role.CUSTOMER: "Customer"}


class Parts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Turns and transcript of one event."""

    turns: list[Turn] = []
    transcript: str | None = None

    def pack(self) -> bytes:
        """Return the stored form."""
        try:
            return msgspec.json.encode(self)
        except UnicodeEncodeError:
            return msgspec.json.encode(spelled_out(msgspec.to_builtins(self)))


unpack_parts: Final = msgspec.json.Decoder(Parts).decode


def part_ref(key: OrderKey, content: bytes) -> str:
    """Return the name (40 hex digits) of what the event at *key* brought; no two readings of it share one."""
    # The key tells the event's bytes by a true hash; a checksum is enough to tell two readings of them.
    return f"{blake2b(repr(key).encode(), digest_size=16).hexdigest()}{crc32(content):08x}"


def checksum(ref: str) -> str:
    """Return the part of *ref* that tells what was brought, less which event brought it."""
    return ref[-8:]


def media_ref(key: OrderKey, content: bytes) -> str:
    """Return the name of a recording that the event at *key* brought."""
    return MEDIA + part_ref(key, content)


def spoken(turns: Sequence[Turn]) -> str | None:
    """Return what was said as `Agent: …` lines, the text unchanged; None where nothing was."""
    lines = [f"{_SPEAKERS[turn.role]}: {turn.text}" for turn in turns if turn.role in _SPEAKERS]
    return "\n".join(lines) or None
