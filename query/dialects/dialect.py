"""What a dialect is: routes, a way to know its callers, and one shape for everything that can go wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, Final

import msgspec

from query.auth import Caller, Scope
from query.dialects.shelf import Shelf
from runtime.config import Config, Key, Tenant

JSON: Final = "application/json"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request, read no further than HTTP: `path` without the dialect's prefix, one slash where several came.

    `parameters` are the query's pairs in order, decoded; header names are lower case; `base_url` is where clients
    reach us, without a slash at its end.
    """

    method: str
    path: str
    parts: Mapping[str, str]
    parameters: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    now: datetime
    base_url: str
    target: str = ""
    """Path and query as they were sent."""

    def one(self, name: str) -> str | None:
        """Return the last value of a query parameter; an empty one counts as absent."""
        return next((value for key, value in reversed(self.parameters) if key == name and value), None)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request of a known caller."""

    ask: Ask
    caller: Caller
    shelf: Shelf

    @property
    def tenant(self) -> Tenant:
        """Whose calls are asked about."""
        return self.caller.tenant

    @property
    def key(self) -> Key:
        """The key and its dialect settings."""
        return self.caller.key


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is written while it is fetched."""

    name: str
    content_type: str
    content: AsyncIterator[bytes]


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer; `body` is encoded as JSON unless it is bytes already, or a file that is written as it is read."""

    body: Any
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = {}


@unique
class Fault(StrEnum):
    """What can go wrong in any dialect; each says it in its own shape."""

    NO_KEY = "no_key"
    WRONG_KEY = "wrong_key"
    EXPIRED = "expired"
    SCOPE = "scope"
    SWITCHED_OFF = "switched_off"
    NO_PATH = "no_path"
    METHOD = "method"
    BAD_URL = "bad_url"
    """A file's signed URL was changed."""
    URL_EXPIRED = "url_expired"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    TOO_SLOW = "too_slow"
    AWAY = "away"
    INTERNAL = "internal"


class Refused(Exception):
    """A dialect's own refusal: the very answer that the client gets."""

    def __init__(self, reply: Reply) -> None:
        """Keep the answer."""
        super().__init__(reply.status)
        self.reply = reply


class Faulted(Exception):
    """One of the faults that every dialect can have; `detail` is for people, `retry_after_s` where waiting helps."""

    def __init__(self, fault: Fault, detail: str = "", *, retry_after_s: int | None = None) -> None:
        """Keep what happened."""
        super().__init__(fault, detail)
        self.fault = fault
        self.detail = detail
        self.retry_after_s = retry_after_s


class Keys(msgspec.Struct, frozen=True):
    """The configured keys, as a dialect looks them up."""

    config: Config
    now: datetime
    signing_key: bytes
    by_token: Callable[[str], Caller | None]
    """Whose token this is (compared by SHA-256), expired ones too."""
    by_id: Callable[[str], Caller | None]
    by_app_key: Callable[[str], Caller | None]


Answer = Callable[[Asked], Awaitable[Reply]]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a dialect's route table; `{part}` in the path takes one segment.

    Without a scope no caller is needed, and `open_answer` answers. `schema` describes parameters, body and answer for
    the OpenAPI document.
    """

    method: str
    path: str
    tells: str
    scope: Scope | None = None
    answer: Answer | None = None
    open_answer: Callable[[Ask, Keys], Awaitable[Reply]] | None = None
    schema: Mapping[str, Any] = {}


class Dialect(msgspec.Struct, frozen=True, kw_only=True):
    """One dialect: `under` are the path prefixes that are its alone, also where no route matches."""

    name: str
    title: str
    under: Sequence[str]
    routes: Sequence[Route]
    authenticate: Callable[[Ask, Keys], Caller]
    """Return who asks; raise `Faulted` with NO_KEY, WRONG_KEY or EXPIRED, or `Refused`."""
    fault: Callable[[Faulted, Ask], Reply]
    """Say in the dialect's own shape what went wrong."""
    proofs: Sequence[Sequence[str]] = (("bearer",),)
    """What may prove a caller, of `query.dialects.openapi.SCHEMES`; what stands together is all needed."""
    rates: Callable[[Key], Sequence[tuple[int, int]]] = lambda key: [(key.requests_per_minute or 0, 60)]
    """Return (requests, seconds) of each window; 0 requests is no limit."""
    rates_together: Callable[[Key], bool] = lambda _: False
    """Tell whether the windows are the whole tenant's, not the key's alone."""
    write_file: Callable[[bytes, Shelf], File] | None = None
    """Return the file that a recipe of `Shelf.order_file` asks for."""
    cors: bool = False
    ignore_case: bool = False
