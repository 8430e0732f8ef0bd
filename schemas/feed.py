"""A change of a call as the live feed tells it."""

import msgspec

from schemas.call import Call


class Change(msgspec.Struct, frozen=True):
    """A call after it changed, and the token (text, ascending in time) that names this very change."""

    token: str
    call: Call
