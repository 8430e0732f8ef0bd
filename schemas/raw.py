"""A webhook as it was received, kept beside the call that it told of."""

import msgspec


class RawEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one version of one event without reading its body.

    `id` names this very version, `event_id` the event; `version` counts its different bodies from 1, oldest first.
    `received_at` is epoch milliseconds, `size` the body's bytes.
    """

    id: str
    version: int
    event_id: str
    event_type: str
    received_at: int
    content_type: str
    size: int
    connection: str
