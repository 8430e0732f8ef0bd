"""One request as endpoints want it: who asks, what for, the body within its bounds; and the answers' shapes."""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from query.auth import Caller
from query.kinds import LARGEST
from query.problems import BadJson, BadValue, BodyTooSlow, TooLarge, UnknownParameter, UnsupportedType, unknown
from runtime.config import Tenant

LARGEST_BODY: Final = 1_000_000  # bytes; a filter of 200 conditions with long lists fits
SLOWEST_BODY_S: Final = 10.0  # a sender that takes longer holds a connection for nothing
MOST_PARAMETERS: Final = 2000  # beside this many, parsing costs more than answering

_READING: Final = ("GET", "HEAD")


def _number(text: str) -> int | Decimal:
    """Return a number with a point or an exponent exactly; JSON knows one kind of numbers, so 2.0 is an integer.

    Raises `ValueError` where no number is so large or so small.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"the number {text[:40]} is out of range") from None
    return int(value) if -LARGEST <= value <= LARGEST and value == value.to_integral_value() else value


_decode: Final = msgspec.json.Decoder(float_hook=_number).decode


class Asked:
    """One request of a valid key."""

    __slots__ = ("_public_url", "caller", "request")

    def __init__(self, request: Request, caller: Caller, *, public_url: str | None = None) -> None:
        """Keep them; *public_url* is where clients reach us, None: the host that they asked."""
        self.request: Final = request
        self.caller: Final = caller
        self._public_url: Final = public_url

    @property
    def tenant(self) -> Tenant:
        """Whose calls are asked about."""
        return self.caller.tenant

    @property
    def base_url(self) -> str:
        """What the URLs in answers begin with; no slash ends it."""
        return (self._public_url or str(self.request.base_url)).rstrip("/")

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def parameters(self) -> list[tuple[str, str]]:
        """Return the URL's parameters in order; what is no UTF-8 becomes U+FFFD."""
        text = self.request.scope["query_string"].decode("utf-8", "replace")
        try:
            return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_PARAMETERS)
        except ValueError:
            raise BadValue(f"At most {MOST_PARAMETERS} parameters in a URL.") from None

    def only(self, known: Sequence[str] = ()) -> dict[str, str]:
        """Return the URL's parameters, each known and given once; raise a problem if not."""
        given: dict[str, str] = {}
        for name, value in self.parameters():
            if name not in known:
                raise unknown(name, known, what="parameter", problem=UnknownParameter, field=name[:100])
            given[name] = once(given, name, value)
        return given

    async def json(self, *, largest: int = LARGEST_BODY) -> object:
        """Return the body's JSON, fractions as `Decimal`; raise a problem if it is none or too large."""
        _declared_json(self.request.headers)
        body = await self._body(largest)
        try:
            return _decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, ValueError, RecursionError) as error:
            told = "it nests too deep" if isinstance(error, RecursionError) else str(error)
            raise BadJson(f"The body is not JSON: {told}.") from None

    async def object(self, known: Sequence[str], *, largest: int = LARGEST_BODY) -> dict[str, Any]:
        """Return the body, an object of *known* members; raise a problem if it is none."""
        body = await self.json(largest=largest)
        if not isinstance(body, dict):
            raise BadValue(f"The body must be an object with some of {', '.join(known)}.")
        for name in body:
            if name not in known:
                raise unknown(name, known, what="member", problem=UnknownParameter, field=name[:100])
        return body

    async def _body(self, largest: int) -> bytes:
        length = self.request.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and (len(length) > 12 or int(length) > largest):  # noqa: PLR2004 - digits
            raise _too_large(largest)
        parts = bytearray()
        try:
            async with asyncio.timeout(SLOWEST_BODY_S):
                async for part in self.request.stream():
                    parts += part
                    if len(parts) > largest:
                        raise _too_large(largest)
        except TimeoutError:
            raise BodyTooSlow(f"The body did not arrive within {SLOWEST_BODY_S:.0f} s.") from None
        except ClientDisconnect:
            raise BadJson("The body ended before it was whole.") from None
        return bytes(parts)


def once(given: Mapping[str, Any], name: str, value: str) -> str:
    """Return *value* if *name* is not yet in *given*."""
    if name in given:
        raise BadValue(f"{name!r} is given twice.", field=name)
    return value


def json_response(body: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return *body* as JSON."""
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def tagged(body: object, request: Request) -> Response:
    """Return *body* with its strong ETag, or 304 where the caller has it already."""
    content = msgspec.json.encode(body)
    tag = etag(content)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if request.method in _READING and matches(request.headers.get("if-none-match"), tag, weak=True):
        return Response(None, 304, headers)
    return Response(content, 200, headers, "application/json")


def etag(content: bytes) -> str:
    """Return the strong validator of exactly these bytes."""
    return f'"{blake2b(content, digest_size=12).hexdigest()}"'


def matches(header: str | None, tag: str, *, weak: bool) -> bool:
    """Say whether an `If-Match` or `If-None-Match` names *tag*; weakly compared, `W/` does not count."""
    if header is None:
        return False
    named = [each.strip() for each in header.split(",")]
    if weak:
        named = [each.removeprefix("W/") for each in named]
    return tag in named or "*" in named


def _declared_json(headers: Mapping[str, str]) -> None:
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media and media != "application/json" and not (media.startswith("application/") and media.endswith("+json")):
        raise UnsupportedType(f"The body is declared as {media[:100]}; send application/json.")
    if headers.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise UnsupportedType("Send the body without Content-Encoding.")


def _too_large(largest: int) -> TooLarge:
    return TooLarge(f"The body is larger than {largest} bytes; ask in parts.")
