"""Put every dialect at its own paths: at the root, where its clients look, and under `/dialects/{name}/`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from query import signing
from query.auth import Caller, callers
from query.dialects import DIALECTS
from query.dialects.dialect import Ask, Dialect, Fault, Faulted, Keys
from query.dialects.edge import DialectApp, file_response
from query.dialects.shelf import Shelf
from query.problems import BadSignature, Expired
from query.stores import Stores
from runtime.config import Config, Key, Tenant

_SLASHES: Final = re.compile("/{2,}")


class _Known:
    """The callers of one configuration, by whatever dialects name them: thousands are gone through once."""

    def __init__(self, config: Config) -> None:
        known = callers(config)
        self.config: Final = config
        self.by_digest: Final = {caller.key.token_sha256.lower(): caller for caller in known}
        self.by_id: Final = {caller.key.id: caller for caller in known}
        self.by_app_key: Final = {caller.key.app_key: caller for caller in known}

    def by_token(self, token: str) -> Caller | None:
        return self.by_digest.get(sha256(token.encode("utf-8", "surrogateescape")).hexdigest())


class Serving:
    """All dialects over one set of stores."""

    def __init__(
        self,
        *,
        stores: Stores,
        config: Callable[[], Config],
        clock: Callable[[], datetime],
        signing_key: bytes,
        public_url: str | None,
        cors_origins: Iterable[str],
    ) -> None:
        """Answer from *stores*; URLs lie below *public_url*, or below the host that was asked."""
        self._cors_origins: Final = frozenset(cors_origins)
        self._stores: Final = stores
        self._config: Final = config
        self._known = _Known(config())
        self._clock: Final = clock
        self._key: Final = signing_key
        self._public_url: Final = public_url

    def routes(self, dialects: Mapping[str, Dialect] = DIALECTS) -> Sequence[BaseRoute]:
        """Return one route a dialect; they come before the app's own default."""
        return [
            DialectRoute(
                dialect,
                DialectApp(
                    dialect,
                    keys=self._keys,
                    shelf_for=self._shelf,
                    clock=self._clock,
                    files=self._file,
                    public_url=self._public_url,
                    cors_origins=self._cors_origins,
                ),
            )
            for dialect in dialects.values()
        ]

    def _keys(self) -> Keys:
        config = self._config()
        if config is not self._known.config:
            self._known = _Known(config)
        known = self._known
        return Keys(
            config=config,
            now=self._clock(),
            signing_key=self._key,
            by_token=known.by_token,
            by_id=known.by_id.get,
            by_app_key=known.by_app_key.get,
        )

    def _shelf(self, caller: Caller, ask: Ask) -> Shelf:
        return self._bound(caller, ask.base_url)

    def _bound(self, caller: Caller, base_url: str) -> Shelf:
        below = (self._public_url or base_url).rstrip("/")
        return Shelf(caller, stores=self._stores, now=self._clock(), base_url=below, signing_key=self._key)

    async def _file(self, request: Request, order_id: str, dialect: Dialect) -> Response:
        """Answer with an ordered file; its signed URL is all that is needed."""
        try:
            signing.check(request, key=self._key, now=self._clock())
        except BadSignature:
            raise Faulted(Fault.BAD_URL, "This URL was changed; take it whole, as it was given.") from None
        except Expired:
            raise Faulted(Fault.URL_EXPIRED, "This URL has expired; order the file again.") from None
        order = await self._stores.registers.order(order_id)
        if order is None or order.dialect != dialect.name or dialect.write_file is None:
            raise Faulted(Fault.URL_EXPIRED, "This file is no longer kept; order it again.")
        tenants = {tenant.id: tenant for tenant in self._config().tenants}
        key = Key(id=order.key, tenant=order.tenant, token_sha256="", units=order.units)
        caller = Caller(key=key, tenant=tenants.get(order.tenant) or Tenant(id=order.tenant))
        return file_response(dialect.write_file(order.recipe, self._bound(caller, str(request.base_url))))


class DialectRoute(BaseRoute):
    """Every path below a dialect's prefixes, in any method, so that what is not there is told in its shape."""

    def __init__(self, dialect: Dialect, app: DialectApp) -> None:
        """Send what matches to *app*."""
        self._app = app
        self._fold = str.lower if dialect.ignore_case else str
        self._under = tuple(self._fold(prefix) for prefix in (*dialect.under, f"/dialects/{dialect.name}"))

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the path is the dialect's."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path = self._fold(_SLASHES.sub("/", scope["path"]))
        ours = any(path == prefix or path.startswith(f"{prefix}/") for prefix in self._under)
        return (Match.FULL if ours else Match.NONE), {}

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        await self._app(scope, receive, send)
