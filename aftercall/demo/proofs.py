"""Proofs that any platform can be given: each is a change to the request, by the name of `options.scheme`."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote

import msgspec

from aftercall.demo.webhook import Headers, Prove, Teller, Webhook
from runtime.config import Connection, Options


class Request(NamedTuple):
    """What is posted: the path with its query, the headers, the body."""

    path: str
    headers: Headers
    body: bytes


def header(_webhook: Webhook, secret: str, options: Options, _now: datetime) -> Headers:
    """Return the secret in its header."""
    return {options.header or "X-Webhook-Secret": secret}


def bearer(_webhook: Webhook, secret: str, _options: Options, _now: datetime) -> Headers:
    """Return the secret as a bearer token."""
    return {"Authorization": f"Bearer {secret}"}


def basic(_webhook: Webhook, secret: str, _options: Options, _now: datetime) -> Headers:
    """Return the secret, `user:password`, as HTTP basic."""
    return {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}


def nothing(_webhook: Webhook, _secret: str, _options: Options, _now: datetime) -> Headers:
    """Return no header: the proof is in the URL, or there is none."""
    return {}


EVERYWHERE: Final[Mapping[str, Prove]] = {
    "header": header,
    "bearer": bearer,
    "basic": basic,
    "path": nothing,
    "query": nothing,
    "none": nothing,
}


def request(teller: Teller, connection: Connection, webhook: Webhook, *, base_url: str, now: datetime) -> Request:
    """Return *webhook* proved as *connection* demands, with the newest of its secrets, for a service at *base_url*."""
    secret = connection.secrets[0] if connection.secrets else ""
    known = {**EVERYWHERE, **teller.schemes}
    demanded = (connection.options.scheme or teller.default_scheme, connection.options.also)
    schemes = [scheme for scheme in demanded if scheme in known]
    path = f"/webhooks/{connection.id}"
    for scheme in schemes:
        path = _in_url(path, scheme, secret, connection.options)
    sent = msgspec.structs.replace(webhook, url=base_url.rstrip("/") + path)
    headers: Headers = {"Content-Type": webhook.content_type, **webhook.headers}
    for scheme in schemes:
        headers |= known[scheme](sent, secret, connection.options, now)
    return Request(path, headers, webhook.body)


def _in_url(path: str, scheme: str, secret: str, options: Options) -> str:
    match scheme:
        case "path":
            return f"{path}/{quote(secret, safe='')}"
        case "query":
            return f"{path}?{options.param or 'key'}={quote(secret, safe='')}"
        case _:
            return path
