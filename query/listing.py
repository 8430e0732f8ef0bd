"""What a list or a search asks for, from a URL or from a body, become one question."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec

from query import cursors, filters, search
from query.asked import Asked, once
from query.filters import FILTERS
from query.problems import BadValue, UnknownParameter, unknown
from query.views import CHOOSABLE, LISTED
from schemas.query import EVERYTHING, NEWEST_FIRST, CallQuery, Filter, Order, OrderBy

DEFAULT_LIMIT: Final = 50
MOST_ROWS: Final = 200  # of a page: beyond it, an export is what is wanted
ORDERS: Final[Mapping[str, Order]] = {
    f"{sign}{by.value}": Order(by, descending=sign == "-") for by in OrderBy for sign in ("", "-")
}
OPTIONS: Final = ("order", "limit", "cursor", "include_total", "fields", "include")
INCLUDES: Final = ("matches",)


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """One page's question, what its cursor is bound to, and what of each call is shown."""

    query: CallQuery
    question: bytes
    fields: tuple[str, ...] | None
    include: tuple[str, ...]


def from_url(asked: Asked, *, signing_key: bytes) -> Listing:
    """Return what the URL asks for; raise a problem that names the parameter at fault."""
    options: dict[str, Any] = {}
    filtered = []
    for name, value in asked.parameters():
        if name in FILTERS:
            filtered.append((name, value))
        elif name in OPTIONS:
            options[name] = _OPTION_FROM_TEXT[name](name, once(options, name, value))
        else:
            raise unknown(name, (*FILTERS, *OPTIONS), what="parameter", problem=UnknownParameter, field=name[:100])
    return _listing(asked, filters.read(filtered), options, signing_key)


async def from_body(asked: Asked, *, signing_key: bytes) -> Listing:
    """Return what the body asks for; raise a problem that names the member at fault."""
    asked.only()
    body = await asked.object(("filter", *OPTIONS))
    filter_ = EVERYTHING if body.get("filter") is None else search.read(body["filter"])
    # null means: not said.
    options = {name: body[name] for name in OPTIONS if body.get(name) is not None}
    return _listing(asked, filter_, options, signing_key)


def _listing(asked: Asked, filter_: Filter, options: Mapping[str, Any], signing_key: bytes) -> Listing:
    order = _order(options.get("order"))
    question = cursors.question(tenant=asked.tenant.id, filter_=filter_, order=order)
    cursor = options.get("cursor")
    fields = options.get("fields")
    chosen = None if fields is None else words("fields", fields, CHOOSABLE)
    query = CallQuery(
        filter=filter_,
        order=order,
        after=None if cursor is None else cursors.read(_string("cursor", cursor), question=question, key=signing_key),
        limit=_limit(options.get("limit", DEFAULT_LIMIT)),
        total=_flag("include_total", options.get("include_total", False)),
        units=asked.caller.units,
        columns=LISTED if chosen is None else chosen,
    )
    return Listing(
        query=query,
        question=question,
        fields=chosen,
        include=words("include", options.get("include", []), INCLUDES),
    )


def _order(word: object) -> Order:
    if word is None:
        return NEWEST_FIRST
    name = _string("order", word)
    if name not in ORDERS:
        raise unknown(name, ORDERS, what="order", field="order")
    return ORDERS[name]


def _limit(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_ROWS:
        raise BadValue(f"'limit' must be an integer from 1 to {MOST_ROWS}.", field="limit")
    return value


def limit(text: str | None) -> int:
    """Return a URL's limit, the default where it says none; raise `BadValue` if it is none."""
    return DEFAULT_LIMIT if text is None else _limit(_integer("limit", text))


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadValue(f"{name!r} must be true or false.", field=name)
    return value


def _string(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise BadValue(f"{name!r} must be a string.", field=name)
    return value


def words(name: str, value: object, known: Collection[str]) -> tuple[str, ...]:
    """Return *value*, a list of known words, each once; raise a problem if it is none."""
    if not isinstance(value, list):
        raise BadValue(f"{name!r} must be a list of words.", field=name)
    for word in value:
        if _string(name, word) not in known:
            raise unknown(word, known, what=f"word of {name!r}", field=name)
    return tuple(dict.fromkeys(value))


def _text(_name: str, text: str) -> str:
    return text


def _integer(_name: str, text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text  # noqa: PLR2004 - digits


def _boolean(_name: str, text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


def _list(_name: str, text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


_OPTION_FROM_TEXT: Final = {
    "order": _text,
    "limit": _integer,
    "cursor": _text,
    "include_total": _boolean,
    "fields": _list,
    "include": _list,
}
