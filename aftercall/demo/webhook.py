"""What the demo asks of a platform's module: a story as webhooks, and the proof that goes with one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from aftercall.demo.stories import Story
from runtime.config import Connection, Options

Headers = dict[str, str]


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """One event as its platform would post it; `id` is the delivery's, the same for each redelivery.

    `url` is where it goes, known when it is proved: some proofs cover it.
    """

    id: str
    body: bytes
    headers: Headers = {}
    content_type: str = "application/json"
    url: str = ""


Prove = Callable[[Webhook, str, Options, datetime], Headers]
"""Return the headers that prove a webhook with a secret at a time."""


class Teller(msgspec.Struct, frozen=True, kw_only=True):
    """One platform's row: `call_id` as it names the story, `webhooks` in the order of events, its proofs by scheme."""

    call_id: Callable[[Story], str]
    webhooks: Callable[[Story], Sequence[Webhook]]
    schemes: Mapping[str, Prove] = {}
    default_scheme: str = "native"
    provable: Callable[[Connection], bool] = lambda _: True
    """Whether its secrets are enough to sign with: a vendor's public key is not."""


def to_json(body: Any) -> bytes:
    """Return *body* as a platform writes it."""
    return msgspec.json.encode(body)
