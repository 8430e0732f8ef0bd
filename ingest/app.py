"""The app that takes webhooks; everything it touches is an argument."""

from collections.abc import Callable, Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from ingest import metrics
from ingest.doors import PREFIX, DoorsNow
from ingest.in_flight import InFlight
from ingest.webhook import Webhook
from runtime.clock import Clock
from runtime.config import Config
from runtime.proxies import Trusted
from stream.ports import Publisher


def create_app(
    *,
    publisher: Publisher,
    config: Callable[[], Config],
    clock: Clock,
    trusted: Trusted = lambda _peer: False,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """Return the app; *config* tells what is configured now, *trusted* which peers are proxies of ours.

    *routes* come behind the webhooks: health and metrics.
    """
    return App([*webhook_routes(publisher=publisher, config=config, clock=clock, trusted=trusted), *routes])


def webhook_routes(
    *, publisher: Publisher, config: Callable[[], Config], clock: Clock, trusted: Trusted
) -> Sequence[BaseRoute]:
    """Return the routes of all connections, for an `App` that serves more than webhooks; they stand first in it."""
    doors, in_flight = DoorsNow(config), InFlight()
    metrics.IN_FLIGHT_BYTES.set_function(lambda: in_flight.held)
    endpoint = Webhook(publisher=publisher, doors=doors, clock=clock, trusted=trusted, in_flight=in_flight)
    return [WebhookRoute(endpoint, doors=doors)]


class App(Starlette):
    """Starlette, but webhooks go to their route before the layers that every request pays for and they do not need."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        """Serve *routes*, those of webhooks first."""
        super().__init__(routes=list(routes))
        self._webhooks: Final = [route for route in routes if isinstance(route, WebhookRoute)]

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        for route in self._webhooks:
            if route.takes(scope):
                await route.handle(scope, receive, send)
                return
        await super().__call__(scope, receive, send)


class WebhookRoute(BaseRoute):
    """`/webhooks/…` in any method, and the alias paths of connections in the methods that they take.

    What an alias does not take may be another route's: `GET /api/v1/call-logs/…` is a dialect's.
    """

    def __init__(self, endpoint: Webhook, *, doors: DoorsNow) -> None:
        """Send what matches to *endpoint*."""
        self._endpoint = endpoint
        self._doors = doors

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Tell whether the request is a webhook, in Starlette's words."""
        return (Match.FULL if self.takes(scope) else Match.NONE), {}

    def takes(self, scope: Scope) -> bool:
        """Return whether the request is a webhook."""
        if scope["type"] != "http":
            return False
        path: str = scope["path"]
        return path.startswith(PREFIX) or self._doors().alias(path, scope["method"])

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        await self._endpoint(scope, receive, send)
