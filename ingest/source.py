"""What ingest asks of a platform's module: proofs, identity, secrets to cut, the answer it expects."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from ingest.cut import Cut, opened
from ingest.cut_rows import Members
from ingest.headers import Headers
from runtime.config import Options


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """One request as it came, its body complete, decompressed and unparsed; `url` is as the sender called it."""

    method: str
    url: str
    path_secret: str | None
    query: bytes
    headers: Headers
    content_type: str
    body: bytes
    now: datetime
    _opened: dict[str, Members | None] = msgspec.field(default_factory=dict)

    def opened(self, envelope: str) -> Members | None:
        """Return what lies in the body's one member *envelope*, opened once; see `ingest.cut.opened`."""
        if envelope not in self._opened:
            self._opened[envelope] = opened(self.body, envelope)
        return self._opened[envelope]


class Identity(NamedTuple):
    """What an event speaks of; `event_id` is the platform's delivery id or the natural key, never a body hash."""

    call_id: str
    event_id: str
    event_type: str


Proof = Callable[[Received, Sequence[bytes], Options], None]
"""Return if one of the secrets proves the request; raise `Forged` or `Stale` if none does."""


class Answer(msgspec.Struct, frozen=True):
    """What a platform wants to hear once its event is durable; a body of None is the usual JSON."""

    status: int = 200
    content_type: str = "application/json"
    body: bytes | None = None


ACCEPTED = Answer()


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One platform's row: everything ingest knows of it.

    `schemes` are proofs by the names of `options.scheme`; those that any platform can be given are added by ingest.
    `identify` returns None for what tells nothing of a call (answered 200 `ignored`) and raises `Unreadable`.
    `cut` names the secrets that platforms put in their webhooks. `unwrap` turns an encrypted body into its plain one.
    `reads` names the options that a scheme of the platform's own looks at (`tolerance_s` alone for `native` unless it
    is named here), so that others beside it are a mistake; `check` yields what else is wrong with a connection's
    secrets and options, each in one sentence.
    `path_answer` is what it wants to hear on its connection's alias path, where that differs.
    `content_types` are the media types taken beside JSON, `methods` those of HTTP. `hello` answers a GET (a platform's
    check of the URL) where it has one.
    """

    identify: Callable[[Received], Identity | None]
    default_scheme: str = "native"
    schemes: Mapping[str, Proof] = {}
    reads: Mapping[str, frozenset[str]] = {}
    check: Callable[[Sequence[bytes], Options], Iterable[str]] | None = None
    cut: tuple[Cut, ...] = ()
    content_types: frozenset[str] = frozenset({"application/json"})
    methods: Sequence[str] = ("POST",)
    answer: Answer = ACCEPTED
    path_answer: Answer | None = None
    unwrap: Callable[[Received, Sequence[bytes], Options], Received] | None = None
    hello: Callable[[Received, Sequence[bytes], Options], bytes] | None = None
    max_body_mb: int = 5
